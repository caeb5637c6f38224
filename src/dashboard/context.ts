/** What every page is made from. */
import { dayOf, toEpochDay, type EpochDay } from '../core/model/day.ts';
import type { Group } from '../core/views/groups.ts';
import type { Freeze } from '../core/numbers/freezes.ts';
import type { ImageName } from '../core/model/image.ts';
import type { ChannelStatus } from '../core/model/notice.ts';
import type { Clock, SnapshotStore } from '../core/ports.ts';
import type { Counting } from '../core/model/registry.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import type { Assets } from './assets.ts';
import type { Surroundings } from './layout.ts';
import type { OverviewList } from './overview-list.ts';
import type { TagSeriesFinder } from './tag-series-finder.ts';

export interface PageContext extends Surroundings {
  /** Those that may be asked for, in the order in which they are shown. */
  readonly registries: readonly { readonly id: string; readonly title: string; readonly counts: Counting; readonly page?: string }[];
  readonly clock: Clock;
  /** The images that the configuration names one by one. */
  readonly configured: readonly ImageName[];
  /** Names that stand for several images. */
  readonly groups: readonly Group[];
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
  readonly status: () => CollectorStatus;
  /** What became of notifications, by channel; absent where none is configured. Never rejects. */
  readonly channels?: (() => Promise<readonly ChannelStatus[]>) | undefined;
  readonly configProblems: readonly { readonly variable: string; readonly entry: string; readonly reason: string }[];
  /** Absent where nobody may start a run. */
  readonly trigger?: { readonly token: () => string } | undefined;
  /** One sentence; absent when something is configured. */
  readonly howToConfigure?: string | undefined;
  /** A variable and what it may hold, for each registry. */
  readonly examples: readonly { readonly variable: string; readonly example: string }[];
}

/** What the endpoints of pages are given. */
export interface PageDeps extends PageContext {
  readonly store: SnapshotStore;
  readonly assets: Assets;
  /** The images of a registry, or of all where that is empty. */
  readonly listOf: (registry: string) => Promise<OverviewList>;
  /** When registries did not update their counters; of how many images the caller knows decides whether it waits. */
  readonly freezes: (images: number) => Promise<readonly Freeze[]>;
  readonly tagSeries: TagSeriesFinder;
}

/** After this a page is made anew in any case: it says how long ago things were. */
const agesMs = 60_000;

/** Changes as soon as a page would show something else. */
export function currentRevision({ store, status, clock }: Omit<PageDeps, 'revision'>): string {
  const { health, registries, runningSince = '', nextCycle = '' } = status();
  const states = registries.map(({ state, progress, diagnosis = '', failures }) =>
    [state, progress?.done, diagnosis, failures.length].join(':'),
  );
  return [store.version(), Math.floor(clock.now() / agesMs), health.healthy, health.reason, runningSince, nextCycle, ...states].join(' ');
}

/** The UTC day that it is now. */
export function todayOf({ clock }: Pick<PageContext, 'clock'>): EpochDay {
  return toEpochDay(dayOf(clock.now()));
}

/** What a registry is called. */
export function titleOf({ registries }: PageContext, registry: string): string {
  return registries.find(({ id }) => id === registry)?.title ?? registry;
}
