/** Bars on top of each other. */
import type { Values } from './chart-data.ts';

/** The tops of the bars, each on those before it; a day without a value of its own has no bar. */
export function stack(lines: readonly Values[]): (number | null)[][] {
  const sums: number[] = [];
  return lines.map((values) =>
    values.map((value, at) => {
      if (value === null) return null;
      sums[at] = (sums[at] ?? 0) + value;
      return sums[at] ?? null;
    }),
  );
}

/** The sum of each day; null where nothing is known. */
export function sumByDay(lines: readonly Values[]): (number | null)[] {
  const [first = []] = lines;
  return first.map((_, at) => {
    const known = lines.flatMap((values) => values[at] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}
