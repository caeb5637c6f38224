/** Bundles the program into one readable file that needs no node_modules, with its source map beside it. */
import { chmod } from 'node:fs/promises';
import { build } from 'esbuild';

const bundle = 'dist/registry-stats';

await build({
  entryPoints: ['src/main.ts'],
  outfile: `${bundle}.cjs`,
  bundle: true,
  platform: 'node',
  // A file without an ending is CommonJS to Node, and the image's program has none.
  format: 'cjs',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: true,
  keepNames: true,
  legalComments: 'eof',
  // The image has its Node there and neither a shell nor /usr/bin/env.
  banner: { js: '#!/nodejs/bin/node' },
  logLevel: 'warning',
});
await chmod(`${bundle}.cjs`, 0o755);
