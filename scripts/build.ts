/**
 * Bundles the pages' files, then the program with them into one readable file that needs no node_modules, the world of the demo into another,
 * and the small file that is started, once for npm and once for the image.
 * dist/bundle.txt says what fills it; `--analyze` prints that.
 */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { bundleTable } from './bundle-table.ts';
import { writeClientAssets } from './client-assets.ts';
import { fontWidths } from './font-widths.ts';
import { licensesOf } from './licenses.ts';

/** What is started, and what it loads. launcher.ts names the program, too. */
const launcher = 'dist/registry-stats.cjs';
const imageLauncher = 'dist/image/registry-stats';
const bundle = 'dist/registry-stats-program.cjs';
const demo = 'registry-stats-demo.cjs';
const migrations = 'src/store/postgres/migrations';

const clientMetafiles = await writeClientAssets();

const sqlNames = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).toSorted();
const sqlFiles = sqlNames.map(async (name) => ({ name, sql: await readFile(`${migrations}/${name}`, 'utf8') }));
await writeFile('dist/migrations.json', JSON.stringify(await Promise.all(sqlFiles)));

const common = {
  bundle: true,
  platform: 'node',
  // Linked packages keep their local paths in the bundle, so that the same source gives the same file.
  preserveSymlinks: true,
  // A file without an ending is CommonJS to Node, and the image's program has none.
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
} satisfies BuildOptions;

/** Only its own command loads it. */
const demoApart: Plugin = {
  name: 'demo-apart',
  setup: (bundler) =>
    bundler.onResolve({ filter: /\/demo\/index\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${demo}`, external: true },
    ),
};

const program = await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: bundle,
  plugins: [fontWidths, demoApart],
  // A faster driver that pg would take if it were there.
  external: ['pg-native'],
  sourcemap: 'linked',
  sourcesContent: true,
  keepNames: true,
  legalComments: 'eof',
  metafile: true,
});
await build({ ...common, entryPoints: ['src/demo/index.ts'], outfile: `dist/${demo}` });
await build({ ...common, entryPoints: ['src/launcher.ts'], outfile: launcher, external: ['./registry-stats-program.cjs'] });
const launcherCode = await readFile(launcher, 'utf8');
await writeFile(launcher, `#!/usr/bin/env node\n${launcherCode}`);
await mkdir('dist/image', { recursive: true });
// The image has its Node there and neither a shell nor /usr/bin/env. The flag costs some speed of answers that are made for the
// first time, and halves the memory under load (bench/RESULTS.md, bench/SOAK.md); a first line takes no second one.
await writeFile(imageLauncher, `#!/nodejs/bin/node --optimize-for-size\n${launcherCode}`);
// With a single character beyond ASCII V8 keeps the whole text in memory at two bytes each; esbuild leaves those in tagged templates.
const text = await readFile(bundle, 'utf8');
await writeFile(
  bundle,
  text.replaceAll(/[^\0-\x7f]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`),
);
await writeFile('dist/third-party-licenses.txt', await licensesOf([...clientMetafiles, program.metafile]));
for (const file of [launcher, imageLauncher]) await chmod(file, 0o755);

const table = bundleTable(program.metafile);
await writeFile('dist/bundle.txt', table);
if (process.argv.includes('--analyze')) process.stdout.write(table);
