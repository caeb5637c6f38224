/** The licenses of all third-party code in the bundles. */
import { readdir, readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** One section per package, by name: version, license and its text. Throws for a package without one. */
export async function licensesOf(metafiles: readonly Metafile[]): Promise<string> {
  const inputs = metafiles.flatMap(({ inputs: files }) => Object.keys(files));
  const folders = new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const sections = await Promise.all([...folders].toSorted().map(sectionOf));
  return `The program contains code of these packages, each under its own license.\n\n${sections.join('\n')}`;
}

/** The names of the packages in what `licensesOf` wrote. */
export function bundledPackages(licenses: string): readonly string[] {
  return [...licenses.matchAll(/^={80}\n(\S+) \S+: .+\n={80}$/gm)].map(([, name = '']) => name);
}

async function sectionOf(folder: string): Promise<string> {
  const { name, version, license }: Package = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  if (!license) throw new Error(`${name} does not state its license`);
  const file = (await readdir(folder)).find((each) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(each));
  const text =
    file === undefined
      ? `(its package has no text of it; see https://spdx.org/licenses/${license}.html)`
      : (await readFile(`${folder}/${file}`, 'utf8')).trim();
  return `${'='.repeat(80)}\n${name} ${version}: ${license}\n${'='.repeat(80)}\n\n${text}\n`;
}
