/** Where values and labels stand on a chart. */

/** Round values from 0 or near the least to the most, about `wanted` of them. */
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

/** Positions `count` labels of a row of `length` so that none is nearer than `leastGap` to the next; the first and last stay. */
export function labelled(length: number, width: number, leastGap: number): readonly number[] {
  const most = Math.max(2, Math.floor(width / leastGap));
  const step = Math.max(1, Math.ceil((length - 1) / (most - 1)));
  const found: number[] = [];
  for (let at = 0; at < length; at += step) found.push(at);
  return found;
}
