/** From where a setting gets its text, and from the text to its value. */
import { toAppError } from '../core/model/errors.ts';
import { unquote } from './formats.ts';
import type { Setting, ValuesOf } from './settings.ts';

/** Where texts come from. */
export interface SettingInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Command line options by the variable they override. */
  readonly options?: Readonly<Record<string, string>>;
  /** Reads a `…_FILE`; throws what the file system throws. */
  readonly readTextFile: (path: string) => string;
}

export interface ConfigProblem {
  readonly variable: string;
  /** What is wrong in the variable; empty where that is the variable itself. */
  readonly entry: string;
  readonly reason: string;
}

export interface EffectiveSetting {
  readonly variable: string;
  /** `(hidden)` for a secret. */
  readonly value: string;
  readonly from: 'default' | 'environment' | 'file' | 'option';
}

export interface SettingReader {
  /** The value of one setting; its default where the text is not valid, which is then one of the errors. */
  one<T>(setting: Setting<T>): T;
  /** The values of several settings, by the same names. */
  all<Settings extends Readonly<Record<string, Setting<unknown>>>>(settings: Settings): ValuesOf<Settings>;
  /** Every setting that was read. */
  readonly effective: readonly EffectiveSetting[];
  /** One line each. */
  readonly errors: readonly string[];
  /** Invalid values that count as something else. */
  readonly warnings: readonly ConfigProblem[];
}

export function createSettingReader(input: SettingInput): SettingReader {
  const errors: string[] = [];
  const warnings: ConfigProblem[] = [];
  const effective: EffectiveSetting[] = [];

  function one<T>(setting: Setting<T>): T {
    const { text, from } = findText(setting, input, errors);
    const value = setting.parse(text);
    const shown = setting.secret && text !== '' ? '(hidden)' : text;
    effective.push({ variable: setting.variable, value: shown, from });
    if (value !== undefined) return value;
    const { variable, valid, fallback, defaultValue } = setting;
    if (fallback && from === 'environment') warnings.push({ variable, entry: shown, reason: `it must be ${valid}; ${fallback.means}` });
    else errors.push(`${variable} must be ${valid}; got ${JSON.stringify(shown)}`);
    return fallback ? fallback.value : defaultValue;
  }

  // The overload keeps each setting's own type, which Object.fromEntries forgets.
  function all<Settings extends Readonly<Record<string, Setting<unknown>>>>(settings: Settings): ValuesOf<Settings>;
  function all(settings: Readonly<Record<string, Setting<unknown>>>): unknown {
    return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, one(setting)]));
  }

  return { one, all, effective, errors, warnings };
}

/** An option overrides the variable, the variable its file; an empty text counts as unset. */
function findText(
  { variable, formerVariable = variable, secret, default: defaultText }: Setting<unknown>,
  { env, options, readTextFile }: SettingInput,
  errors: string[],
): { readonly text: string; readonly from: EffectiveSetting['from'] } {
  const option = options?.[variable]?.trim();
  if (option) return { text: option, from: 'option' };
  const text = unquote(env[variable]?.trim() || env[formerVariable]?.trim() || '');
  const file = secret ? env[`${variable}_FILE`]?.trim() : undefined;
  if (text && file) errors.push(`${variable} and ${variable}_FILE cannot be combined: keep one of them`);
  if (text) return { text, from: 'environment' };
  if (!file) return { text: defaultText, from: 'default' };
  try {
    return { text: readTextFile(file).trim(), from: 'file' };
  } catch (error) {
    errors.push(`${variable}_FILE: cannot read ${JSON.stringify(file)}: ${toAppError(error).message}`);
    return { text: defaultText, from: 'default' };
  }
}
