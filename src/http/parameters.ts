/** The query parameters that endpoints share: parsed strictly, but for the many ways in which Grafana says "all". */
import { dayOf, isDay, type Day } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import type { DayRange, SeriesQuery } from '../core/model/query.ts';
import { choice, withDefault, type Field, type Known } from './query.ts';
import { list, text, type Keywords, type Schema } from './schema.ts';

/** Which registries and images; the name of a group stands for its images. */
export const imageFilter: Field<SeriesQuery> = {
  parameters: {
    registry: repeatable({
      description: 'Only these registries: one, comma-separated, repeated or {a,b}; absent, empty, *, All and $__all mean every one',
      example: 'dockerhub',
    }),
    repo: repeatable({ description: 'Only these images or groups, written like registry', example: 'acme/app' }),
  },
  parse: parseFilter,
};

/** Which days. */
export const dayRange: Field<DayRange> = {
  parameters: {
    from: repeatable({ description: 'First day: a date, an ISO 8601 moment or milliseconds since 1970, floored to its UTC day' }),
    to: repeatable({ description: 'Last day, inclusive, written like from' }),
  },
  parse: parseRange,
};

/** The snapshot of one day. */
export const snapshotDate: Field<string | undefined> = {
  parameters: { date: repeatable({ description: 'Exactly the snapshot of this day', example: '2026-03-14' }) },
  parse: parseDate,
};

export const split = choice('split', ['registry'], { description: 'One row a registry instead of their sum' });
export const details = choice('details', ['true'], { description: 'Adds the days that each value covers, and how it is known' });
/** For endpoints without details: the parameter is not theirs. */
export const noDetails: Field<undefined> = { parameters: {}, parse: () => undefined };
export const format = withDefault(choice('format', ['json', 'csv'], { description: 'json where absent' }), 'json');

export function repeatable(keywords: Keywords): Schema {
  return { anyOf: [text(), list(text())], ...keywords };
}

/**
 * The registries and images of a query.
 * @throws AppError invalid_input for a registry that is not known
 */
export function parseFilter(query: URLSearchParams, { registries }: Known): SeriesQuery {
  const names = parseList(query.getAll('registry'));
  for (const name of names ?? []) {
    if (!registries.includes(name))
      throw new AppError('invalid_input', `unknown registry ${JSON.stringify(name)}: valid are ${registries.join(', ')}`);
  }
  const repos = parseList(query.getAll('repo'))?.map(canonicalRepo);
  return { registries: names && new Set(names), repos: repos && new Set(repos) };
}

/** Undefined: no filter. Takes `a`, `a,b`, `{a,b}` and repeated parameters; one that means "all" switches the whole filter off. */
export function parseList(values: readonly string[]): string[] | undefined {
  const names: string[] = [];
  for (const value of values) {
    const inner = value.trim().replace(/^\{/, '').replace(/\}$/, '');
    const parts = inner.split(',').map((part) => part.trim());
    if (inner.trim() === '' || parts.some(meansAll)) return undefined;
    names.push(...parts.filter((part) => part !== '').map((part) => part.toLowerCase()));
  }
  return names.length > 0 ? names : undefined;
}

function meansAll(name: string): boolean {
  return name === '*' || name === '$__all' || name === 'All';
}

/**
 * Inclusive days from dates, ISO 8601 moments or epoch milliseconds; `from` is floored to its day.
 * @throws AppError invalid_input
 */
export function parseRange(query: URLSearchParams): DayRange {
  const range = { from: parseMoment('from', query.get('from')), to: parseMoment('to', query.get('to')) };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new AppError('invalid_input', '"from" must not be after "to"');
  }
  return range;
}

const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
/** Year 9999; later days have no four-digit year. */
const lastMoment = 253_402_300_799_999;

function parseMoment(name: string, value: string | null): Day | undefined {
  const moment = value?.trim();
  if (!moment) return undefined;
  if (isDay(moment)) return moment;
  const epochMs =
    isoMoment.test(moment) && isDay(moment.slice(0, 10)) ? Date.parse(moment) : /^\d{1,15}$/.test(moment) ? Number(moment) : Number.NaN;
  if (epochMs >= 0 && epochMs <= lastMoment) return dayOf(epochMs);
  throw new AppError(
    'invalid_input',
    `"${name}" is ${JSON.stringify(moment)}: valid is a date such as 2026-03-14, a moment such as 2026-03-14T10:00:00Z, or milliseconds since 1970`,
  );
}

/**
 * The day of `?date=`; undefined when it is absent or empty.
 * @throws AppError invalid_input for anything that is not a date
 */
export function parseDate(query: URLSearchParams): string | undefined {
  const date = query.get('date');
  if (!date) return undefined;
  if (!isDay(date)) throw new AppError('invalid_input', `"date" is ${JSON.stringify(date)}: valid is a date such as 2026-03-14`);
  return date;
}
