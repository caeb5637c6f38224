/** Drawings as files, to look at and to compare with; `UPDATE_GOLDEN=1 npx vitest run src/badge` draws them anew. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../golden/', import.meta.url);

/** What `golden/{name}.svg` has; with `UPDATE_GOLDEN=1` the drawing is written there first. */
export function golden(name: string, svg: string): string {
  const file = new URL(`${name}.svg`, folder);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, svg);
  }
  return readFileSync(file, 'utf8');
}
