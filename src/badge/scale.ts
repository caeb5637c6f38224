/** The scale of a chart's values, and its labels. */

/** Round values from the one at or below `min` to the one at or above `max`, about `count` of them. */
export function ticks(min: number, max: number, count: number): readonly number[] {
  const span = Math.max(max - min, 1);
  const step = niceStep(span / count);
  const first = Math.floor(min / step) * step;
  const found: number[] = [];
  for (let value = first; found.length <= count * 3; value += step) {
    found.push(value);
    if (value >= max) break;
  }
  return found;
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least this, and never below 1: pulls are whole. */
function niceStep(min: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(min, 1)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= min) ?? 10) * power;
}

const units = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A tick, short, but with enough digits to tell it from the next one: `1.235M` where they are 5,000 apart. */
export function tickText(value: number, step: number): string {
  const [unit, letter] = units.find(([size]) => value >= size) ?? [1, ''];
  // A scale of one value has no next one.
  const decimals = step > 0 ? Math.max(0, Math.ceil(-Math.log10(step / unit))) : 0;
  const text = (value / unit).toFixed(decimals);
  return `${decimals === 0 ? text : text.replace(/\.?0+$/, '')}${letter}`;
}
