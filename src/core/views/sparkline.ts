/** A line of small bars, as high as the values. */
const bars = '▁▂▃▄▅▆▇█';

/** One bar per value, or one for several values where there are more than `maxBars`. Missing values are blanks. */
export function sparkline(values: readonly (number | null)[], maxBars = 30): string {
  const shown = inBuckets(values, Math.ceil(values.length / maxBars));
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  return shown
    .map((value) => (value === null ? ' ' : (bars[highest === 0 ? 0 : Math.round((value / highest) * (bars.length - 1))] ?? '')))
    .join('');
}

/** The average of each bucket of values; the last bucket is full. */
function inBuckets(values: readonly (number | null)[], size: number): readonly (number | null)[] {
  if (size <= 1) return values;
  const buckets: (number | null)[] = [];
  for (let end = values.length; end > 0; end -= size) {
    const present = values.slice(Math.max(0, end - size), end).filter((value) => value !== null);
    buckets.unshift(present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length);
  }
  return buckets;
}
