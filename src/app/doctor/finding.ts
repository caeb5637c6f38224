/** What a check found. */
export interface Finding {
  readonly area: 'configuration' | 'memory' | 'storage' | 'network' | 'clock' | 'images';
  /** `warning`: works, but not as somebody may expect; `error`: has to be mended. */
  readonly level: 'ok' | 'warning' | 'error';
  /** One sentence without a full stop. */
  readonly text: string;
  /** What to do. */
  readonly advice?: string | undefined;
}
