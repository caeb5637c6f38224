import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { loadConfig, type Config } from './load.ts';

const dockerHub: RegistryDescriptor = {
  id: 'dockerhub',
  title: 'Docker Hub',
  counts: { unit: 'pulls', lifetime: true, note: '' },
  variablePrefix: 'DOCKERHUB',
  host: 'docker.io',
  bareOwner: 'library',
  nestedNames: false,
  example: 'acme/app',
  urls: [{ variable: 'DOCKERHUB_URL', default: 'https://hub.docker.com', what: 'Address' }],
  delay: { defaultMs: 500, note: '' },
  login: { usernameVariable: 'DOCKERHUB_USERNAME', tokenVariable: 'DOCKERHUB_TOKEN', what: 'Login' },
};
const ghcr: RegistryDescriptor = {
  id: 'ghcr',
  title: 'GHCR',
  counts: { unit: 'pulls', lifetime: true, note: '' },
  variablePrefix: 'GHCR',
  host: 'ghcr.io',
  nestedNames: true,
  example: 'acme/app',
  urls: [{ variable: 'GITHUB_URL', default: 'https://github.com', what: 'Address' }],
  delay: { defaultMs: 2000, note: '' },
};

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

function load({ env = {}, options = {}, files = {} }: Given = {}): Config {
  return loadConfig({
    env,
    options,
    descriptors: [dockerHub, ghcr],
    readTextFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return text;
    },
  });
}

function message(given: Given): string {
  try {
    load(given);
  } catch (error) {
    if (error instanceof AppError && error.code === 'misconfigured') return error.message;
    throw error;
  }
  return 'it was accepted';
}

