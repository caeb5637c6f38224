/** From the text of a query to what is asked, strictly but for the many ways in which Grafana says "all". */
import { dayOf, isDay, type Day } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import type { SeriesQuery, DayRange } from '../core/model/query.ts';

/** The values of a query parameter that may be repeated; undefined when it is absent. */
export type Parameter = readonly string[] | undefined;

export interface FilterParameters {
  readonly registry?: Parameter;
  readonly repo?: Parameter;
}

/**
 * The registries and images that are asked for.
 * @throws AppError invalid_input for a registry that is not among `registries`
 */
export function parseFilter({ registry, repo }: FilterParameters, registries: readonly string[]): SeriesQuery {
  const asked = parseList(registry);
  for (const name of asked ?? []) {
    if (!registries.includes(name))
      throw new AppError('invalid_input', `unknown registry ${JSON.stringify(name)}: valid are ${registries.join(', ')}`);
  }
  const repos = parseList(repo)?.map(canonicalRepo);
  return { registries: asked && new Set(asked), repos: repos && new Set(repos) };
}

/** Undefined: no filter. Takes `a`, `a,b`, `{a,b}` and repeated parameters; one that means "all" switches the whole filter off. */
function parseList(values: Parameter): string[] | undefined {
  if (!values) return undefined;
  const names: string[] = [];
  for (const value of values) {
    const inner = value.trim().replace(/^\{/, '').replace(/\}$/, '');
    const parts = inner.split(',').map((part) => part.trim());
    if (inner.trim() === '' || parts.some(meansAll)) return undefined;
    names.push(...parts.filter((part) => part !== '').map((part) => part.toLowerCase()));
  }
  return names.length > 0 ? names : undefined;
}

function meansAll(text: string): boolean {
  return text === '*' || text === '$__all' || text === 'All';
}

/**
 * Inclusive days from dates, ISO 8601 moments or epoch milliseconds; `from` is floored to its day.
 * @throws AppError invalid_input
 */
export function parseRange(from: Parameter, to: Parameter): DayRange {
  const range = { from: parseMoment('from', from), to: parseMoment('to', to) };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new AppError('invalid_input', '"from" is after "to": swap them');
  }
  return range;
}

const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
/** Year 9999; later days have no four-digit year. */
const lastMoment = 253_402_300_799_999;

function parseMoment(name: string, values: Parameter): Day | undefined {
  const text = values?.[0]?.trim();
  if (!text) return undefined;
  if (isDay(text)) return text;
  const epochMs = isoMoment.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (epochMs >= 0 && epochMs <= lastMoment) return dayOf(epochMs);
  throw new AppError(
    'invalid_input',
    `"${name}" is ${JSON.stringify(text)}: valid is a date such as 2026-03-14, a moment such as 2026-03-14T10:00:00Z, or milliseconds since 1970`,
  );
}

/**
 * Whether rows are split by registry.
 * @throws AppError invalid_input for anything but `registry`
 */
export function parseSplit(values: Parameter): boolean {
  return parseChoice('split', values, ['registry']) === 'registry';
}

/**
 * How the answer is written.
 * @throws AppError invalid_input for anything but `json` and `csv`
 */
export function parseFormat(values: Parameter): 'json' | 'csv' {
  return parseChoice('format', values, ['json', 'csv']) ?? 'json';
}

/**
 * One of the choices; undefined when the parameter is absent or empty.
 * @throws AppError invalid_input that names the choices
 */
export function parseChoice<Choice extends string>(name: string, values: Parameter, choices: readonly Choice[]): Choice | undefined {
  const text = values?.[0]?.trim().toLowerCase();
  if (!text) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text)}: valid is ${choices.join(' or ')}`);
  return choice;
}

/**
 * The day of `?date=`; undefined when it is absent or empty.
 * @throws AppError invalid_input for anything that is not a date
 */
export function parseDate(values: Parameter): string | undefined {
  const text = values?.[0];
  if (!text) return undefined;
  if (!isDay(text)) throw new AppError('invalid_input', `"date" is ${JSON.stringify(text)}: valid is a date such as 2026-03-14`);
  return text;
}
