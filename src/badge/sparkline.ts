/** A line as small as a word, for tables. */
import { pixel } from './svg.ts';

export interface SparklineSize {
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** A small line of daily pulls; null is a gap. It takes the color of the surrounding text. */
export function sparklineSvg(values: readonly (number | null)[], { width = 110, height = 26 }: SparklineSize = {}): string {
  const max = Math.max(...values.map((value) => value ?? 0), 1);
  const xOf = (at: number): number => 2 + (at / Math.max(values.length - 1, 1)) * (width - 4);
  const yOf = (value: number): number => height - 3 - (value / max) * (height - 6);
  let path = '';
  let isDown = false;
  for (const [at, value] of values.entries()) {
    // A line of length 0 is a dot, so that a day between two gaps is visible.
    if (value !== null) path += isDown ? `L${pixel(xOf(at))} ${pixel(yOf(value))}` : `M${pixel(xOf(at))} ${pixel(yOf(value))}h0`;
    isDown = value !== null;
  }
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true"><path d="${path}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
}
