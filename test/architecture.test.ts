import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { sources } from '../src/sources/index.ts';

const planted: string[] = [];

afterEach(async () => {
  await Promise.all(planted.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

/** The output of the import check, and whether it passed. */
async function checkImports(): Promise<{ readonly passed: boolean; readonly output: string }> {
  try {
    const { stdout } = await promisify(execFile)('npx', ['--no', 'depcruise', 'src', '--config', '.dependency-cruiser.cjs']);
    return { passed: true, output: stdout };
  } catch (error) {
    return { passed: false, output: error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error) };
  }
}

async function plant(folder: string, code: string): Promise<string> {
  const directory = await mkdtemp(join(folder, 'planted-'));
  planted.push(directory);
  await writeFile(join(directory, 'violation.ts'), code);
  return directory;
}

describe('the import rules', () => {
  it('hold in the whole tree, and bite when a violation is planted', { timeout: 60_000 }, async () => {
    const clean = await checkImports();
    const inCore = await plant('src/core', `import { readFile } from 'node:fs/promises';\nexport const read = readFile;\n`);
    const inApi = await plant(
      'src/http',
      `import { createMemoryStore } from '../../store/memory.ts';\nexport const store = createMemoryStore;\n`,
    );

    const violated = await checkImports();

    expect(clean).toMatchObject({ passed: true });
    expect(clean.output).toMatch(/no dependency violations found \(\d{2,} modules/);
    expect(violated.passed).toBe(false);
    expect(violated.output).toContain(`core-has-no-io: ${inCore}/violation.ts`);
    expect(violated.output).toContain(`http-sees: ${inApi}/violation.ts`);
  });
});

describe('the sources', () => {
  it('are the folders of src/sources, one each, and each has its page', async () => {
    const entries = await readdir('src/sources', { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'testing').map(({ name }) => name);

    expect(sources.map(({ descriptor }) => descriptor.id).toSorted()).toEqual(folders.toSorted());
    for (const folder of folders) expect(await readFile(`src/sources/${folder}/README.md`, 'utf8')).toMatch(/^# /);
  });
});

describe('the documentation', () => {
  it('names only npm commands that exist', async () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      ...(await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
    ];
    const named = new Set<string>();
    for (const page of pages) {
      for (const [, script = ''] of (await readFile(page, 'utf8')).matchAll(/npm run ([\w:-]+)/g)) named.add(script);
    }

    expect(named.size).toBeGreaterThan(0);
    for (const script of named) expect(Object.keys(packageJson.scripts)).toContain(script);
  });
});
