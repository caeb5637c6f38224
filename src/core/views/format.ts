/** Numbers as people read them. */

const exact = new Intl.NumberFormat('en');
// Without further options: one decimal below ten of a unit, none above.
const compact = new Intl.NumberFormat('en', { notation: 'compact' });

/** Every digit, in groups: `1,234,567`. */
export function formatExact(value: number): string {
  return exact.format(value);
}

/** As short as badges need it: `815`, `1.2k`, `12k`, `1.2M`; what rounds up to a thousand takes the next unit. */
export function formatCount(value: number): string {
  return compact.format(value).replace('K', 'k');
}

/** Below this a percentage would make little sound like much. */
const minForPercent = 50;

/**
 * How much more or less than before: a percentage, or the plain difference where before was small.
 * Undefined where either period is not wholly known.
 */
export function formatChange(now: number | undefined, before: number | undefined): string | undefined {
  if (now === undefined || before === undefined) return undefined;
  const difference = now - before;
  if (before < minForPercent) return `${toSign(difference)}${formatExact(Math.abs(difference))}`;
  const percent = Math.round((difference / before) * 100);
  return `${toSign(percent)}${formatExact(Math.abs(percent))}%`;
}

function toSign(difference: number): string {
  if (difference > 0) return '+';
  return difference < 0 ? '−' : '';
}
