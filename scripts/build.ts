/** Bundles the pages' files, and then the program with them into one readable file that needs no node_modules. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';
import type { BuiltAsset } from '../src/dashboard/assets.ts';

const bundle = 'dist/registry-stats';
const client = 'src/dashboard/client';
const migrations = 'src/store/postgres/migrations';
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const scripts = await build({
  entryPoints: [`${client}/main.ts`, `${client}/style.css`],
  outdir: 'out',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  legalComments: 'eof',
  metafile: true,
  write: false,
  logLevel: 'warning',
});
// In the head and before anything is painted: a plain script, not a module.
const theme = await build({ entryPoints: [`${client}/theme.ts`], bundle: true, minify: true, format: 'iife', write: false });
const assets = [
  ...scripts.outputFiles.map(({ path, contents }) => assetOf(path.split('/').at(-1) ?? '', contents)),
  ...theme.outputFiles.map(({ contents }) => assetOf('theme.js', contents)),
  assetOf('icon.svg', await readFile(`${client}/icon.svg`)),
];
await mkdir('dist', { recursive: true });
await writeFile('dist/assets.json', JSON.stringify(assets));

const sqlNames = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).toSorted();
const sqlFiles = sqlNames.map(async (name) => ({ name, sql: await readFile(`${migrations}/${name}`, 'utf8') }));
await writeFile('dist/migrations.json', JSON.stringify(await Promise.all(sqlFiles)));

const program = await build({
  entryPoints: ['src/main.ts'],
  outfile: `${bundle}.cjs`,
  bundle: true,
  platform: 'node',
  // Where packages are linked to, their paths stand in the program as if they were here: the same source gives the same file.
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
await writeFile('dist/third-party-licenses.txt', await licencesOf([scripts.metafile, program.metafile]));
await chmod(`${bundle}.cjs`, 0o755);

/** Its served name holds its hash, so that browsers may keep it for ever. */
function assetOf(name: string, contents: Uint8Array): BuiltAsset {
  const ending = extname(name);
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  const file = `${name.slice(0, -ending.length)}-${hash}${ending}`;
  return { name, file, type: types[ending] ?? 'application/octet-stream', brotli: brotliCompressSync(contents).toString('base64') };
}
