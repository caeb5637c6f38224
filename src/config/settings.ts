/** Every setting in one object: its variable, what it means, what is valid and how it is read. The documentation is generated from it. */
import { AppError } from '../core/model/errors.ts';
import { markerSetting } from '../core/model/health-marker.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import {
  parseBasePath,
  parseDatabaseUrl,
  parseList,
  parseListenAddress,
  parseLogFormat,
  parseLogLevel,
  parseName,
  parseNumber,
  parsePath,
  parseRole,
  parseSwitch,
  parseUrl,
  parseWholeNumber,
  type Parse,
} from './parse.ts';

export interface Setting<T> {
  readonly variable: string;
  readonly means: string;
  /** Completes "… is not": what a value has to be. */
  readonly valid: string;
  readonly default: string;
  readonly secret?: true;
  readonly parse: Parse<T>;
  /** The default, parsed. */
  readonly fallback: T;
}

function setting<T>(fields: Omit<Setting<T>, 'fallback'>): Setting<T> {
  const fallback = fields.parse(fields.default);
  if (fallback === undefined) throw new AppError('internal', `the default of ${fields.variable} is not ${fields.valid}`);
  return { ...fields, fallback };
}

export const settings = {
  pollIntervalHours: setting({
    variable: 'POLL_INTERVAL_HOURS',
    means: 'Hours between two cycles, ±10 % jitter; decimals allowed. `0` collects once and then only serves',
    valid: '0, or a number of hours from 0.001 to 8760 such as 1 or 0.5',
    default: '1',
    parse: parseNumber({ min: 0.001, max: 8760, zero: true }),
  }),
  retentionDays: setting({
    variable: 'RETENTION_DAYS',
    means: 'Snapshots older than this many days are deleted after each cycle; `0` keeps them for ever',
    valid: 'a whole number of days from 0 to 36500',
    default: '90',
    parse: parseWholeNumber({ min: 0, max: 36_500 }),
  }),
  backfill: setting({
    variable: 'BACKFILL',
    means: 'Reconstruct days before the first read, and days that were missed, where a registry publishes them: `on` or `off`',
    valid: 'on or off',
    default: 'on',
    parse: parseSwitch,
  }),
  groups: setting({
    variable: 'GROUPS',
    means:
      'Names that stand for several images, with one number for all: `name=registry:owner/name+registry:owner/name`, comma-separated, e.g. `app=ghcr:acme/app+dockerhub:acme/app`',
    valid: 'a comma-separated list',
    default: '',
    parse: parseList,
  }),
  dataDir: setting({
    variable: 'DATA_DIR',
    means: 'Folder of the snapshots (`/data` in the image)',
    valid: 'the path of a folder',
    default: './data',
    parse: parsePath,
  }),
  databaseUrl: setting({
    variable: 'DATABASE_URL',
    means: 'Keep snapshots in PostgreSQL instead of files: `postgres://user:password@host:5432/database`',
    valid: 'an address such as postgres://user:password@host:5432/database',
    default: '',
    secret: true,
    parse: parseDatabaseUrl,
  }),
  role: setting({
    variable: 'ROLE',
    means: 'With PostgreSQL, what this process does: `all`, `api` (only serves) or `collector` (only collects)',
    valid: 'all, api or collector',
    default: 'all',
    parse: parseRole,
  }),
  egress: setting({
    variable: 'EGRESS',
    means: 'With PostgreSQL: collectors with the same name reach registries from one address, and share the pace',
    valid: 'a name of up to 100 characters',
    default: 'default',
    parse: parseName,
  }),
  jobSilenceSeconds: setting({
    variable: 'JOB_SILENCE_SECONDS',
    means: 'With PostgreSQL: after so long without a sign of life a collector counts as dead, and another one reads its images',
    valid: 'a whole number of seconds from 2 to 3600',
    default: '300',
    parse: parseWholeNumber({ min: 2, max: 3600 }),
  }),
  listen: setting({
    variable: 'LISTEN_ADDR',
    means: 'Where the API listens: `host:port` or `:port`',
    valid: 'host:port or :port such as :9100, 127.0.0.1:9100 or [::1]:9100',
    default: ':9100',
    parse: parseListenAddress,
  }),
  basePath: setting({
    variable: 'BASE_PATH',
    means: 'Path prefix behind a reverse proxy',
    valid: 'a path such as / or /registry-stats',
    default: '/',
    parse: parseBasePath,
  }),
  healthFile: setting({
    ...markerSetting,
    means: 'Marker of the health probe, there while the last cycle was good',
    valid: 'the path of a file',
    parse: parsePath,
  }),
  logLevel: setting({
    variable: 'LOG_LEVEL',
    means: 'Least severity that is logged: debug, info, warn or error',
    valid: 'debug, info, warn or error',
    default: 'info',
    parse: parseLogLevel,
  }),
  logFormat: setting({
    variable: 'LOG_FORMAT',
    means: 'Format of the log: `json`, `pretty` for people, or `auto`, which is `pretty` on a terminal and `json` elsewhere',
    valid: 'auto, json or pretty',
    default: 'auto',
    parse: parseLogFormat,
  }),
};

export interface RegistrySettingFields {
  readonly repos: Setting<readonly string[]>;
  readonly delayMs: Setting<number>;
  readonly urls: readonly Setting<string>[];
  readonly login?: LoginSettings | undefined;
}

export interface LoginSettings {
  readonly username: Setting<string>;
  readonly token: Setting<string>;
}

/** The settings that a registry adds. */
export function registrySettings(descriptor: RegistryDescriptor): RegistrySettingFields {
  const { title, variablePrefix, login } = descriptor;
  return {
    repos: setting({
      variable: `${variablePrefix}_REPOS`,
      means: `Images on ${title}, comma-separated: \`owner/name\` or \`owner/*\` for every public image of an owner, e.g. \`${descriptor.example}\``,
      valid: 'a comma-separated list',
      default: '',
      parse: parseList,
    }),
    delayMs: setting({
      variable: `${variablePrefix}_DELAY_MS`,
      means: `Least milliseconds between two requests to ${title}${descriptor.delay.note}`,
      valid: 'a whole number of milliseconds from 0 to 600000',
      default: String(descriptor.delay.defaultMs),
      parse: parseWholeNumber({ min: 0, max: 600_000 }),
    }),
    urls: descriptor.urls.map((url) =>
      setting({
        variable: url.variable,
        means: url.what,
        valid: `an http or https address without a query such as ${url.default}`,
        default: url.default,
        parse: parseUrl,
      }),
    ),
    login: login && {
      username: setting({ variable: login.usernameVariable, means: login.what, valid: 'a name', default: '', parse: (text) => text }),
      token: setting({
        variable: login.tokenVariable,
        means: login.what,
        valid: 'a token',
        default: '',
        secret: true,
        parse: (text) => text,
      }),
    },
  };
}

/** Every setting there is, in the order in which the documentation shows them. */
export function allSettings(descriptors: readonly RegistryDescriptor[]): readonly Setting<unknown>[] {
  const fields = descriptors.map(registrySettings);
  return [
    ...fields.map(({ repos }) => repos),
    ...Object.values(settings),
    ...fields.flatMap(({ login }) => (login ? [login.username, login.token] : [])),
    ...fields.flatMap(({ urls, delayMs }) => [...urls, delayMs]),
  ];
}
