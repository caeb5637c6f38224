/** The newest known tags of images, and how often each was downloaded over time. */
import type { Day } from '../model/day.ts';
import type { Platform, Tag } from '../model/reading.ts';
import { groupBy } from '../model/group-by.ts';
import { includesDay, queryOf, type DayRange } from '../model/query.ts';
import type { SnapshotStore } from '../ports.ts';
import type { LatestImage, StoredReading } from '../model/history.ts';
import { isNewer } from '../model/tag.ts';
import { compareImages, compareText, imageKey, type ImageName } from '../model/image.ts';
import { plainText } from './plain-text.ts';
import { oldestCurrentDay } from './summary.ts';

export interface ImageTags extends ImageName {
  /** The newest first; those without a time as the registry lists them, last. */
  readonly tags: readonly Tag[];
  /** How many older ones were read and are not stored. */
  readonly cut?: number | undefined;
}

type TagStore = Pick<SnapshotStore, 'days' | 'readings'>;
type TaggedImage = ImageName & Pick<LatestImage, 'tagsDay'>;

/** The tags of each of these images from its newest snapshot that has them, by registry, then repo; without images whose tags were not read for a week. */
export async function newestTags(store: TagStore, images: readonly TaggedImage[]): Promise<readonly ImageTags[]> {
  return readNewest(store, await currentlyTagged(store, images));
}

/** The same of images in this order, which is by registry, then repo: some at a time, where a store wants that. */
export async function* newestTagsInBatches(
  store: TagStore & Pick<SnapshotStore, 'imagesAtOnce'>,
  images: readonly TaggedImage[],
): AsyncGenerator<readonly ImageTags[]> {
  const tagged = await currentlyTagged(store, images);
  for (let at = 0; at < tagged.images.length;) {
    const batch = tagged.images.slice(at, at + store.imagesAtOnce());
    at += batch.length;
    yield await readNewest(store, { ...tagged, images: batch });
  }
}

interface Tagged {
  /** The days whose tags still count. */
  readonly range: DayRange;
  readonly images: readonly TaggedImage[];
}

/** Those whose tags were read in the last week: thousands of others have none, and nobody looks for them. */
async function currentlyTagged(store: TagStore, images: readonly TaggedImage[]): Promise<Tagged> {
  const newest = (await store.days()).at(-1);
  if (newest === undefined) return { range: {}, images: [] };
  const from = oldestCurrentDay(newest);
  return { range: { from }, images: images.filter(({ tagsDay = '' }) => tagsDay >= from) };
}

async function readNewest(store: TagStore, { range, images }: Tagged): Promise<readonly ImageTags[]> {
  const found = new Map<string, ImageTags>();
  for (const [day, group] of groupBy(images, ({ tagsDay = '' }) => tagsDay)) await readTags(store, group, { from: day, to: day }, found);
  // Where no tag had room on that day, or it was deleted, those of a day before count.
  const others = images.filter((image) => {
    const { tags, cut } = found.get(imageKey(image)) ?? {};
    return !tags || (tags.length === 0 && cut !== undefined);
  });
  if (others.length > 0) await readTags(store, others, range, found);
  return [...found.values()].toSorted(compareImages).map((image) => ({ ...image, tags: image.tags.toSorted(newerFirst) }));
}

async function readTags(store: TagStore, images: readonly ImageName[], range: DayRange, found: Map<string, ImageTags>): Promise<void> {
  const keys = new Set(images.map(imageKey));
  for await (const { registry, repo, tags, tagsCut } of store.readings(queryOf(images), range)) {
    const key = imageKey({ registry, repo });
    // Where no tag has room, it is known all the same that there are some.
    if (keys.has(key) && (tags || (tagsCut !== undefined && !found.has(key))))
      found.set(key, { registry, repo, tags: (tags ?? []).map(plainTag), cut: tagsCut });
  }
}

/** Files may hold what an earlier version, or somebody else, wrote into them. */
function plainTag(tag: Tag): Tag {
  const { name, lastUpdated, digest, versionId, platforms } = tag;
  return {
    ...tag,
    name: plainText(name),
    lastUpdated: plain(lastUpdated),
    digest: plain(digest),
    versionId: plain(versionId),
    platforms: platforms?.map(({ architecture, os, variant, ...platform }) => ({
      ...platform,
      architecture: plainText(architecture),
      os: plainText(os),
      variant: plain(variant),
    })),
  };
}

function plain(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainText(text);
}

function newerFirst(a: Tag, b: Tag): number {
  return (Date.parse(b.lastUpdated ?? '') || 0) - (Date.parse(a.lastUpdated ?? '') || 0);
}

/** A tag on one day. */
export interface TagDay extends ImageName {
  readonly day: Day;
  readonly tag: string;
  /** Downloads under the tag until this day: those of the version that it first pointed at, and all since. */
  readonly pullCount: number;
  /** Downloads since the day before that is known. */
  readonly pulls: number;
  /** The version that it points at: its id, or its digest. */
  readonly version: string;
  /** Downloads of that version alone. */
  readonly versionPullCount: number;
}

interface History {
  /** Downloads by version. */
  readonly versions: Map<string, number>;
  /** Downloads by tag. */
  readonly tags: Map<string, number>;
  /** The largest id of a version. */
  newest: string;
}

/**
 * Downloads of tags over time, by day, then registry, repo and tag. Registries count versions, and a tag that moves starts again at the
 * count of another: here its history goes on. A version that is newer than all known before counts wholly for its tag. Any other one
 * that was not known, and all where the history begins, count nothing: what they have is where their tags start.
 */
export async function* tagHistory(readings: AsyncIterable<StoredReading>, range: DayRange = {}): AsyncGenerator<TagDay> {
  const histories = new Map<string, History>();
  for await (const { day, registry, repo, tags = [] } of readings) {
    if (range.to !== undefined && day > range.to) return;
    const key = imageKey({ registry, repo });
    const history = histories.get(key) ?? { versions: new Map(), tags: new Map(), newest: '' };
    const rows = tags.flatMap((tag) => tagDay(tag, history, !histories.has(key))).toSorted((a, b) => compareText(a.tag, b.tag));
    if (rows.length === 0) continue;
    histories.set(key, history);
    for (const { tag, pullCount } of rows) history.tags.set(tag, pullCount);
    for (const { version, versionPullCount } of rows) {
      history.versions.set(version, versionPullCount);
      if (isId(version) && isNewer(version, history.newest)) history.newest = version;
    }
    if (!includesDay(range, day)) continue;
    for (const row of rows) yield { day, registry, repo, ...row, tag: plainText(row.tag), version: plainText(row.version) };
  }
}

function tagDay(
  { name, pullCount, versionId, digest }: Tag,
  { versions, tags, newest }: History,
  isFirst: boolean,
): Omit<TagDay, 'day' | 'registry' | 'repo'>[] {
  const version = versionId ?? digest;
  if (pullCount === undefined || version === undefined) return [];
  const before = versions.get(version) ?? (isFirst || (isId(version) && !isNewer(version, newest)) ? pullCount : 0);
  const pulls = Math.max(0, pullCount - before);
  const soFar = tags.get(name) ?? pullCount - pulls;
  return [{ tag: name, pullCount: soFar + pulls, pulls, version, versionPullCount: pullCount }];
}

/** Ids grow; a digest says nothing about its age. */
function isId(version: string): boolean {
  return /^\d+$/.test(version);
}

/** A platform as Docker writes it, such as `linux/arm/v7`. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}
