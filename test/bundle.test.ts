/** What is in the program, and what the build makes smaller. */
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { packedModule, readLater, type WidthRange } from '../scripts/font-widths.ts';

const require = createRequire(import.meta.url);
const fonts = 'node_modules/anafanafo';

/** What a CommonJS module exports. */
function exportsOf(code: string, load: (name: string) => unknown = require): unknown {
  const module = { exports: {} };
  runInNewContext(code, { module, exports: module.exports, require: load, Buffer });
  return module.exports;
}

describe('dist/bundle.txt', () => {
  it('names what fills the program, and neither the schemas nor the widths of letters are more than what is our own', async () => {
    const lines = (await readFile('dist/bundle.txt', 'utf8')).trimEnd().split('\n');
    const sizes = new Map(lines.map((line) => line.trim().split(/\s+/)).map(([name = '', bytes]) => [name, Number(bytes)]));
    const own = [...sizes].reduce((sum, [name, bytes]) => (name.startsWith('src/') ? sum + bytes : sum), 0);

    expect([...sizes.keys()]).toEqual(expect.arrayContaining(['zod', 'hono', 'anafanafo', 'src/core', 'src/http', 'all']));
    expect(sizes.get('zod')).toBeLessThan(own / 2);
    expect(sizes.get('anafanafo')).toBeLessThan(own / 2);
  });

  it('has no language of zod but English', async () => {
    const { sources }: { sources: string[] } = JSON.parse(await readFile('dist/registry-stats-program.cjs.map', 'utf8'));

    const languages = sources.flatMap((path) => /\/zod\/v4\/locales\/(?!index\.js)(.+)$/.exec(path)?.[1] ?? []);
    expect(languages, "write import * as z from 'zod': esbuild keeps everything of { z }").toEqual(['en.js']);
  });
});

describe('dist/registry-stats-program.cjs', () => {
  it('is ASCII: with one other character V8 keeps two bytes of each', async () => {
    const program = await readFile('dist/registry-stats-program.cjs');

    expect(program.findIndex((byte) => byte > 127)).toBe(-1);
  });
});

describe('dist/registry-stats.cjs', () => {
  it('has what the health probe needs and nothing else, and loads the program beside it', async () => {
    const launcher = await readFile('dist/registry-stats.cjs', 'utf8');

    const parts = [...launcher.matchAll(/^\/\/ (\S+\/\S+)$/gm)].map(([, path]) => path);
    expect(new Set(parts)).toEqual(new Set(['src/launcher.ts', 'src/cli/health.ts', 'src/core/model/health-marker.ts']));
    const required = [...launcher.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(new Set(required)).toEqual(new Set(['node:fs', './registry-stats-program.cjs']));
  });
});

describe('dist/registry-stats-demo.cjs', () => {
  it('has the world of the demo, which the program does not have, and no package', async () => {
    const [demo, program] = [
      await readFile('dist/registry-stats-demo.cjs', 'utf8'),
      await readFile('dist/registry-stats-program.cjs', 'utf8'),
    ];

    expect(demo).toContain('// src/demo/simulator/github-pages.ts');
    expect(demo).not.toContain('// node_modules/');
    expect(program).not.toContain('// src/demo/');
    expect(program).toContain('import("./registry-stats-demo.cjs")');
  });
});

describe('the packed widths of letters', () => {
  it('are those of the package, to the last one', async () => {
    const names = await readdir(`${fonts}/data`);
    expect(names).toHaveLength(4);

    for (const name of names) {
      const table: WidthRange[] = JSON.parse(await readFile(`${fonts}/data/${name}`, 'utf8'));
      // Through JSON, because what comes out of another context has arrays of its own.
      expect(JSON.parse(JSON.stringify(exportsOf(packedModule(table))))).toEqual(table);
    }
  });

  it('are read when their font is first used, and then once', async () => {
    const read: string[] = [];
    const index = exportsOf(readLater(await readFile(`${fonts}/index.js`, 'utf8')), (name) => {
      if (!name.endsWith('.json')) return require(name);
      read.push(name);
      return require(`../${fonts}/${name}`);
    });
    if (typeof index !== 'function') throw new Error('the package exports no function');
    const plain: unknown = require(`../${fonts}/index.js`);
    if (typeof plain !== 'function') throw new Error('the package exports no function');
    const font = { font: '11px Verdana' };

    expect(read).toEqual([]);
    for (const text of ['pulls', '48,210', 'Ж漢字']) expect(index(text, font)).toBe(plain(text, font));
    expect(read).toEqual(['./data/verdana-11px-normal.json']);
  });

  it('are not packed when the package is another one than is known', () => {
    expect(() => readLater("const consumers = { '10px Verdana': load('./a.json') }")).toThrow(
      'anafanafo has changed: 0 tables instead of 4',
    );
  });
});
