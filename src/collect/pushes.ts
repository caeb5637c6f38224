/** Which tags were pushed since an image was last read. */
import { isAttachment, isNewer } from '../core/model/tag.ts';
import type { Reading, Tag } from '../core/model/reading.ts';
import type { RecordedEvent } from '../core/model/event.ts';

/** Pushes that are no further apart belong to one release. */
const releaseMs = 10 * 60_000;
const maxNames = 10;
const maxReleases = 50;

/** The releases among the tags with a time that were pushed after `since` (milliseconds since the epoch) and not after the read, oldest first. */
export function timedPushes(reading: Reading, since: number): readonly RecordedEvent[] {
  const until = Date.parse(reading.readAt);
  const pushed = (reading.tags ?? [])
    .filter((tag) => !isAttachment(tag))
    .map((tag) => ({ name: tag.name, at: Date.parse(tag.lastUpdated ?? '') }))
    .filter(({ at }) => at > since && at <= until)
    .toSorted((a, b) => a.at - b.at);
  const releases: { at: number; last: number; names: string[] }[] = [];
  for (const { name, at } of pushed) {
    const release = releases.at(-1);
    if (!release || at - release.last > releaseMs) releases.push({ at, last: at, names: [name] });
    else {
      release.last = at;
      release.names.push(name);
    }
  }
  return releases.slice(-maxReleases).map(({ at, names }) => pushEvent(reading, new Date(at).toISOString(), names));
}

/** The id of the version that each tag pointed at. */
export type TagVersions = ReadonlyMap<string, string>;

/**
 * The tags that point at a newer version than any did before, for a registry that tells no time of a push. Ids of versions grow.
 * A list of tags that holds only the newest may show an old version again when newer ones are deleted: that is no push.
 */
export function movedTags(reading: Reading, before: TagVersions, since: number): readonly RecordedEvent[] {
  const newest = [...before.values()].reduce((most, id) => (isNewer(id, most) ? id : most), '');
  const moved = (reading.tags ?? []).filter((tag) => {
    return tag.versionId !== undefined && !isAttachment(tag) && isNewer(tag.versionId, newest);
  });
  return undatedPush(
    reading,
    moved.map(({ name }) => name),
    since,
  );
}

/** What was known of an image's tags before. */
export interface KnownTags {
  /** Those that were read with their versions. */
  readonly names: ReadonlySet<string>;
  /** How many the image had. */
  readonly count?: number | undefined;
}

/**
 * The tags that the registry's list newly names, for a reading that says nothing else of its tags. The list has the newest last, and as
 * many are new as there are more: the known names alone do not tell, since old tags are in the list that were never read.
 */
export function listedPushes(reading: Reading, before: KnownTags, since: number): readonly RecordedEvent[] {
  const { listedTags, tagCount } = reading;
  if (!listedTags || tagCount === undefined || before.count === undefined) return [];
  const more = tagCount - before.count;
  // So many were not pushed since the last look: the count before was another one.
  if (more <= 0 || more > listedTags.names.length) return [];
  const unknown = listedTags.names.filter((name) => !isAttachment({ name }) && !before.names.has(name));
  return undatedPush(reading, unknown.slice(-more).toReversed(), since);
}

/** A push whose time the registry does not tell: it may be that of the newest publication. */
function undatedPush(reading: Reading, names: readonly string[], since: number): readonly RecordedEvent[] {
  if (names.length === 0) return [];
  const published = Date.parse(reading.lastUpdated ?? '');
  const isOfThis = published > since && published <= Date.parse(reading.readAt);
  return [pushEvent(reading, isOfThis ? new Date(published).toISOString() : reading.readAt, names)];
}

/** The versions of a reading's tags; undefined when the registry tells none. */
export function tagVersions(tags: readonly Tag[] | undefined): TagVersions | undefined {
  const versions = (tags ?? []).flatMap(({ name, versionId }): [string, string][] => (versionId === undefined ? [] : [[name, versionId]]));
  return versions.length === 0 ? undefined : new Map(versions);
}

/**
 * The versions that are known after a reading: of its tags where it has some. What the list named until then is no push when its
 * version is read later, so the newest version is kept as well, under no name.
 */
export function knownVersions({ tags, listedTags }: Reading, before: TagVersions | undefined): TagVersions | undefined {
  const versions = tagVersions(tags);
  if (versions) return versions;
  const id = listedTags?.newestVersionId;
  return before && id !== undefined ? new Map([...before, ['', id]]) : before;
}

function pushEvent({ registry, repo, readAt }: Reading, time: string, names: readonly string[]): RecordedEvent {
  const more = names.length - maxNames;
  const detail = names.slice(0, maxNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return { time, seenAt: readAt, registry, repo, kind: 'tag_pushed', detail };
}
