/** Seconds since 1970, as Prometheus writes moments; undefined for a text that is none. */
export function toSeconds(timestamp: string | undefined): number | undefined {
  const epochMs = Date.parse(timestamp ?? '');
  return Number.isNaN(epochMs) ? undefined : Math.floor(epochMs / 1000);
}
