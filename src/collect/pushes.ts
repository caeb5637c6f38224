/** Which tags were pushed since an image was last read. */
import { isAttachment, isNewer } from '../core/model/tag.ts';
import type { Reading, Tag } from '../core/model/reading.ts';
import type { RecordedEvent } from '../core/model/event.ts';

/** Pushes that are no further apart belong to one release. */
const releaseMs = 10 * 60_000;
const mostNames = 10;
const mostReleases = 50;

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
  return releases.slice(-mostReleases).map(({ at, names }) => pushEvent(reading, new Date(at).toISOString(), names));
}

/** The id of the version that each tag pointed at. */
export type TagVersions = ReadonlyMap<string, string>;

/**
 * The tags that point at a newer version than any did before, for a registry that tells no time of a push. Ids of versions grow.
 * A list of tags that holds only the newest may show an old version again when newer ones are deleted: that is no push.
 */
export function movedTags(reading: Reading, before: TagVersions, since: number): readonly RecordedEvent[] {
  const newest = [...before.values()].reduce((most, id) => (isNewer(id, most) ? id : most), '');
  const names = (reading.tags ?? []).filter((tag) => {
    return tag.versionId !== undefined && !isAttachment(tag) && isNewer(tag.versionId, newest);
  });
  if (names.length === 0) return [];
  const published = Date.parse(reading.lastUpdated ?? '');
  const isOfThis = published > since && published <= Date.parse(reading.readAt);
  const time = isOfThis ? new Date(published).toISOString() : reading.readAt;
  return [
    pushEvent(
      reading,
      time,
      names.map(({ name }) => name),
    ),
  ];
}

/** The versions of a reading's tags; undefined when the registry tells none. */
export function tagVersions(tags: readonly Tag[] | undefined): TagVersions | undefined {
  const versions = (tags ?? []).flatMap(({ name, versionId }): [string, string][] => (versionId === undefined ? [] : [[name, versionId]]));
  return versions.length === 0 ? undefined : new Map(versions);
}

function pushEvent({ registry, repo, readAt }: Reading, time: string, names: readonly string[]): RecordedEvent {
  const more = names.length - mostNames;
  const detail = names.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return { time, seenAt: readAt, registry, repo, kind: 'tag_pushed', detail };
}
