/** Which images and days a query is about. */
import { toEpochDay, type Day, type EpochDay } from './day.ts';
import type { ImageName } from './image.ts';

/** Which images a query is about; an absent member does not restrict. */
export interface SeriesQuery {
  readonly registries?: ReadonlySet<string> | undefined;
  /** Canonical names. */
  readonly repos?: ReadonlySet<string> | undefined;
}

/** A query about these images; about others too where they are of several registries and names: the caller leaves those out. */
export function queryOf(images: readonly ImageName[]): SeriesQuery {
  return { registries: new Set(images.map(({ registry }) => registry)), repos: new Set(images.map(({ repo }) => repo)) };
}

/** Whether a query is about this image. */
export function matches({ registries, repos }: SeriesQuery, { registry, repo }: ImageName): boolean {
  return (registries?.has(registry) ?? true) && (repos?.has(repo) ?? true);
}

/** Whether a query is about this event. One of a whole registry matches unless images are named. */
export function matchesEvent(
  query: SeriesQuery,
  { registry, repo }: { readonly registry: string; readonly repo?: string | undefined },
): boolean {
  if (repo !== undefined) return matches(query, { registry, repo });
  return !query.repos && (query.registries?.has(registry) ?? true);
}

/** Inclusive days; an absent end is open. */
export interface DayRange {
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

/** Whether a day is in the range. */
export function includesDay({ from, to }: DayRange, day: Day): boolean {
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}

/** The first and the last day of a range; infinite where it is open. */
export function toEpochDays({ from, to }: DayRange): readonly [first: EpochDay, last: EpochDay] {
  return [from === undefined ? -Infinity : toEpochDay(from), to === undefined ? Infinity : toEpochDay(to)];
}
