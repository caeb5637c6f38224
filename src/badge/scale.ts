/** The scale of a chart's values. */

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
