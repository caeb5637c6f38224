/** Groups: one name for several images, across registries and former names. */
import { AppError, toAppError } from '../model/errors.ts';
import { canonicalRepo, formatRepo, parseRepo } from '../model/image-ref.ts';
import { imageKey, type ImageName } from '../model/image.ts';
import { trackedImages, trackedListOf, type TrackedImage } from './images.ts';
import type { RecordedEvent } from '../model/event.ts';
import type { Clock, SnapshotStore } from '../ports.ts';
import { matches, matchesEvent, type SeriesQuery } from '../model/query.ts';

export interface Group {
  /** Lower case, without a slash: queries accept it in place of a repo. */
  readonly name: string;
  readonly members: readonly ImageName[];
}

const groupName = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Reads `name=registry:owner/name+registry:owner/name`.
 * @throws AppError invalid_input with the reason
 */
export function parseGroup(text: string, registries: readonly string[]): Group {
  const [name = '', members, ...rest] = text.split('=').map((part) => part.trim().toLowerCase());
  if (members === undefined || rest.length > 0) throw invalid('write name=registry:owner/name+registry:owner/name');
  if (!groupName.test(name))
    throw invalid('its name has characters other than letters, digits, ".", "_" and "-", or does not start with a letter or digit');
  const images = members.split('+').map((member) => parseMember(member.trim(), registries));
  return { name, members: [...new Map(images.map((image) => [imageKey(image), image])).values()] };
}

function parseMember(text: string, registries: readonly string[]): ImageName {
  const colon = text.indexOf(':');
  const registry = text.slice(0, Math.max(0, colon));
  if (!registries.includes(registry)) {
    throw invalid(`${JSON.stringify(text)} does not begin with a registry and a colon: valid are ${registries.join(', ')}`);
  }
  try {
    return { registry, repo: formatRepo(parseRepo(text.slice(colon + 1))) };
  } catch (error) {
    throw invalid(`${JSON.stringify(text)} is no image: ${toAppError(error).message}`);
  }
}

function invalid(reason: string): AppError {
  return new AppError('invalid_input', reason);
}

/** A query whose repos may contain names of groups. */
export interface GroupedQuery {
  /** The query for the store; its answer may contain other images too: filter it with `has`. */
  readonly query: SeriesQuery;
  readonly has: (image: ImageName) => boolean;
  /** Whether the query is about this event; one of a whole registry matches unless images are named. */
  readonly hasEvent: (event: RecordedEvent) => boolean;
  /** The matching images, each under every requested name that it goes by: its own, or those of groups. */
  readonly named: <Image extends ImageName>(images: readonly Image[]) => readonly Image[];
}

export function withGroups(query: SeriesQuery, groups: readonly Group[]): GroupedQuery {
  const { registries, repos } = query;
  const requested = groups.filter(({ name }) => repos?.has(name));
  const withHas = (has: GroupedQuery['has']): Pick<GroupedQuery, 'has' | 'hasEvent'> => ({
    has,
    hasEvent: ({ registry, repo }) => (repo === undefined ? matchesEvent(query, { registry }) : has({ registry, repo })),
  });
  if (!repos || requested.length === 0) return { query, ...withHas((image) => matches(query, image)), named: (images) => images };

  const namesFor = (image: ImageName): string[] => {
    if (registries?.has(image.registry) === false) return [];
    const own = repos.has(image.repo) ? [image.repo] : [];
    return [...own, ...requested.filter((group) => isMember(group, image)).map(({ name }) => name)];
  };
  const members = requested.flatMap((group) => group.members.map(({ repo }) => repo));
  return {
    query: { registries, repos: new Set([...repos, ...members]) },
    ...withHas((image) => namesFor(image).length > 0),
    named: (images) => images.flatMap((image) => namesFor(image).map((repo) => ({ ...image, repo }))),
  };
}

/** Where tracked images are found. */
export interface Tracking {
  readonly store: Pick<SnapshotStore, 'latest' | 'days'>;
  readonly clock: Clock;
  /** The images that the configuration names one by one. */
  readonly configured: readonly ImageName[];
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
  readonly groups: readonly Group[];
}

/** The tracked images that match, by registry, then name. Those of a group are always included, also when they are no longer read. */
export async function queryImages(
  { store, clock, configured, staleAfterMs, groups }: Tracking,
  query: SeriesQuery,
): Promise<readonly TrackedImage[]> {
  const grouped = withGroups(query, groups);
  const [latest, days] = await Promise.all([store.latest(grouped.query), store.days()]);
  const members = groups.filter(({ name }) => query.repos?.has(name)).flatMap((group) => group.members);
  const [newestDay, moment] = [days.at(-1), { now: clock.now(), staleAfterMs }];
  if (!query.repos && !query.registries) return trackedListOf(store, configured)({ latest, newestDay }, moment);
  return trackedImages({ latest: latest.filter(grouped.has), newestDay }, [...configured, ...members].filter(grouped.has), moment);
}

export function isMember({ members }: Group, { registry, repo }: ImageName): boolean {
  return members.some((member) => member.registry === registry && member.repo === repo);
}

/** The group of this name, written in any letter case. */
export function findGroup(groups: readonly Group[], name: string): Group | undefined {
  return groups.find((group) => group.name === canonicalRepo(name));
}