describe('the configuration', () => {
  it('has the documented defaults', () => {
    expect(load()).toMatchObject({
      pollIntervalHours: 1,
      retentionDays: 90,
      backfill: true,
      dataDir: './data',
      listen: { port: 9100 },
      basePath: '',
      healthFile: '/tmp/.healthy',
      logLevel: 'info',
      logFormat: 'auto',
      metricsImages: { kind: 'all' },
      problems: [],
      registries: {
        dockerhub: { targets: [], urls: { DOCKERHUB_URL: 'https://hub.docker.com' }, delayMs: 500, login: undefined },
        ghcr: { targets: [], urls: { GITHUB_URL: 'https://github.com' }, delayMs: 2000 },
      },
    });
  });

  it('takes every variable, and an empty one as unset', () => {
    const config = load({
      env: {
        POLL_INTERVAL_HOURS: '0.5',
        RETENTION_DAYS: '0',
        BACKFILL: 'OFF',
        DATA_DIR: '/data',
        LISTEN_ADDR: '[::1]:8080',
        BASE_PATH: '/stats/',
        HEALTH_FILE: '',
        LOG_LEVEL: 'Debug',
        LOG_FORMAT: 'JSON',
        METRICS_IMAGES: 'top:500',
        DOCKERHUB_URL: 'http://mirror.local/hub/',
        GHCR_DELAY_MS: '0',
      },
    });

    expect(config).toMatchObject({
      pollIntervalHours: 0.5,
      retentionDays: 0,
      backfill: false,
      dataDir: '/data',
      listen: { host: '::1', port: 8080 },
      basePath: '/stats',
      healthFile: '/tmp/.healthy',
      logLevel: 'debug',
      logFormat: 'json',
      metricsImages: { kind: 'top', count: 500 },
      registries: { dockerhub: { urls: { DOCKERHUB_URL: 'http://mirror.local/hub' } }, ghcr: { delayMs: 0 } },
    });
  });

  it('reports every problem at once, with what was given and what would be valid', () => {
    const text = message({
      env: { LISTEN_ADDR: '9100', DOCKERHUB_URL: 'hub', BACKFILL: 'maybe' },
      options: { POLL_INTERVAL_HOURS: 'hourly', RETENTION_DAYS: '1.5' },
    });

    expect(text.split('\n')).toEqual([
      'invalid configuration:',
      '  - POLL_INTERVAL_HOURS must be 0 or a number of hours from 0.001 to 8760, such as 1 or 0.5 (a larger one counts as 8760); got "hourly"',
      '  - RETENTION_DAYS must be a whole number of days from 0 to 36500 (a larger one counts as 36500); got "1.5"',
      '  - BACKFILL must be on or off; got "maybe"',
      '  - LISTEN_ADDR must be host:port or :port, such as :9100, 127.0.0.1:9100 or [::1]:9100; got "9100"',
      '  - DOCKERHUB_URL must be an http or https URL without credentials, query or fragment, such as https://hub.docker.com; got "hub"',
    ]);
  });

  it.each([
    ['LISTEN_ADDR', ':65536'],
    ['LISTEN_ADDR', ':80/x'],
    ['LISTEN_ADDR', '[::1:80'],
    ['DATABASE_URL', 'mysql://db/stats'],
    ['DATABASE_URL', 'postgres:///stats'],
    ['DATABASE_URL', 'db:5432/stats'],
    ['ROLE', 'leader'],
    ['EGRESS', 'a b'],
    ['LISTEN_ADDR', 'host name:80'],
    ['LISTEN_ADDR', '::1:80'],
    ['BASE_PATH', 'stats'],
    ['BASE_PATH', '/a b'],
    ['BASE_PATH', '//evil'],
    ['FRAME_ANCESTORS', 'home.example'],
    ['FRAME_ANCESTORS', 'https://home.example/path'],
    ['FRAME_ANCESTORS', "https://home.example; script-src 'unsafe-inline'"],
    ['FRAME_ANCESTORS', '*,https://home.example'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_FORMAT', 'text'],
    ['METRICS_IMAGES', 'top'],
    ['METRICS_IMAGES', 'top:0'],
    ['GITHUB_URL', 'ftp://github.com'],
    ['GITHUB_URL', 'https://user:secret@github.com'],
    ['GITHUB_URL', 'https://github.com/?x=1'],
    ['GHCR_DELAY_MS', '0.5'],
  ])('refuses %s=%s', (variable, text) => {
    const shown = variable === 'DATABASE_URL' ? '(hidden)' : text;
    const problem = message({ env: { [variable]: text } });

    expect(problem).toContain(`  - ${variable} must be `);
    expect(problem).toContain(`; got ${JSON.stringify(shown)}`);
  });

  it.each([
    ['LOG_LEVEL', 'Warning', { logLevel: 'warn' }],
    ['BACKFILL', 'FALSE', { backfill: false }],
    ['BACKFILL', '0', { backfill: false }],
    ['BACKFILL', 'no', { backfill: false }],
    ['KEEP_TOTALS', 'true', { keepTotals: true }],
    ['KEEP_TOTALS', '1', { keepTotals: true }],
    ['KEEP_TOTALS', 'yes', { keepTotals: true }],
    ['DATA_DIR', '"/my data"', { dataDir: '/my data' }],
    ['POLL_INTERVAL_HOURS', '0', { pollIntervalHours: 0 }],
    ['POLL_INTERVAL_HOURS', '0.001', { pollIntervalHours: 0.001 }],
    ['POLL_INTERVAL_HOURS', '8760', { pollIntervalHours: 8760 }],
    ['POLL_INTERVAL_HOURS', ' 12.25 ', { pollIntervalHours: 12.25 }],
    ['RETENTION_DAYS', '36500', { retentionDays: 36_500 }],
    ['LISTEN_ADDR', 'localhost:65535', { listen: { host: 'localhost', port: 65_535 } }],
    ['LISTEN_ADDR', ':0', { listen: { port: 0 } }],
    ['BASE_PATH', '/a/b', { basePath: '/a/b' }],
    ['FRAME_ANCESTORS', '*', { frameAncestors: ['*'] }],
    [
      'FRAME_ANCESTORS',
      "Self, https://HA.example:8123/ 'https://*.example.org'",
      { frameAncestors: ["'self'", 'https://ha.example:8123', 'https://*.example.org'] },
    ],
    ['DATABASE_URL', 'postgresql://u:p@db:5432/stats', { databaseUrl: 'postgresql://u:p@db:5432/stats' }],
    ['DOCKERHUB_URL', 'https://mirror.local//', { registries: { dockerhub: { urls: { DOCKERHUB_URL: 'https://mirror.local' } } } }],
  ])('takes %s=%s', (variable, text, expected) => {
    expect(load({ env: { [variable]: text } })).toMatchObject(expected);
  });

  it('does everything in one process where there is no database, and says so', () => {
    const env = { ROLE: 'Collector', EGRESS: 'fra-1' };

    expect(load({ env })).toMatchObject({
      role: 'all',
      problems: [
        {
          variable: 'ROLE',
          entry: 'collector',
          reason: 'it needs DATABASE_URL; without a database one process does everything, as with all',
        },
      ],
    });
    expect(load({ env: { ...env, DATABASE_URL: 'postgres://db/stats' } })).toMatchObject({
      role: 'collector',
      egress: 'fra-1',
      problems: [],
    });
    expect(load({ env: { ROLE: 'all' } })).toMatchObject({ role: 'all', problems: [] });
  });

  it('reads from a replica where it only serves, and says where that has no effect', () => {
    const env = { DATABASE_URL: 'postgres://db/stats', DATABASE_URL_READ: 'postgres://replica/stats' };

    expect(load({ env: { ...env, ROLE: 'api' } })).toMatchObject({ databaseUrlRead: 'postgres://replica/stats', problems: [] });
    expect(load({ env }).problems).toEqual([
      { variable: 'DATABASE_URL_READ', entry: '', reason: 'it is used with ROLE=api only; with all everything is read from DATABASE_URL' },
    ]);
  });

  it('lets an option win over its variable, and says where each value is from', () => {
    const { retentionDays, effective } = load({ env: { RETENTION_DAYS: '30', DATA_DIR: '/data' }, options: { RETENTION_DAYS: '7' } });

    expect(retentionDays).toBe(7);
    expect(effective).toContainEqual({ variable: 'RETENTION_DAYS', value: '7', from: 'option' });
    expect(effective).toContainEqual({ variable: 'DATA_DIR', value: '/data', from: 'environment' });
    expect(effective).toContainEqual({ variable: 'LOG_LEVEL', value: 'info', from: 'default' });
  });

  it('throws nothing but a list of problems, whatever the environment is', () => {
    const variables = load().effective.map(({ variable }) => variable);
    const env = fc.dictionary(fc.constantFrom(...variables, 'DOCKERHUB_TOKEN_FILE', 'TZ'), fc.string());
    fc.assert(
      fc.property(env, (given) => {
        expect(message({ env: given })).toMatch(/^(it was accepted|invalid configuration:\n {2}- )/);
      }),
    );
  });
});

function targets(text: string): unknown {
  return load({ env: { GHCR_REPOS: text } }).registries['ghcr']?.targets;
}

describe('the lists of images', () => {
  it('are trimmed, folded to lower case and taken once', () => {
    expect(targets(' Acme/App , acme/app,, ACME/* ,acme/*')).toEqual([
      { kind: 'image', ref: { owner: 'acme', name: 'app' } },
      { kind: 'owner', owner: 'acme' },
    ]);
  });

  it('take a nested name in every spelling', () => {
    const nested = [{ kind: 'image', ref: { owner: 'acme', name: 'charts/app' } }];

    for (const text of ['acme/charts/app', 'acme/charts%2Fapp', 'acme/charts%2fapp,acme/charts/app']) expect(targets(text)).toEqual(nested);
  });

  it('skip an entry that cannot be used, say why, and keep the others', () => {
    const { problems, registries } = load({ env: { DOCKERHUB_REPOS: '\\owner1/*,acme,acme/a b,acme/charts/app,acme/app' } });

    expect(registries['dockerhub']?.targets).toEqual([{ kind: 'image', ref: { owner: 'acme', name: 'app' } }]);
    expect(problems).toEqual([
      { variable: 'DOCKERHUB_REPOS', entry: '\\owner1/*', reason: 'it starts with a stray backslash, remove it' },
      { variable: 'DOCKERHUB_REPOS', entry: 'acme', reason: 'no owner, use owner/name, owner/* or library/acme' },
      { variable: 'DOCKERHUB_REPOS', entry: 'acme/a b', reason: expect.stringContaining('characters other than letters') },
      { variable: 'DOCKERHUB_REPOS', entry: 'acme/charts/app', reason: 'Docker Hub has no nested names, use owner/name' },
    ]);
  });
});

function groupNames(env: Record<string, string>): string[] {
  return load({ env }).groups.map(({ name }) => name);
}

describe('the groups', () => {
  it('name several images', () => {
    const { groups, problems } = load({ env: { IMAGE_GROUPS: 'App=ghcr:acme/app+dockerhub:acme/app, tool=ghcr:acme/tool' } });

    expect(problems).toEqual([]);
    expect(groups.map(({ name }) => name)).toEqual(['app', 'tool']);
    expect(groups[0]?.members).toEqual([
      { registry: 'ghcr', repo: 'acme/app' },
      { registry: 'dockerhub', repo: 'acme/app' },
    ]);
  });

  it('are read from GROUPS too, where that arrives: bash keeps it to itself', () => {
    expect(groupNames({ GROUPS: 'a=ghcr:acme/a' })).toEqual(['a']);
    expect(groupNames({ GROUPS: 'a=ghcr:acme/a', IMAGE_GROUPS: 'b=ghcr:acme/b' })).toEqual(['b']);
    expect(groupNames({ GROUPS: 'a=ghcr:acme/a', IMAGE_GROUPS: '' })).toEqual(['a']);
  });

  it('skip an entry that cannot be used, say why, and keep the others', () => {
    const { groups, problems } = load({ env: { IMAGE_GROUPS: 'app=ghcr:acme/app,app=ghcr:acme/tool,x=npm:acme/app' } });

    expect(groups.map(({ name }) => name)).toEqual(['app']);
    expect(problems).toEqual([
      {
        variable: 'IMAGE_GROUPS',
        entry: 'app=ghcr:acme/tool',
        reason: 'group app already exists, join its images with + in one entry',
      },
      { variable: 'IMAGE_GROUPS', entry: 'x=npm:acme/app', reason: expect.stringContaining('npm') },
    ]);
  });
});

describe('the time zone', () => {
  it('is a problem when it does not exist, and never an error: it is for the log only', () => {
    expect(load({ env: { TZ: 'Europe/Atlantis' } }).problems).toEqual([
      { variable: 'TZ', entry: 'Europe/Atlantis', reason: 'unknown time zone, logging in UTC; use one such as Europe/Berlin' },
    ]);
    expect(load({ env: { TZ: 'Europe/Berlin' } }).problems).toEqual([]);
  });

  it.each([
    ['that is named', 'Europe/Berlin', 'Europe/Berlin'],
    ['that does not exist is UTC', 'Europe/Atlantis', 'UTC'],
    ['that is empty is left to the system', ' ', undefined],
    ['that is not set is left to the system', undefined, undefined],
  ])('%s', (_what, TZ, timeZone) => {
    expect(load({ env: TZ === undefined ? {} : { TZ } }).timeZone).toBe(timeZone);
  });
});

describe('a secret', () => {
  const files = { '/run/token': 'dckr_pat_file\n' };

  it('can be read from a file', () => {
    const { registries, effective } = load({ env: { DOCKERHUB_USERNAME: 'acme', DOCKERHUB_TOKEN_FILE: '/run/token' }, files });

    expect(registries['dockerhub']?.login).toEqual({ username: 'acme', token: 'dckr_pat_file' });
    expect(effective).toContainEqual({ variable: 'DOCKERHUB_TOKEN', value: '(hidden)', from: 'file' });
  });

  it('is shown nowhere', () => {
    const config = load({ env: { DOCKERHUB_USERNAME: 'acme', DOCKERHUB_TOKEN: 'dckr_pat_1' } });

    expect(config.registries['dockerhub']?.login?.token).toBe('dckr_pat_1');
    expect(JSON.stringify(config.effective)).not.toContain('dckr_pat');
  });

  it('without the other half of the login is a warning that does not show it', () => {
    const why = 'is not set: a login needs both, so requests are anonymous';

    expect(load({ env: { DOCKERHUB_USERNAME: 'acme' } })).toMatchObject({
      problems: [{ variable: 'DOCKERHUB_USERNAME', entry: '', reason: `DOCKERHUB_TOKEN ${why}` }],
      registries: { dockerhub: { login: undefined } },
    });
    expect(load({ env: { DOCKERHUB_TOKEN: 'x' } }).problems).toEqual([
      { variable: 'DOCKERHUB_TOKEN', entry: '', reason: `DOCKERHUB_USERNAME ${why}` },
    ]);
  });

  it.each([
    [
      { DOCKERHUB_USERNAME: 'acme', DOCKERHUB_TOKEN: 'x', DOCKERHUB_TOKEN_FILE: '/run/token' },
      'DOCKERHUB_TOKEN and DOCKERHUB_TOKEN_FILE cannot be combined: keep one',
    ],
    [{ DOCKERHUB_USERNAME: 'acme', DOCKERHUB_TOKEN_FILE: '/run/none' }, 'DOCKERHUB_TOKEN_FILE: cannot read "/run/none": ENOENT'],
  ])('of %o is a problem', (env, text) => {
    expect(message({ env, files })).toContain(text);
  });
});
