/** Every setting, written once: its variable, what it means, its default and its format. Types, help and documentation follow from it. */
import { AppError } from '../core/model/errors.ts';
import { markerSetting } from '../core/model/health-marker.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import {
  anyText,
  anyWholeNumber,
  basePath,
  baseUrl,
  databaseUrl,
  frameAncestors,
  list,
  listenAddress,
  logFormats,
  metricsImages,
  logLevels,
  name,
  oneOf,
  onOrOff,
  path,
  roles,
  wholeNumber,
  zeroOrNumber,
  type Format,
} from './formats.ts';
import { addressList, digestSchedule, quietHours, ruleList, smtpUrl } from './notify-formats.ts';

export interface Setting<T> extends Format<T> {
  readonly variable: string;
  /** Another name under which it is read, where its own is not set. */
  readonly formerVariable?: string | undefined;
  readonly means: string;
  readonly default: string;
  /** Hidden wherever it is shown, no command line option, and readable from the file that `…_FILE` names. */
  readonly secret?: true;
  /** What an invalid value counts as, with a warning; without it the program does not start. Only where the Go tool started. */
  readonly fallback?: { readonly value: T; readonly means: string } | undefined;
  /** The default, parsed. */
  readonly defaultValue: T;
}

/** What the settings of an object are set to, by the same names. */
export type ValuesOf<Settings> = { readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer Value> ? Value : never };

function setting<T>({
  format,
  ...fields
}: Omit<Setting<T>, 'defaultValue' | keyof Format<T>> & { readonly format: Format<T> }): Setting<T> {
  const defaultValue = format.parse(fields.default);
  if (defaultValue === undefined) throw new AppError('internal', `the default of ${fields.variable} must be ${format.valid}`);
  return { ...fields, ...format, defaultValue };
}

export const settings = {
  images: setting({
    variable: 'IMAGES',
    means:
      'Images on all registries in one list, beside those of each registry: `host/owner/name` or `host/owner/*`, e.g. `docker.io/acme/app,ghcr.io/acme/*`',
    default: '',
    format: list,
  }),
  pollIntervalHours: setting({
    variable: 'POLL_INTERVAL_HOURS',
    means: 'Hours between two runs, ±10% jitter; decimals allowed. `0` collects once and then only serves',
    default: '1',
    format: zeroOrNumber({ unit: 'hours', min: 0.001, max: 8760, examples: '1 or 0.5' }),
    fallback: { value: 1, means: 'using the default, 1 hour' },
  }),
  retentionDays: setting({
    variable: 'RETENTION_DAYS',
    means: 'Snapshots older than this many days (tags, platforms, events) are deleted after each run; `0` keeps them forever',
    default: '90',
    format: anyWholeNumber({ unit: 'days', min: 0, max: 36_500 }),
    // Not the default: what is deleted cannot be read again.
    fallback: { value: 0, means: 'keeping everything' },
  }),
  keepTotals: setting({
    variable: 'KEEP_TOTALS',
    means: 'Whether the daily totals of deleted snapshots stay for ever: `on` or `off`',
    default: 'on',
    format: onOrOff,
  }),
  backfill: setting({
    variable: 'BACKFILL',
    means: 'Backfill days before the first run, and missed days, where a registry publishes daily counts: `on` or `off`',
    default: 'on',
    format: onOrOff,
  }),
  groups: setting({
    variable: 'IMAGE_GROUPS',
    // bash reserves this name and never passes it on; env files and containers do.
    formerVariable: 'GROUPS',
    means:
      'Names for several images that are counted as one: `name=registry:owner/name+registry:owner/name`, comma-separated, e.g. `app=ghcr:acme/app+dockerhub:acme/app`',
    default: '',
    format: list,
  }),
  notify: setting({
    variable: 'NOTIFY',
    means:
      'Where notifications are sent, e.g. `ntfy://ntfy.sh/topic, mailto:me@example.org, https+webhook://…` (every form is in notifications.md)',
    default: '',
    secret: true,
    format: addressList,
  }),
  notifyRules: setting({
    variable: 'NOTIFY_RULES',
    means: 'What is sent, for all or for single images and owners, e.g. `push=on, acme/app: milestone=off, outage=5`',
    default: '',
    format: ruleList,
  }),
  smtpUrl: setting({
    variable: 'SMTP_URL',
    means: 'Mail server for `mailto:` in `NOTIFY`: `smtp://user:password@host:587` (STARTTLS) or `smtps://…`',
    default: '',
    secret: true,
    format: smtpUrl,
  }),
  digest: setting({
    variable: 'DIGEST',
    means: 'When a digest is sent, in the time zone `TZ`: `weekly:mon:08:00`, `monthly:1:08:00`, or `off`',
    default: 'off',
    format: digestSchedule,
  }),
  quietHours: setting({
    variable: 'QUIET_HOURS',
    means: 'When notifications wait, in the time zone `TZ`: `22:00-07:00`, or `off`',
    default: 'off',
    format: quietHours,
  }),
  dataDir: setting({
    variable: 'DATA_DIR',
    means: 'Folder of the snapshots (`/data` in the image)',
    default: './data',
    format: path('folder'),
  }),
  databaseUrl: setting({
    variable: 'DATABASE_URL',
    means: 'Keep snapshots in PostgreSQL instead of files: `postgres://user:password@host:5432/database`',
    default: '',
    secret: true,
    format: databaseUrl,
  }),
  databaseUrlRead: setting({
    variable: 'DATABASE_URL_READ',
    means: 'With `ROLE=api`, where it reads instead: a read-only replica of the database, which may be some seconds behind',
    default: '',
    secret: true,
    format: databaseUrl,
  }),
  role: setting({
    variable: 'ROLE',
    means: 'With PostgreSQL, what this process does: `all`, `api` (only serves) or `collector` (only collects)',
    default: 'all',
    format: oneOf(roles),
  }),
  egress: setting({
    variable: 'EGRESS',
    means: 'With PostgreSQL: collectors with the same name reach registries from one IP address and share its rate limits',
    default: 'default',
    format: name,
  }),
  jobSilenceSeconds: setting({
    variable: 'JOB_SILENCE_SECONDS',
    means: 'With PostgreSQL: seconds without a sign of life before a collector is considered dead and its images are read by another',
    default: '300',
    format: wholeNumber({ unit: 'seconds', min: 2, max: 3600 }),
  }),
  listen: setting({
    variable: 'LISTEN_ADDR',
    means: 'Address that the server listens on: `host:port` or `:port`',
    default: ':9100',
    format: listenAddress,
  }),
  basePath: setting({
    variable: 'BASE_PATH',
    means: 'Path prefix behind a reverse proxy',
    default: '/',
    format: basePath,
  }),
  allowTrigger: setting({
    variable: 'ALLOW_TRIGGER',
    means:
      'Whether everyone who sees the status page may start a run there ("Check now"), at the earliest 5 minutes after the last one: `on` or `off`',
    default: 'off',
    format: onOrOff,
  }),
  frameAncestors: setting({
    variable: 'FRAME_ANCESTORS',
    means:
      'Sites that may show the pages in a frame (Home Assistant, Homepage, Organizr): `self`, origins such as `https://home.example:8123` or `https://*.example.org`, or `*` for any; nobody by default',
    default: '',
    format: frameAncestors,
  }),
  healthFile: setting({
    ...markerSetting,
    means: 'Marker file of the health check; it exists while the service is healthy',
    format: path('file'),
  }),
  logLevel: setting({
    variable: 'LOG_LEVEL',
    means: 'Minimum log level: debug, info, warn or error',
    default: 'info',
    format: oneOf(logLevels, { warning: 'warn' }),
  }),
  logFormat: setting({
    variable: 'LOG_FORMAT',
    means: 'Log format: `json`, `pretty`, or `auto`, which is `pretty` on a terminal and `json` otherwise',
    default: 'auto',
    format: oneOf(logFormats),
  }),
  metricsImages: setting({
    variable: 'METRICS_IMAGES',
    means:
      'Images with series of their own in `/metrics`: `all`, `groups` (the members of groups), or `top:500` (the 500 with the largest totals); five series an image',
    default: 'all',
    format: metricsImages,
  }),
};

