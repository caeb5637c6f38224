/** Sees what no total tells later: tags that were pushed, images that are gone or back, registries that went dark or answer again. */
import { errorFields, toAppError } from '../core/errors.ts';
import type { Reading } from '../core/model.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import { movedTags, tagVersions, timedPushes, type TagVersions } from '../core/pushes.ts';
import type { RecordedEvent, RecordedKind } from '../core/recorded-event.ts';
import type { RegistryResult } from './registry-cycle.ts';

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
  /** What the end of a registry's part of a cycle tells. `diagnosis`: why its failures are not those of the images. */
  onRegistryDone(registry: string, result: RegistryResult, diagnosis: string | undefined): readonly RecordedEvent[];
}

/** How far back pushes are told on the first read, as long as the days that registries publish. */
const firstLookMs = 90 * 86_400_000;

interface Known {
  /** When its tags were last looked at, in milliseconds since the epoch; absent before the first read. */
  lookedAt?: number | undefined;
  versions?: TagVersions | undefined;
}

export function createWatch({ store, clock, log, backfill }: WatchDeps): Watch {
  const images = new Map<string, Known>();
  /** Of images and registries the last that was told. */
  const states = new Map<string, RecordedKind>();
  const prepared = new Set<string>();

  async function load(registry: string): Promise<void> {
    const query = { registries: new Set([registry]) };
    for (const { repo, readAt } of await store.latest(query)) {
      images.set(`${registry} ${repo}`, { lookedAt: readAt === undefined ? undefined : Date.parse(readAt) });
    }
    const newest = (await store.days()).slice(-2)[0];
    for await (const { repo, tags } of store.readings(query, { from: newest })) {
      const known = images.get(`${registry} ${repo}`);
      if (known) known.versions = tagVersions(tags) ?? known.versions;
    }
    for (const event of await store.events()) {
      if (event.registry === registry && event.kind !== 'tag_pushed') states.set(keyOf(event), event.kind);
    }
  }

  function tell(registry: string, repo: string | undefined, kind: RecordedKind, detail?: string): RecordedEvent[] {
    const key = keyOf({ registry, repo });
    if (states.get(key) === kind) return [];
    states.set(key, kind);
    const time = new Date(clock.now()).toISOString();
    return [{ time, seenAt: time, registry, repo, kind, detail }];
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
      const { registry, repo, tags } = reading;
      // Without knowing what is stored, every push would look new.
      if (!tags || !prepared.has(registry)) return [];
      const key = `${registry} ${repo}`;
      const known = images.get(key);
      const now = Date.parse(reading.readAt);
      const versions = tagVersions(tags);
      images.set(key, { lookedAt: now, versions: versions ?? known?.versions });
      const since = known?.lookedAt ?? (backfill ? now - firstLookMs : now);
      if (!versions) return timedPushes(reading, since);
      return known?.versions ? movedTags(reading, known.versions, since) : [];
    },
    onRegistryDone(registry, { readRepos, failures, listings, unlisted }, diagnosis) {
      if (!prepared.has(registry)) return [];
      const absent = failures.filter(({ code, missing }) => code === 'not_found' && missing === 'total').map(({ repo }) => repo);
      // A wave of 404s is an address that is refused, not images that were deleted.
      const missing = diagnosis === undefined ? absent : [];
      const hasAnswered = readRepos.length > 0 || (missing.length > 0 && missing.length === failures.length);
      const wasAsked = failures.length > 0 || listings.length > 0;
      const wasDark = states.get(registry) === 'registry_dark';
      const reason = diagnosis ?? failures[0]?.message ?? listings.find(({ shortfall }) => shortfall)?.shortfall?.message;
      return [
        ...(!hasAnswered && wasAsked ? tell(registry, undefined, 'registry_dark', reason) : []),
        ...(hasAnswered && wasDark ? tell(registry, undefined, 'registry_back') : []),
        ...readRepos
          .filter((repo) => states.get(`${registry} ${repo}`) === 'image_gone')
          .flatMap((repo) => tell(registry, repo, 'image_back')),
        ...[...missing, ...unlisted]
          .filter((repo) => images.has(`${registry} ${repo}`))
          .flatMap((repo) => tell(registry, repo, 'image_gone')),
      ];
    },
  };
}

function keyOf({ registry, repo }: { readonly registry: string; readonly repo?: string | undefined }): string {
  return repo === undefined ? registry : `${registry} ${repo}`;
}
