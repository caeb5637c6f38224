/** What fills the program: the bytes of each package and of each of our own folders. */
import type { Metafile } from 'esbuild';

/** One line each, the largest first, with its share. */
export function bundleTable({ outputs }: Metafile): string {
  const parts = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of parts) sizes.set(partOf(path), (sizes.get(partOf(path)) ?? 0) + bytesInOutput);
  const total = parts.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const rows = [...sizes].filter(([, bytes]) => bytes > 0).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const lines = [...rows, ['all', total] as const].map(([name, bytes]) => {
    const share = `${((100 * bytes) / total).toFixed(1)}%`;
    return `${name.padEnd(30)}${String(bytes).padStart(9)}${share.padStart(8)}`;
  });
  return `${lines.join('\n')}\n`;
}

/** `node_modules/@hono/node-server/dist/index.mjs` → `@hono/node-server`, `src/http/query.ts` → `src/http`. */
function partOf(path: string): string {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? path.split('/').slice(0, 2).join('/');
}
