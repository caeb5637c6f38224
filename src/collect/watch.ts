/** Sees what no total tells later: tags that were pushed, images that are gone or back, registries that went dark or answer again. */
import { dayMs } from '../core/model/day.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { imageKey } from '../core/model/image.ts';
import type { Reading } from '../core/model/reading.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import { movedTags, tagVersions, timedPushes, type TagVersions } from './pushes.ts';
import type { RecordedEvent, RecordedKind } from '../core/model/event.ts';
import { registryEvents, statesOf, subjectKey, type RegistryEnd } from './registry-events.ts';
import { newestTags } from '../core/views/tags.ts';

export interface WatchDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether pushes before the first read are told, as far as the tags still say them. */
  readonly backfill: boolean;
}

export interface Watch {
  /** Looks at what is stored; before each cycle. Never rejects. */
  prepare(registries: readonly string[]): Promise<void>;
  /** What the tags of a reading tell. */
  onReading(reading: Reading): readonly RecordedEvent[];
  /** What the end of a registry's part of a cycle tells. */
  onRegistryDone(end: RegistryEnd): readonly RecordedEvent[];
}

/** How far back pushes are told on the first read, as long as the days that registries publish. */
const firstLookMs = 90 * dayMs;

/** What was known of an image before a reading. */
interface Known {
  /** When its tags were last looked at, in milliseconds since the epoch; absent before the first read. */
  readonly lookedAt?: number | undefined;
  readonly versions?: TagVersions | undefined;
}

export function createWatch({ store, clock, log, backfill }: WatchDeps): Watch {
  const images = new Map<string, Known>();
  let states = new Map<string, RecordedKind>();
  const prepared = new Set<string>();

  async function load(registry: string): Promise<void> {
    const query = { registries: new Set([registry]) };
    const versions = new Map((await newestTags(store, query)).map(({ repo, tags }) => [repo, tagVersions(tags)]));
    for (const { repo, readAt } of await store.latest(query)) {
      images.set(imageKey({ registry, repo }), { lookedAt: momentOf(readAt), versions: versions.get(repo) });
    }
    states = statesOf(await store.events());
  }

  return {
    async prepare(registries) {
      for (const registry of registries) {
        if (prepared.has(registry)) continue;
        try {
          await load(registry);
          prepared.add(registry);
        } catch (error) {
          log.warn('stored events cannot be looked at', { registry, ...errorFields(toAppError(error)) });
        }
      }
    },
    onReading(reading) {
      // Without knowing what is stored, every push would look new.
      if (!reading.tags || !prepared.has(reading.registry)) return [];
      const known = images.get(imageKey(reading));
      const versions = tagVersions(reading.tags) ?? known?.versions;
      images.set(imageKey(reading), { lookedAt: Date.parse(reading.readAt), versions });
      return pushes(reading, known, backfill);
    },
    onRegistryDone(end) {
      const { registry } = end;
      if (!prepared.has(registry)) return [];
      const isKnown = (repo: string): boolean => images.has(imageKey({ registry, repo }));
      const events = registryEvents(end, states, isKnown, new Date(clock.now()).toISOString());
      for (const event of events) states.set(subjectKey(event), event.kind);
      return events;
    },
  };
}

/** What the tags of a reading tell, for a process that did not make the reading before: asks what is stored. */
export async function pushesSince(
  reading: Reading,
  { store, backfill }: Pick<WatchDeps, 'store' | 'backfill'>,
): Promise<readonly RecordedEvent[]> {
  if (!reading.tags) return [];
  const query = { registries: new Set([reading.registry]), repos: new Set([reading.repo]) };
  const [[latest], [known]] = await Promise.all([store.latest(query), newestTags(store, query)]);
  return pushes(reading, latest && { lookedAt: momentOf(latest.readAt), versions: tagVersions(known?.tags) }, backfill);
}

function pushes(reading: Reading, known: Known | undefined, backfill: boolean): readonly RecordedEvent[] {
  const now = Date.parse(reading.readAt);
  const since = known?.lookedAt ?? (backfill ? now - firstLookMs : now);
  if (!tagVersions(reading.tags)) return timedPushes(reading, since);
  return known?.versions ? movedTags(reading, known.versions, since) : [];
}

function momentOf(timestamp: string | undefined): number | undefined {
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}
