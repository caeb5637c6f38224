/** Numbers as people read them. */

const exact = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** Every digit, in groups: `1,234,567`. */
export function formatExact(value: number): string {
  return exact.format(value);
}

/** Three digits at most, as badges show it: `1.23k`, `12.3k`, `1.23M`. */
export function formatCount(value: number): string {
  return compact.format(value).replace('K', 'k');
}

/** Below this a percentage would make little sound like much. */
const leastForPercent = 50;

/** How much more or less than before: a percentage, or the plain difference where before was small. */
export function formatChange(now: number, before: number): string {
  const difference = now - before;
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '±';
  if (before < leastForPercent) return `${sign}${formatExact(Math.abs(difference))}`;
  return `${sign}${Math.round((Math.abs(difference) / before) * 100)} %`;
}
