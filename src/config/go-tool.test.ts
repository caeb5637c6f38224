/** What the Go tool starts with, its users' containers start with here: its variables never stop the start. */
import { describe, expect, it } from 'vitest';
import { plainDescriptor } from '../../test/support/descriptor.ts';
import { loadConfig, type Config } from './load.ts';

function load(env: Readonly<Record<string, string>>): Config {
  return loadConfig({ env, descriptors: [{ ...plainDescriptor('dockerhub'), variablePrefix: 'DOCKERHUB' }], readTextFile: () => '' });
}

function problemsIn(env: Readonly<Record<string, string>>): Config['problems'] {
  return load(env).problems;
}

describe('the two numbers of the Go tool', () => {
  it.each([
    ['RETENTION_DAYS', '100000', { retentionDays: 36_500 }],
    ['RETENTION_DAYS', '99999999999999999999', { retentionDays: 36_500 }],
    ['RETENTION_DAYS', '+30', { retentionDays: 30 }],
    ['RETENTION_DAYS', '007', { retentionDays: 7 }],
    ['RETENTION_DAYS', '"30"', { retentionDays: 30 }],
    ['RETENTION_DAYS', "'30'", { retentionDays: 30 }],
    ['RETENTION_DAYS', ' 30 ', { retentionDays: 30 }],
    ['RETENTION_DAYS', '" 30 "', { retentionDays: 30 }],
    ['RETENTION_DAYS', '""', { retentionDays: 90 }],
    ['POLL_INTERVAL_HOURS', '8761', { pollIntervalHours: 8760 }],
    ['POLL_INTERVAL_HOURS', '2562048', { pollIntervalHours: 8760 }],
    ['POLL_INTERVAL_HOURS', '+3', { pollIntervalHours: 3 }],
    ['POLL_INTERVAL_HOURS', '"6"', { pollIntervalHours: 6 }],
    ['POLL_INTERVAL_HOURS', '+0', { pollIntervalHours: 0 }],
  ])('are valid as there: %s=%s', (variable, text, expected) => {
    expect(load({ [variable]: text })).toMatchObject({ ...expected, problems: [] });
  });

  it.each(['abc', '1h', '-1', '1,5', '1e3', '0.0001', '1 2', '"', 'NaN', '0x10'])(
    'never stop the start, but POLL_INTERVAL_HOURS=%s is a warning and counts as the default',
    (text) => {
      const { pollIntervalHours, problems } = load({ POLL_INTERVAL_HOURS: text });

      expect(pollIntervalHours).toBe(1);
      expect(problems).toEqual([
        {
          variable: 'POLL_INTERVAL_HOURS',
          entry: text,
          reason:
            'it must be 0 or a number of hours from 0.001 to 8760, such as 1 or 0.5 (a larger one counts as 8760); using the default, 1 hour',
        },
      ]);
    },
  );

  it.each(['abc', '90d', '-1', '1,5', '1.5', '1e3'])(
    'never stop the start, but RETENTION_DAYS=%s is a warning, and nothing is deleted',
    (text) => {
      const { retentionDays, problems } = load({ RETENTION_DAYS: text });

      expect(retentionDays).toBe(0);
      expect(problems).toEqual([
        {
          variable: 'RETENTION_DAYS',
          entry: text,
          reason: 'it must be a whole number of days from 0 to 36500 (a larger one counts as 36500); keeping everything',
        },
      ]);
    },
  );
});

describe('a variable that looks like a setting and is none', () => {
  it.each([
    ['RETENTION_DAY', 'RETENTION_DAYS'],
    ['RETENTION_DASY', 'RETENTION_DAYS'],
    ['POLL_INTERVAL', 'POLL_INTERVAL_HOURS'],
    ['POLL_INTERVALL_HOURS', 'POLL_INTERVAL_HOURS'],
    ['LISTEN_ADDRESS', 'LISTEN_ADDR'],
    ['DOCKERHUB_REPO', 'DOCKERHUB_REPOS'],
    ['DOCKER_HUB_REPOS', 'DOCKERHUB_REPOS'],
    ['dockerhub_repos', 'DOCKERHUB_REPOS'],
    ['DOCKERHUB_REPOS_FILE', 'DOCKERHUB_REPOS'],
    ['DATABASE_URI', 'DATABASE_URL'],
  ])('is warned of with the right name, and its value is not shown: %s', (variable, meant) => {
    expect(problemsIn({ [variable]: 'secret' })).toEqual([
      { variable, entry: '', reason: `there is no such setting, did you mean ${meant}?` },
    ]);
  });

  it('gets the names of its registry where none is near', () => {
    expect(problemsIn({ DOCKERHUB_PASSWORD: 'secret' })).toEqual([
      { variable: 'DOCKERHUB_PASSWORD', entry: '', reason: 'there is no such setting, valid are DOCKERHUB_REPOS, DOCKERHUB_DELAY_MS' },
    ]);
  });

  it('is not warned of where it is that of another program, or empty', () => {
    const others = {
      PATH: '/bin',
      IMAGE: 'x',
      DATA: 'x',
      LOG: 'x',
      XDG_DATA_DIRS: '/usr/share',
      BASH_VERSION: '5',
      DATABASE_HOST: 'db',
      GITHUB_SHA: '0a',
      DOCKERHUB_SERVICE_HOST: '10.0.0.1',
      DOCKERHUB_SERVICE_PORT_HTTP: '80',
      DOCKERHUB_PORT: 'tcp://10.0.0.1:80',
      DOCKERHUB_PORT_80_TCP_ADDR: '10.0.0.1',
      REGISTRY_STATS_PORT: 'tcp://10.0.0.1:9100',
      RETENTION_DAY: ' ',
    };

    expect(problemsIn(others)).toEqual([]);
  });
});
