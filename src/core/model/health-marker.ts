/** The health marker: a file that the service writes and the probe, another process, reads. */

export interface HealthReport {
  readonly healthy: boolean;
  /** One sentence for people. */
  readonly reason: string;
}

export const goodReason = 'every configured registry was read recently';
export const staleReason = 'nothing was read for longer than one interval and the longest run';

/** Where the marker is. */
export const markerSetting = { variable: 'HEALTH_FILE', default: '/tmp/.healthy' };

/** The content of the marker; undefined: it does not age. */
export function formatMarker(maxAgeMs: number | undefined): string {
  return `${JSON.stringify({ maxAgeMs })}\n`;
}

/** The report of a marker that is there, from its content and age. A content without an age, as the Go tool's, never ages. */
export function readMarker(content: string, ageMs: number): HealthReport {
  const maxAgeMs = Number(/"maxAgeMs":(\d+)/.exec(content)?.[1] ?? Number.POSITIVE_INFINITY);
  return ageMs > maxAgeMs ? { healthy: false, reason: staleReason } : { healthy: true, reason: goodReason };
}

/** The file beside the marker that says why it is not there. */
export function reasonPath(markerPath: string): string {
  return `${markerPath}.reason`;
}

const minuteMs = 60_000;

/** How long a state lasts, to be put after its reason; nothing while it is younger than a minute. */
export function agoText(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  if (minutes < 1) return '';
  if (minutes < 120) return ` (${counted(minutes, 'minute')} ago)`;
  return minutes < 48 * 60 ? ` (${counted(Math.floor(minutes / 60), 'hour')} ago)` : ` (${counted(Math.floor(minutes / 1440), 'day')} ago)`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
