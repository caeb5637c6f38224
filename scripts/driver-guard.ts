/**
 * Mends the PostgreSQL driver while it is bundled. Why: postgres 3.4.9 sends small messages later, with setImmediate, also to a connection that has
 * closed in the meantime: the whole process ends with "Cannot read properties of null" (porsager/postgres#1154, #1208; seen here 2026-11-24 in one of
 * eight restarts of a database). And a timer that was cancelled counts as set for ever, so that the connection never sends anything again
 * after it has been made anew. Nothing of the driver's own can be set from outside. To be removed when a release has it.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** What stands there, and what stands there instead. */
const changes: readonly (readonly [before: string, after: string])[] = [
  [
    'function nextWrite(fn) {\n',
    `function nextWrite(fn) {
    if (!socket) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
`,
  ],
  ['    socket = null\n\n    if (initial)', '    socket = chunk = nextWriteTimer = null\n\n    if (initial)'],
];

/** @throws Error when the driver is not the one that is known, so that nobody bundles one unmended */
function guarded(source: string): string {
  return changes.reduce((text, [before, after]) => {
    if (text.split(before).length !== 2) throw new Error(`the PostgreSQL driver has changed, look whether it still needs: ${after}`);
    return text.replace(before, () => after);
  }, source);
}

export const driverGuard: Plugin = {
  name: 'driver-guard',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]postgres[\\/]src[\\/]connection\.js$/ }, async ({ path }) => ({
      contents: guarded(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};
