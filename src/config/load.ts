/** From the environment to the configuration, with every problem reported at once. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { formatRepo, type Target } from '../core/model/image-ref.ts';
import { parseNotifyRules, type NotifyRules } from '../core/model/notify-rules.ts';
import type { RegistryDescriptor, RegistrySettings } from '../core/model/registry.ts';
import type { Group } from '../core/views/groups.ts';
import { parseEntries, parseGroups } from './entries.ts';
import { createSettingReader, type EffectiveSetting, type SettingInput, type SettingReader } from './read-setting.ts';
import { registryFields, settings, type LoginFields, type ValuesOf } from './settings.ts';

/** Each setting's value under its name in `settings`, and what is made of them. */
export interface Config extends Omit<ValuesOf<typeof settings>, 'groups' | 'notifyRules'> {
  readonly groups: readonly Group[];
  readonly notifyRules: NotifyRules;
  /** That of digests and quiet hours. */
  readonly timeZone: string;
  /** By registry id, also those on which nothing is tracked. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  /** Invalid entries; the valid ones are tracked all the same. */
  readonly problems: readonly ConfigProblem[];
  /** The effective configuration, secrets hidden. */
  readonly effective: readonly EffectiveSetting[];
}

export interface ConfigProblem {
  readonly variable: string;
  readonly entry: string;
  readonly reason: string;
}

export interface ConfigInput extends SettingInput {
  readonly descriptors: readonly RegistryDescriptor[];
  /** Throws AppError invalid_input, which tells nothing secret, where notifications cannot be sent to these addresses. */
  readonly checkAddresses?: (addresses: readonly string[], smtpUrl: string) => void;
}

/**
 * Reads the configuration.
 * @throws AppError misconfigured, listing every problem and what would be valid
 */
export function loadConfig(input: ConfigInput): Config {
  const { descriptors, env } = input;
  const reader = createSettingReader(input);
  const problems: ConfigProblem[] = [];
  const report = (variable: string) => (entry: string, reason: string) => void problems.push({ variable, entry, reason });

  const values = reader.all(settings);
  const groups = parseGroups(values.groups, { descriptors, onProblem: report(settings.groups.variable) });
  const inconsistencies: string[] = [];
  const registries = Object.fromEntries(
    descriptors.map((descriptor): [string, RegistrySettings] => {
      const { repos, urls, delayMs, login } = registryFields(descriptor);
      const targets = parseEntries(reader.one(repos), { descriptor, descriptors, onProblem: report(repos.variable) });
      const registry = {
        targets: unique(targets),
        urls: Object.fromEntries(urls.map((url) => [url.variable, reader.one(url)])),
        delayMs: reader.one(delayMs),
        login: login && readLogin(login, reader, inconsistencies),
      };
      return [descriptor.id, registry];
    }),
  );
  if (values.role !== 'all' && values.databaseUrl === '') {
    inconsistencies.push('ROLE needs DATABASE_URL: several processes can share PostgreSQL, but not one folder');
  }
  const notifyRules = readNotifications(input, values, inconsistencies);
  const timeZone = readTimeZone(env['TZ']?.trim(), report('TZ'));

  const errors = [...reader.errors, ...inconsistencies];
  if (errors.length > 0) throw new AppError('misconfigured', `invalid configuration:\n${errors.map((error) => `  - ${error}`).join('\n')}`);
  return { ...values, groups, registries, notifyRules, timeZone, problems, effective: reader.effective };
}

/** The zone that is named, that of the system where none is. */
function readTimeZone(name: string | undefined, report: (entry: string, reason: string) => void): string {
  if (!name) return Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (isTimeZone(name)) return name;
  report(name, 'unknown time zone, logging in UTC; use one such as Europe/Berlin');
  return 'UTC';
}

function readNotifications(
  { descriptors, checkAddresses }: ConfigInput,
  { notify, notifyRules, smtpUrl, digest }: ValuesOf<typeof settings>,
  errors: string[],
): NotifyRules {
  if (digest !== null && notify.length === 0) errors.push('DIGEST needs NOTIFY, which says where it is sent');
  attempt('NOTIFY', () => checkAddresses?.(notify, smtpUrl), errors);
  const registries = descriptors.map(({ id }) => id);
  return attempt('NOTIFY_RULES', () => parseNotifyRules(notifyRules, registries), errors) ?? parseNotifyRules([], registries);
}

function attempt<T>(variable: string, step: () => T, errors: string[]): T | undefined {
  try {
    return step();
  } catch (error) {
    errors.push(`${variable}: ${toAppError(error).message}`);
    return undefined;
  }
}

function isTimeZone(text: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function readLogin({ username, token }: LoginFields, reader: SettingReader, errors: string[]): RegistrySettings['login'] {
  const login = { username: reader.one(username), token: reader.one(token) };
  if (login.username && login.token) return login;
  const [set, missing] = login.username ? [username, token] : [token, username];
  if (login.username || login.token) errors.push(`${set.variable} is set but ${missing.variable} is not: a login needs both`);
  return undefined;
}

/** Each target once; an image whose owner is tracked as a whole stays named, so that it is read even when the listing fails. */
function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [formatTarget(target), target])).values()];
}

function formatTarget(target: Target): string {
  return target.kind === 'owner' ? `${target.owner}/*` : formatRepo(target.ref);
}
