/** The labels of a chart's axis of values, for drawings of the server and of the browser. */

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
