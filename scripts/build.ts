/**
 * Bundles the pages' files, and then the program with them into one readable file that needs no node_modules.
 * dist/bundle.txt says what fills it; `--analyze` prints that.
 */
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleTable } from './bundle-table.ts';
import { writeClientAssets } from './client-assets.ts';
import { fontWidths } from './font-widths.ts';
import { licensesOf } from './licenses.ts';

const bundle = 'dist/registry-stats';
const migrations = 'src/store/postgres/migrations';

const clientMetafiles = await writeClientAssets();

const sqlNames = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).toSorted();
const sqlFiles = sqlNames.map(async (name) => ({ name, sql: await readFile(`${migrations}/${name}`, 'utf8') }));
await writeFile('dist/migrations.json', JSON.stringify(await Promise.all(sqlFiles)));

const program = await build({
  entryPoints: ['src/main.ts'],
  outfile: `${bundle}.cjs`,
  bundle: true,
  platform: 'node',
  plugins: [fontWidths],
  // Linked packages keep their local paths in the bundle, so that the same source gives the same file.
  preserveSymlinks: true,
  // A file without an ending is CommonJS to Node, and the image's program has none.
  format: 'cjs',
  target: 'node20',
  // A faster driver that pg would take if it were there.
  external: ['pg-native'],
  sourcemap: 'linked',
  sourcesContent: true,
  keepNames: true,
  legalComments: 'eof',
  // The image has its Node there and neither a shell nor /usr/bin/env. The flag costs some speed of answers that are made for the
  // first time, and halves the memory under load (bench/RESULTS.md, bench/SOAK.md); a first line takes no second one.
  banner: { js: '#!/nodejs/bin/node --optimize-for-size' },
  metafile: true,
  logLevel: 'warning',
});
await writeFile('dist/third-party-licenses.txt', await licensesOf([...clientMetafiles, program.metafile]));
await chmod(`${bundle}.cjs`, 0o755);

const table = bundleTable(program.metafile);
await writeFile('dist/bundle.txt', table);
if (process.argv.includes('--analyze')) process.stdout.write(table);
