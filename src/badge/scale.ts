/** Where the values stand on a chart, and how they are written there. */

/** Round values from the one at or below `least` to the one at or above `most`, about `wanted` of them. */
export function ticks(least: number, most: number, wanted: number): readonly number[] {
  const span = Math.max(most - least, 1);
  const step = niceStep(span / wanted);
  const first = Math.floor(least / step) * step;
  const found: number[] = [];
  for (let value = first; found.length <= wanted * 3; value += step) {
    found.push(value);
    if (value >= most) break;
  }
  return found;
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least this, and never below 1: pulls are whole. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
}

const units = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A tick, short, but with all the digits that tell it from the next one: `1.235M` where they are 5,000 apart. */
export function tickText(value: number, step: number): string {
  const [unit, letter] = units.find(([least]) => value >= least) ?? [1, ''];
  // A scale of one value has no next one.
  const decimals = step > 0 ? Math.max(0, Math.ceil(-Math.log10(step / unit))) : 0;
  const text = (value / unit).toFixed(decimals);
  return `${decimals === 0 ? text : text.replace(/\.?0+$/, '')}${letter}`;
}