export interface LoginFields {
  readonly username: Setting<string>;
  readonly token: Setting<string>;
}

export interface RegistryFields {
  readonly repos: Setting<readonly string[]>;
  readonly delayMs: Setting<number>;
  readonly urls: readonly Setting<string>[];
  readonly login?: LoginFields | undefined;
}

/** The settings that a registry adds. */
export function registryFields({ title, variablePrefix, example, delay, urls, login }: RegistryDescriptor): RegistryFields {
  return {
    repos: setting({
      variable: `${variablePrefix}_REPOS`,
      means: `Images on ${title}, comma-separated: \`owner/name\`, \`owner/*\` for every public image of an owner, \`owner/app-*\` for some, \`!owner/test-*\` to leave some out, e.g. \`${example}\``,
      default: '',
      format: list,
    }),
    delayMs: setting({
      variable: `${variablePrefix}_DELAY_MS`,
      means: `Minimum delay between requests to ${title} (ms)${delay.note}`,
      default: String(delay.defaultMs),
      format: wholeNumber({ unit: 'milliseconds', min: 0, max: 600_000 }),
    }),
    urls: urls.map((url) => setting({ variable: url.variable, means: url.what, default: url.default, format: baseUrl(url.default) })),
    login: login && {
      username: setting({ variable: login.usernameVariable, means: login.what, default: '', format: anyText('a name') }),
      token: setting({ variable: login.tokenVariable, means: login.what, default: '', secret: true, format: anyText('a token') }),
    },
  };
}

/** Every setting there is, in the order in which the documentation shows them. */
export function allSettings(descriptors: readonly RegistryDescriptor[]): readonly Setting<unknown>[] {
  const fields = descriptors.map(registryFields);
  return [
    ...fields.map(({ repos }) => repos),
    ...Object.values(settings),
    ...fields.flatMap(({ login }) => (login ? [login.username, login.token] : [])),
    ...fields.flatMap(({ urls, delayMs }) => [...urls, delayMs]),
  ];
}
