/** From the environment to the configuration, with every problem reported at once. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { parseNotifyRules, type NotifyRules } from '../core/model/notify-rules.ts';
import type { RegistryDescriptor, RegistrySettings } from '../core/model/registry.ts';
import type { TimeZone } from '../core/numbers/local-time.ts';
import type { Group } from '../core/views/groups.ts';
import { parseEntries, parseGroups, parseImages } from './entries.ts';
import { createSettingReader, type ConfigProblem, type EffectiveSetting, type SettingInput, type SettingReader } from './read-setting.ts';
import { allSettings, registryFields, settings, type LoginFields, type ValuesOf } from './settings.ts';
import { mergeTargets, type ListedEntry } from './targets.ts';
import { findUnknownVariables } from './unknown-variables.ts';

/** Each setting's value under its name in `settings`, and what is made of them. */
export interface Config extends Omit<ValuesOf<typeof settings>, 'groups' | 'images' | 'notifyRules'> {
  readonly groups: readonly Group[];
  readonly notifyRules: NotifyRules;
  /** That of digests and quiet hours. */
  readonly timeZone: TimeZone;
  /** By registry id, also those on which nothing is tracked. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  /** Invalid entries, and settings that have no effect or another one than they say; everything else counts all the same. */
  readonly problems: readonly ConfigProblem[];
  /** The effective configuration, secrets hidden. */
  readonly effective: readonly EffectiveSetting[];
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
  const reportEntry = ({ variable, text }: ListedEntry, reason: string): void => report(variable)(text, reason);

  const { images, ...values } = reader.all(settings);
  const groups = parseGroups(values.groups, { descriptors, onProblem: report(settings.groups.variable) });
  const { variable } = settings.images;
  const listed = parseImages(images, { descriptors, onProblem: report(variable) }).map((entry) => ({ ...entry, variable }));
  const registries = Object.fromEntries(
    descriptors.map((descriptor): [string, RegistrySettings] => {
      const { repos, urls, delayMs, login } = registryFields(descriptor);
      const entries = parseEntries(reader.one(repos), { descriptor, descriptors, onProblem: report(repos.variable) });
      const own = entries.map((entry) => ({ ...entry, variable: repos.variable }));
      const registry = {
        targets: mergeTargets([...own, ...listed.filter((entry) => entry.registry === descriptor.id)], reportEntry),
        urls: Object.fromEntries(urls.map((url) => [url.variable, reader.one(url)])),
        delayMs: reader.one(delayMs),
        login: login && readLogin(login, reader, report),
      };
      return [descriptor.id, registry];
    }),
  );
  problems.push(...reader.warnings, ...generalProblems(env, descriptors));
  const role = values.databaseUrl === '' ? settings.role.defaultValue : values.role;
  if (role !== values.role) {
    report(settings.role.variable)(values.role, `it needs DATABASE_URL; without a database one process does everything, as with ${role}`);
  }
  if (values.databaseUrlRead !== '' && role !== 'api') {
    report(settings.databaseUrlRead.variable)('', `it is used with ROLE=api only; with ${role} everything is read from DATABASE_URL`);
  }
  const unusable: string[] = [];
  const notifyRules = readNotifications(input, values, unusable);
  const errors = [...reader.errors, ...unusable];
  if (errors.length > 0) throw new AppError('misconfigured', `invalid configuration:\n${errors.map((error) => `  - ${error}`).join('\n')}`);
  const timeZone = readTimeZone(env[timeZoneVariable]?.trim());
  return { ...values, role, groups, registries, notifyRules, timeZone, problems, effective: reader.effective };
}

/** That of the system is not looked up here: it takes megabytes, and most never need it. */
function readTimeZone(name: string | undefined): TimeZone {
  if (!name) return undefined;
  return isTimeZone(name) ? name : 'UTC';
}

function readNotifications(
  { descriptors, checkAddresses }: ConfigInput,
  { notify, notifyRules, smtpUrl, digest }: Pick<ValuesOf<typeof settings>, 'notify' | 'notifyRules' | 'smtpUrl' | 'digest'>,
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

/** What is wrong with variables that are no settings. */
function generalProblems(env: ConfigInput['env'], descriptors: readonly RegistryDescriptor[]): readonly ConfigProblem[] {
  const names = allSettings(descriptors).flatMap(({ variable, formerVariable, secret }) => [
    variable,
    ...(formerVariable === undefined ? [] : [formerVariable]),
    ...(secret ? [`${variable}_FILE`] : []),
  ]);
  const unknown = findUnknownVariables(env, {
    names: [...names, timeZoneVariable],
    prefixes: descriptors.map(({ variablePrefix }) => variablePrefix),
  });
  const timeZone = env[timeZoneVariable]?.trim();
  const isUnknownZone = timeZone !== undefined && timeZone !== '' && !isTimeZone(timeZone);
  return [
    // Their values may be secret.
    ...unknown.map(({ variable, reason }) => ({ variable, entry: '', reason })),
    ...(isUnknownZone
      ? [{ variable: timeZoneVariable, entry: timeZone, reason: 'unknown time zone, logging in UTC; use one such as Europe/Berlin' }]
      : []),
  ];
}

const timeZoneVariable = 'TZ';

function isTimeZone(text: string): boolean {
  // What many set: to look up zones takes megabytes.
  if (text === 'UTC') return true;
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** A half of a login is none, and said so. */
function readLogin(
  { username, token }: LoginFields,
  reader: SettingReader,
  report: (variable: string) => (entry: string, reason: string) => void,
): RegistrySettings['login'] {
  const login = { username: reader.one(username), token: reader.one(token) };
  if (login.username && login.token) return login;
  const [given, missing] = login.username ? [username, token] : [token, username];
  if (login.username || login.token) {
    report(given.variable)('', `${missing.variable} is not set: a login needs both, so requests are anonymous`);
  }
  return undefined;
}
