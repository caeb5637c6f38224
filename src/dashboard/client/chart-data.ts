/** A chart as the service sends it. */
export interface ChartData {
  readonly days: readonly string[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  readonly remarks: Readonly<Record<string, Remark>>;
  /** Days on which tags moved; only for a single image. */
  readonly releases?: readonly { readonly day: string; readonly tags: readonly string[] }[];
}

/** What is said about a value that was not simply read. */
interface Remark {
  /** What is drawn: only what is true of a tenth of the value or more. */
  readonly shapes: readonly ('backfilled' | 'reset' | 'doubtful' | 'severalDays')[];
  /** How many days the value covers, where that is drawn. */
  readonly days?: number;
  readonly texts: readonly string[];
}
