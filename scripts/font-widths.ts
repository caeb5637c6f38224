/**
 * Packs the tables of character widths by which badges are laid out: as the package has them, four arrays of 11,000 ranges each, they were a quarter
 * of the program (1 MB of 4.3) and stood in memory from the start. Packed they are 76 kB, and one is unpacked when its font is first used.
 */
import { readFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import type { Plugin } from 'esbuild';

/** A range of code points, both ends included, and the width of each in it. */
export type WidthRange = readonly [first: number, last: number, width: number];

/** A CommonJS module that exports the same ranges. */
export function packedModule(ranges: readonly WidthRange[]): string {
  const widths = [...new Set(ranges.map(([, , width]) => width))];
  const indexOf = new Map(widths.map((width, index) => [width, index]));
  const steps = ranges.flatMap(([first, last, width], at) => [first - (ranges[at - 1]?.[1] ?? 0), last - first, indexOf.get(width) ?? 0]);
  const packed = brotliCompressSync(JSON.stringify({ widths, steps })).toString('base64');
  return `const { widths, steps } = JSON.parse(require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString());
let end = 0;
module.exports = Array.from({ length: steps.length / 3 }, (_, at) => {
  const first = end + steps[3 * at];
  end = first + steps[3 * at + 1];
  return [first, end, widths[steps[3 * at + 2]]];
});
`;
}

const eager = /('[^']+'): createConsumer\(\s*require\(('[^']+')\),?\s*\),/g;

/**
 * The package's index, which reads all tables at once, made to read each when it is used.
 * @throws Error when it is not the one that is known
 */
export function readLater(source: string): string {
  const tables = [...source.matchAll(eager)].length;
  if (tables !== 4) throw new Error(`anafanafo has changed: ${tables} tables instead of 4`);
  return source.replaceAll(
    eager,
    (_, font: string, path: string) => `get ${font}() {
    const value = createConsumer(require(${path}));
    Object.defineProperty(this, ${font}, { value });
    return value;
  },`,
  );
}

export const fontWidths: Plugin = {
  name: 'font-widths',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]anafanafo[\\/]data[\\/].*\.json$/ }, async ({ path }) => ({
      contents: packedModule(JSON.parse(await readFile(path, 'utf8'))),
      loader: 'js',
    }));
    bundler.onLoad({ filter: /[\\/]anafanafo[\\/]index\.js$/ }, async ({ path }) => ({
      contents: readLater(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};
