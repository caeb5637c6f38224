/** Sees what no total says later: which tags were pushed since an image was read before. */
import { dayMs } from '../core/model/day.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { imageKey } from '../core/model/image.ts';
import type { Reading } from '../core/model/reading.ts';
import type { RecordedEvent } from '../core/model/event.ts';
import type { Logger, SnapshotStore } from '../core/ports.ts';
import { newestTags } from '../core/views/tags.ts';
import { knownVersions, listedPushes, movedTags, tagVersions, timedPushes, type TagVersions } from './pushes.ts';

export interface EventDetectorDeps {
  readonly store: SnapshotStore;
  readonly log: Logger;
  /** Whether other processes read the same images: what is known of them is then looked up each time. */
  readonly isShared: boolean;
  /** Whether pushes before the first read are events, as far as the tags still show them. */
  readonly backfill: boolean;
}

export interface EventDetector {
  /** Looks up what is stored of images that are about to be read. Never rejects. */
  prepare(registry: string, repos: readonly string[]): Promise<void>;
  /** The events in the tags of a reading; none where nothing could be looked up, because then every push would seem new. */
  onReading(reading: Reading): readonly RecordedEvent[];
}

/** How far back pushes are events on the first read, as long as the days that registries publish. */
const firstLookMs = 90 * dayMs;

/** What was known of an image before a reading. */
interface Known {
  /** When its tags were last looked at, in milliseconds since the epoch; absent before the first read. */
  readonly lookedAt?: number | undefined;
  readonly versions?: TagVersions | undefined;
  /** How many tags it had. */
  readonly tagCount?: number | undefined;
}

export function createEventDetector({ store, log, isShared, backfill }: EventDetectorDeps): EventDetector {
  const registries = new Map<string, Map<string, Known>>();

  async function load(registry: string, repos: ReadonlySet<string> | undefined): Promise<Map<string, Known>> {
    const query = { registries: new Set([registry]), repos };
    const latest = await store.latest(query);
    const tags = await newestTags(store, latest);
    const versions = new Map(tags.map((image) => [image.repo, tagVersions(image.tags)]));
    return new Map(
      latest.map(({ repo, readAt, tagCount }): [string, Known] => {
        const lookedAt = readAt === undefined ? undefined : Date.parse(readAt);
        return [imageKey({ registry, repo }), { lookedAt, versions: versions.get(repo), tagCount }];
      }),
    );
  }

  return {
    async prepare(registry, repos) {
      if (repos.length === 0 || (!isShared && registries.has(registry))) return;
      try {
        registries.set(registry, await load(registry, isShared ? new Set(repos) : undefined));
      } catch (error) {
        registries.delete(registry);
        log.warn('stored events cannot be looked at', { registry, ...errorFields(toAppError(error)) });
      }
    },
    onReading(reading) {
      const images = registries.get(reading.registry);
      if ((!reading.tags && !reading.listedTags) || !images) return [];
      const known = images.get(imageKey(reading));
      images.set(imageKey(reading), {
        lookedAt: Date.parse(reading.readAt),
        versions: knownVersions(reading, known?.versions),
        tagCount: reading.tagCount ?? known?.tagCount,
      });
      return pushes(reading, known, backfill);
    },
  };
}

function pushes(reading: Reading, known: Known | undefined, backfill: boolean): readonly RecordedEvent[] {
  const now = Date.parse(reading.readAt);
  const since = known?.lookedAt ?? (backfill ? now - firstLookMs : now);
  if (!reading.tags) return known ? listedPushes(reading, { names: new Set(known.versions?.keys()), count: known.tagCount }, since) : [];
  if (!tagVersions(reading.tags)) return timedPushes(reading, since);
  return known?.versions ? movedTags(reading, known.versions, since) : [];
}
