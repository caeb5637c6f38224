/** A chart as PNG: mail programs show no SVG. Bars of one color on white, without text. */
import { crc32, deflateSync } from 'node:zlib';

interface ChartOptions {
  readonly width: number;
  readonly height: number;
}

const palette = { background: 0, bar: 1, line: 2 };
/** White, the blue of the pages, gray. */
const colors = [0xff, 0xff, 0xff, 0x25, 0x63, 0xeb, 0xd1, 0xd5, 0xdb];
const gap = 1;

/** One bar a value, the highest over the whole height; a missing value is a gray stroke at the foot. */
export function barChartPng(values: readonly (number | null)[], { width, height }: ChartOptions): Buffer {
  const highest = Math.max(1, ...values.map((value) => value ?? 0));
  const step = width / Math.max(1, values.length);
  // Each row begins with the number of its filter, which is none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let x = 0; x < width; x += 1) {
    const at = Math.floor(x / step);
    const isGap = step > 2 * gap + 1 && Math.floor((x + gap) / step) !== at;
    const value = values[at] ?? null;
    const top = value === null ? height - 2 : height - Math.max(1, Math.round((value / highest) * (height - 1)));
    for (let y = isGap ? height - 1 : top; y < height; y += 1) {
      rows[y * (width + 1) + 1 + x] = y === height - 1 || value === null ? palette.line : palette.bar;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, with a palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colors)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(content) >>> 0);
  return Buffer.concat([length, content, checksum]);
}
