/** The pages' files: bundled, compressed, and named by their content. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import type { BuiltAsset } from '../src/dashboard/assets.ts';

const client = 'src/dashboard/client';
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

const icons = ['icon.svg', 'favicon.ico', 'touch-icon.png'];

const shared = { bundle: true, minify: true, outdir: 'out', metafile: true, write: false, logLevel: 'warning' } as const;

/** How they are bundled. */
export const clientBuilds: readonly (BuildOptions & { readonly metafile: true; readonly write: false })[] = [
  {
    ...shared,
    entryPoints: [`${client}/main.ts`, `${client}/style.css`],
    format: 'esm',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    legalComments: 'eof',
  },
  // In the head and before anything is painted: a plain script, not a module.
  { ...shared, entryPoints: [`${client}/theme.ts`], format: 'iife' },
];

/** Writes dist/assets.json; resolves to what is in it. Rejects when the sources cannot be bundled. */
export async function writeClientAssets(): Promise<readonly Metafile[]> {
  const built = await Promise.all(clientBuilds.map((options) => build(options)));
  const files = built.flatMap(({ outputFiles }) => outputFiles ?? []);
  const assets = [
    ...files.map(({ path, contents }) => assetOf(path.split('/').at(-1) ?? '', contents)),
    ...(await Promise.all(icons.map(async (name) => assetOf(name, await readFile(`${client}/${name}`))))),
  ];
  await replaceFile('dist/assets.json', JSON.stringify(assets));
  return built.map(({ metafile }) => metafile);
}

/** In one step, and only when the text is another one: whoever watches the file sees every change, and nothing else. */
async function replaceFile(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '');
  if (text === before) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Its served name holds its hash, so that browsers may keep it for ever. */
function assetOf(name: string, contents: Uint8Array): BuiltAsset {
  const ending = extname(name);
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  const file = `${name.slice(0, -ending.length)}-${hash}${ending}`;
  return { name, file, type: types[ending] ?? 'application/octet-stream', brotli: brotliCompressSync(contents).toString('base64') };
}
