/** A line of small bars, as high as the values. */
const bars = '▁▂▃▄▅▆▇█';
const mostBars = 30;

/** One bar a value, or several values in one where there are more than 30. What is not known is a blank. */
export function sparkline(values: readonly (number | null)[]): string {
  const shown = inBuckets(values, Math.ceil(values.length / mostBars));
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  return shown
    .map((value) => (value === null ? ' ' : (bars[highest === 0 ? 0 : Math.round((value / highest) * (bars.length - 1))] ?? '')))
    .join('');
}

/** The average of every so many values; the last ones are whole. */
function inBuckets(values: readonly (number | null)[], size: number): readonly (number | null)[] {
  if (size <= 1) return values;
  const buckets: (number | null)[] = [];
  for (let end = values.length; end > 0; end -= size) {
    const known = values.slice(Math.max(0, end - size), end).filter((value) => value !== null);
    buckets.unshift(known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length);
  }
  return buckets;
}
