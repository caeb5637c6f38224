/** From the environment to the configuration, with every problem reported at once. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { parseGroup, type Group } from '../core/views/groups.ts';
import { formatRepo, type Target } from '../core/model/image-ref.ts';
import type { RegistryDescriptor, RegistrySettings } from '../core/model/registry.ts';
import { readEntries } from './entries.ts';
import type { ListenAddress, LogFormat, LogLevel, Role } from './parse.ts';
import { registrySettings, settings, type LoginSettings, type Setting } from './settings.ts';

export interface Config {
  readonly pollIntervalHours: number;
  readonly retentionDays: number;
  readonly backfill: boolean;
  readonly groups: readonly Group[];
  readonly dataDir: string;
  /** Empty: snapshots are files. */
  readonly databaseUrl: string;
  readonly role: Role;
  readonly egress: string;
  readonly jobSilenceSeconds: number;
  readonly listen: ListenAddress;
  readonly basePath: string;
  readonly healthFile: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** By registry id, also those that nothing is tracked on. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  /** Entries that cannot be used; the others are tracked all the same. */
  readonly problems: readonly ConfigProblem[];
  /** What every variable came out as, secrets hidden. */
  readonly effective: readonly EffectiveSetting[];
}

export interface ConfigProblem {
  readonly variable: string;
  readonly entry: string;
  readonly reason: string;
}

export interface EffectiveSetting {
  readonly variable: string;
  readonly value: string;
  readonly from: 'default' | 'environment' | 'file' | 'option';
}

export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Command line options by the variable they override. */
  readonly options?: Readonly<Record<string, string>>;
  readonly descriptors: readonly RegistryDescriptor[];
  /** Reads a `…_FILE`; throws what the file system throws. */
  readonly readTextFile: (path: string) => string;
}

/**
 * Reads the configuration.
 * @throws AppError misconfigured, listing every problem and what would be valid
 */
export function loadConfig(input: ConfigInput): Config {
  const errors: string[] = [];
  const problems: ConfigProblem[] = [];
  const effective: EffectiveSetting[] = [];
  const read: Read = (setting) => readSetting(setting, input, errors, effective);

  const config = {
    pollIntervalHours: read(settings.pollIntervalHours),
    retentionDays: read(settings.retentionDays),
    backfill: read(settings.backfill),
    groups: readGroups(read(settings.groups), input.descriptors, problems),
    dataDir: read(settings.dataDir),
    databaseUrl: read(settings.databaseUrl),
    role: read(settings.role),
    egress: read(settings.egress),
    jobSilenceSeconds: read(settings.jobSilenceSeconds),
    listen: read(settings.listen),
    basePath: read(settings.basePath),
    healthFile: read(settings.healthFile),
    logLevel: read(settings.logLevel),
    logFormat: read(settings.logFormat),
    registries: Object.fromEntries(
      input.descriptors.map((descriptor) => {
        const fields = registrySettings(descriptor);
        const entries = readEntries(read(fields.repos), {
          descriptor,
          descriptors: input.descriptors,
          onProblem: (entry, reason) => problems.push({ variable: fields.repos.variable, entry, reason }),
        });
        const registry: RegistrySettings = {
          targets: withoutDuplicates(entries),
          urls: Object.fromEntries(fields.urls.map((setting) => [setting.variable, read(setting)])),
          delayMs: read(fields.delayMs),
          login: fields.login && readLogin(fields.login, read, errors),
        };
        return [descriptor.id, registry];
      }),
    ),
    problems,
    effective,
  };
  if (config.role !== 'all' && config.databaseUrl === '') {
    errors.push('ROLE is set, but DATABASE_URL is not: several processes need PostgreSQL, one folder belongs to one of them');
  }
  const timeZone = input.env['TZ']?.trim();
  if (timeZone && !isTimeZone(timeZone)) {
    problems.push({ variable: 'TZ', entry: timeZone, reason: 'it is no time zone, the log is in UTC; write one such as Europe/Berlin' });
  }
  const list = errors.map((error) => `  - ${error}`).join('\n');
  if (errors.length > 0) throw new AppError('misconfigured', `the configuration cannot be used:\n${list}`);
  return config;
}

function isTimeZone(text: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

type Read = <T>(setting: Setting<T>) => T;

function readSetting<T>(setting: Setting<T>, input: ConfigInput, errors: string[], effective: EffectiveSetting[]): T {
  const { text, from } = lookUp(setting, input, errors);
  const value = setting.parse(text);
  const shown = setting.secret && text !== '' ? '(hidden)' : text;
  effective.push({ variable: setting.variable, value: shown, from });
  if (value === undefined) errors.push(`${setting.variable}: ${JSON.stringify(shown)} is not ${setting.valid}`);
  return value ?? setting.fallback;
}

/** An option wins over the variable, the variable over its file; an empty text counts as unset. */
function lookUp(
  setting: Setting<unknown>,
  input: ConfigInput,
  errors: string[],
): Pick<EffectiveSetting, 'from'> & { readonly text: string } {
  const { variable } = setting;
  const option = input.options?.[variable]?.trim();
  if (option) return { text: option, from: 'option' };
  const text = input.env[variable]?.trim();
  const file = setting.secret ? input.env[`${variable}_FILE`]?.trim() : undefined;
  if (text && file) errors.push(`${variable} and ${variable}_FILE are both set: keep one of them`);
  if (text) return { text, from: 'environment' };
  if (!file) return { text: setting.default, from: 'default' };
  try {
    return { text: input.readTextFile(file).trim(), from: 'file' };
  } catch (error) {
    errors.push(`${variable}_FILE: ${JSON.stringify(file)} cannot be read: ${toAppError(error).message}`);
    return { text: setting.default, from: 'default' };
  }
}

function readLogin(login: LoginSettings, read: Read, errors: string[]): RegistrySettings['login'] {
  const username = read(login.username);
  const token = read(login.token);
  if (username && token) return { username, token };
  if (username) errors.push(`${login.username.variable} is set but ${login.token.variable} is not: a login needs both`);
  if (token) errors.push(`${login.token.variable} is set but ${login.username.variable} is not: a login needs both`);
  return undefined;
}

/** The usable groups; the others, and a second one of a name, become problems. */
function readGroups(entries: readonly string[], descriptors: readonly RegistryDescriptor[], problems: ConfigProblem[]): Group[] {
  const registries = descriptors.map(({ id }) => id);
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    try {
      const group = parseGroup(entry, registries);
      if (groups.has(group.name))
        throw new AppError('invalid_input', `there is a group ${group.name} already, write its images with + in one entry`);
      groups.set(group.name, group);
    } catch (error) {
      problems.push({ variable: settings.groups.variable, entry, reason: toAppError(error).message });
    }
  }
  return [...groups.values()];
}

/** Each target once; an image whose owner is tracked as a whole stays named, so that it is read even when the listing fails. */
function withoutDuplicates(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [formatTarget(target), target])).values()];
}

function formatTarget(target: Target): string {
  return target.kind === 'owner' ? `${target.owner}/*` : formatRepo(target.ref);
}
