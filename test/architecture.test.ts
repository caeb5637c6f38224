import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { sources } from '../src/sources/index.ts';

type Violation = readonly [rule: string, from: string, to: string];

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
  };
}

/** What the import check has against the `src` of a folder, in that folder. */
async function checkImports(folder: string): Promise<{ readonly files: number; readonly violations: readonly Violation[] }> {
  const program = resolve('node_modules/.bin/depcruise');
  const running = promisify(execFile)(program, ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  });
  // It ends with a code of its own when there are violations.
  const stdout = await running.then(
    (result) => result.stdout,
    (error: unknown) => {
      if (error instanceof Error && 'stdout' in error) return String(error.stdout);
      throw error;
    },
  );
  const { summary }: Cruise = JSON.parse(stdout);
  return { files: summary.totalCruised, violations: summary.violations.map(({ rule, from, to }) => [rule.name, from, to]) };
}

/** What the rules have against these files in a tree of their own, so that nobody who reads the real one meets what is planted. */
async function violationsIn(files: Readonly<Record<string, string>>): Promise<readonly Violation[]> {
  const copy = await mkdtemp(join(tmpdir(), 'registry-stats-imports-'));
  await symlink(resolve('node_modules'), join(copy, 'node_modules'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) await copyFile(name, join(copy, name));
  for (const [path, code] of Object.entries(files)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), code);
  }
  try {
    return (await checkImports(copy)).violations;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The packages that the program names in its imports. */
async function importedPackages(): Promise<ReadonlySet<string>> {
  const files = (await readdir('src', { recursive: true })).filter(
    (name) => /(?<!\.test|\.d|fixture)\.ts$/.test(name) && !name.includes('testing/'),
  );
  const texts = await Promise.all(files.map((name) => readFile(join('src', name), 'utf8')));
  const named = texts.flatMap((text) => [...text.matchAll(/^(?:import|export) .*from '((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^']*)?';$/gm)]);
  return new Set(named.flatMap(([, name = '']) => (name.startsWith('.') ? [] : [name])));
}

function imports(paths: readonly string[]): string {
  return paths.map((path) => `import '${path}';\n`).join('');
}

/** Of each room, the rooms that it may see: docs/architecture.md as a table. */
const seen: Readonly<Record<string, readonly string[]>> = {
  app: ['badge', 'collect', 'config', 'core', 'dashboard', 'demo', 'http', 'metrics', 'net', 'notify', 'sources', 'store', 'transfer'],
  badge: ['core'],
  cli: ['app', 'config', 'core'],
  collect: ['core'],
  config: ['core'],
  core: [],
  dashboard: ['badge', 'core'],
  demo: ['core'],
  http: ['badge', 'core'],
  metrics: ['core'],
  net: ['core'],
  notify: ['core', 'net'],
  sources: ['core', 'net'],
  store: ['core'],
  transfer: ['core', 'net'],
};
const rooms = Object.keys(seen);

/** Of each room of the core, the rooms of the core that it may see. */
const seenInCore: Readonly<Record<string, readonly string[]>> = {
  document: ['model', 'numbers'],
  model: [],
  numbers: ['model'],
  views: ['document', 'model', 'numbers'],
};
const coreRooms = Object.keys(seenInCore);

/** Of each package, the folders that may import it. */
const users: Readonly<Record<string, readonly string[]>> = {
  'badge-maker': ['badge'],
  commander: ['cli'],
  'csv-parse': ['transfer/import'],
  hono: ['http', 'dashboard', 'dashboard/client'],
  // Only the response cache and the router.
  'lru-cache': [],
  nodemailer: ['notify/mail'],
  parse5: ['sources/ghcr'],
  pg: ['store/postgres'],
  // Only app/logger.ts.
  pino: [],
  'pino-pretty': [],
  'prom-client': ['metrics'],
  'sql-template-tag': ['store/postgres'],
  standardwebhooks: ['notify/channels'],
  'tar-stream': ['store/json-files/backup'],
  uplot: ['dashboard/client'],
  zod: ['http', 'net', 'sources', 'sources/ghcr', 'store', 'store/json-files/backup', 'store/postgres', 'transfer', 'transfer/import'],
};
const places = [...new Set([...rooms, ...Object.values(users).flat()])];

describe('the import rules', () => {
  it('hold in the whole tree', async () => {
    const { files, violations } = await checkImports('.');

    expect(violations).toEqual([]);
    expect(files).toBeGreaterThan(100);
  });

  it('know every room and every package', async () => {
    const entries = await readdir('src', { withFileTypes: true });

    expect(
      entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(rooms);
    expect(Object.keys(users)).toEqual(expect.arrayContaining([...(await importedPackages())]));
  });

  describe('bite when a violation is planted, and', () => {
    let violations: readonly Violation[] = [];

    beforeAll(async () => {
      const ofRooms = rooms.flatMap((from) => [
        [`src/${from}/target.ts`, 'export {};\n'],
        [`src/${from}/planted.ts`, imports(rooms.filter((to) => to !== from).map((to) => `../${to}/target.ts`))],
      ]);
      // It has no entry of its own name.
      const packages = Object.keys(users).map((name) => (name === 'csv-parse' ? 'csv-parse/sync' : name));
      const ofPackages = places.map((folder) => [`src/${folder}/packages.ts`, imports(packages)]);
      const ofCore = coreRooms.flatMap((from) => [
        [`src/core/${from}/target.ts`, 'export {};\n'],
        [`src/core/${from}/planted.ts`, imports(coreRooms.filter((to) => to !== from).map((to) => `../${to}/target.ts`))],
      ]);
      violations = await violationsIn({
        ...Object.fromEntries([...ofRooms, ...ofPackages, ...ofCore]),
        'src/core/ports.ts': imports(coreRooms.map((to) => `./${to}/target.ts`)),
        'src/http/pipeline.ts': 'export {};\n',
        'src/http/endpoints/planted.ts': imports(['../pipeline.ts']),
        'src/dashboard/endpoints/planted.ts': imports(['../../http/pipeline.ts']),
        'src/main.ts': imports(rooms.map((to) => `./${to}/target.ts`)),
        'src/launcher.ts': imports(['./cli/health.ts', './cli/target.ts']),
        'src/cli/health.ts': imports(['../core/model/target.ts', 'zod']),
        'src/core/io.ts': imports(['node:fs', 'zod', 'fast-check']),
        'src/sources/quay/stranger.ts': imports(['../ghcr/packages.ts', '../testing/target.ts']),
        'src/sources/testing/target.ts': 'export {};\n',
        'src/store/postgres/stranger.ts': imports(['../json-files/target.ts', '../testing/target.ts']),
        'src/store/json-files/target.ts': 'export {};\n',
        'src/store/testing/target.ts': 'export {};\n',
        'src/collect/one.ts': imports(['./two.ts']),
        'src/collect/two.ts': imports(['./one.ts']),
        'src/net/alone.ts': 'export {};\n',
        'src/cli/importer.ts': imports(['../main.ts']),
      });
    });

    it('let a room see only the rooms below it', () => {
      const forbidden = rooms.flatMap((from) =>
        rooms
          .filter((to) => to !== from && !seen[from]?.includes(to))
          .map((to): Violation => [`${from}-sees`, `src/${from}/planted.ts`, `src/${to}/target.ts`]),
      );
      const ofMain = rooms.filter((to) => to !== 'cli').map((to): Violation => ['main-sees', 'src/main.ts', `src/${to}/target.ts`]);

      const found = violations.filter(
        ([rule, from]) => /^[a-z]+-sees$/.test(rule) && /\/(planted|main)\.ts$/.test(from) && !from.includes('/endpoints/'),
      );
      expect(found.map(String).toSorted()).toEqual([...forbidden, ...ofMain].map(String).toSorted());
    });

    it('let the file that is started see only the probe, and the probe only the marker', () => {
      const found = violations.filter(([, from]) => ['src/launcher.ts', 'src/cli/health.ts'].includes(from));

      expect(found).toHaveLength(4);
      expect(found).toEqual(
        expect.arrayContaining([
          ['launcher-sees', 'src/launcher.ts', 'src/cli/target.ts'],
          ['the-probe-is-light', 'src/cli/health.ts', 'src/core/model/target.ts'],
          ['the-probe-is-light', 'src/cli/health.ts', expect.stringContaining('node_modules/zod/')],
          ['zod-only-in-its-place', 'src/cli/health.ts', expect.stringContaining('node_modules/zod/')],
        ]),
      );
    });

    it('let a room of the core see only what is below it, and an endpoint nothing of what stands before it', () => {
      const forbidden = coreRooms.flatMap((from) =>
        coreRooms
          .filter((to) => to !== from && !seenInCore[from]?.includes(to))
          .map((to): Violation => [`core-${from}-sees`, `src/core/${from}/planted.ts`, `src/core/${to}/target.ts`]),
      );
      const ofPorts = ['numbers', 'views'].map((to): Violation => ['core-ports-sees', 'src/core/ports.ts', `src/core/${to}/target.ts`]);
      const ofEndpoints = ['http', 'dashboard'].map((from): Violation => [
        'endpoints-see-no-pipeline',
        `src/${from}/endpoints/planted.ts`,
        'src/http/pipeline.ts',
      ]);

      const found = violations.filter(([rule]) => /^core-\w+-sees$|^endpoints-see/.test(rule));
      expect(found.map(String).toSorted()).toEqual([...forbidden, ...ofPorts, ...ofEndpoints].map(String).toSorted());
    });

    it('let a package be used only in its place', () => {
      const forbidden = Object.entries(users).flatMap(([name, ofName]) =>
        places.filter((folder) => !ofName.includes(folder)).map((folder) => `${name}-only-in-its-place src/${folder}/packages.ts`),
      );

      const found = violations.flatMap(([rule, from]) =>
        from.endsWith('/packages.ts') && /-only-in-/.test(rule) ? [`${rule} ${from}`] : [],
      );
      expect(found.toSorted()).toEqual(forbidden.toSorted());
    });

    it('keep the core pure, sources and stores apart, and the tree free of circles, orphans and importers of main', () => {
      expect(violations).toEqual(
        expect.arrayContaining([
          ['core-has-no-io', 'src/core/io.ts', 'fs'],
          ['core-has-no-io', 'src/core/io.ts', expect.stringContaining('node_modules/zod/')],
          ['core-has-no-io', 'src/core/io.ts', expect.stringContaining('node_modules/fast-check/')],
          ['sources-are-strangers', 'src/sources/quay/stranger.ts', 'src/sources/ghcr/packages.ts'],
          ['stores-are-strangers', 'src/store/postgres/stranger.ts', 'src/store/json-files/target.ts'],
          ['nothing-imports-main', 'src/cli/importer.ts', 'src/main.ts'],
          ['no-circular', 'src/collect/one.ts', 'src/collect/two.ts'],
          ['no-orphans', 'src/net/alone.ts', 'src/net/alone.ts'],
        ]),
      );
      expect(violations.filter(([, , to]) => to.includes('/testing/'))).toEqual([]);
    });
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
  it('names only files and folders that exist', async () => {
    const inFolders = ['src', 'test', 'bench', 'deploy', 'docs'].map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
    );
    const names = [...(await readdir('.')), 'proofs/README.md', 'tools/README.md', ...(await Promise.all(inFolders)).flat()].filter(
      (name) => name.endsWith('.md') && name !== 'CHANGELOG.md',
    );
    const missing: string[] = [];
    for (const page of names) {
      const isRoom = page.startsWith('src/');
      for (const [, named = ''] of (await readFile(page, 'utf8')).matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)) {
        // Of all that stands in backticks: what starts with one of our folders, and in a room's README what looks like a source.
        const isPath = /^(src|test|proofs|tools|scripts|bench|docs|deploy|grafana|alerts)\//.test(named);
        if (!isPath && !(isRoom && /\.ts$|[a-z]\/$/.test(named))) continue;
        const from = isRoom ? [dirname(page), 'src', '.'] : [dirname(page), '.'];
        if (!from.some((place) => existsSync(join(place, named)))) missing.push(`${page}: ${named}`);
      }
    }

    expect(names.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

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
