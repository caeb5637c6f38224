/** Keeps what is dated after tomorrow out of every answer of a store until its day comes: some clock was wrong when it was written. */
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day } from '../core/model/day.ts';
import { imageKey } from '../core/model/image.ts';
import { hasTags, type ImageSeries, type LatestImage, type StoredReading } from '../core/model/history.ts';
import { wasRead } from '../core/model/mark.ts';
import { createBlocks } from '../core/numbers/blocks.ts';
import { seriesValues } from '../core/numbers/series-values.ts';
import { queryOf, type DayRange } from '../core/model/query.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';

export interface HoldBackDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** The part of a store that answers. */
type Answers = Pick<SnapshotStore, 'totals' | 'dailyTotals' | 'latest' | 'daySums' | 'readings' | 'events' | 'countEvents' | 'days'>;

/** How many days are looked through for the details of an image whose newest day is held back. */
const lookBackDays = 31;

/** The store with the answers of `store` up to tomorrow; it logs each day that is held back once. */
export function holdBack<Store extends Omit<SnapshotStore, 'heldBack'>>(store: Store, deps: HoldBackDeps): Store & SnapshotStore {
  const lastDay = (): Day => lastShownDay(deps.clock);
  return {
    ...store,
    ...holdBackAnswers(store, deps),
    snapshot: async (day) => (day > lastDay() ? undefined : store.snapshot(day)),
    // What is cached today may have another answer tomorrow.
    version: () => `${store.version()}-${toEpochDay(lastDay()).toString(36)}`,
  };
}

export function holdBackAnswers(store: Answers, { clock, log }: HoldBackDeps): Answers & Pick<SnapshotStore, 'heldBack'> {
  const noted = new Set<Day>();
  const lastDay = (): Day => lastShownDay(clock);
  const lateIn = createBlocks(
    (images: readonly LatestImage[], last: Day) => ({ last, late: images.filter(({ day }) => day > last) }),
    (known, last) => known.last !== last,
  );

  function note(days: Iterable<Day>): void {
    const fresh = [...new Set(days)].filter((day) => !noted.has(day));
    if (fresh.length === 0) return;
    for (const day of fresh) noted.add(day);
    log.warn('snapshots dated after tomorrow are ignored until their day comes', { days: fresh, last: lastDay() });
  }

  return {
    async totals(query, range) {
      const last = toEpochDay(lastDay());
      return (await store.totals(query, until(range, lastDay()))).flatMap((series) => seriesUntil(series, last));
    },
    dailyTotals: (query, range, options) => store.dailyTotals(query, until(range, lastDay()), options),
    async latest(query) {
      const last = lastDay();
      const found = await store.latest(query);
      const late =
        query.repos || query.registries ? found.filter(({ day }) => day > last) : lateIn(found, last).flatMap((block) => block.late);
      if (late.length === 0) return found;
      note(late.map(({ day }) => day));
      const shown = await latestUntil(store, late, last);
      return found.flatMap((image) => (image.day > last ? (shown.get(imageKey(image)) ?? []) : [image]));
    },
    // What a day adds is counted on that day: without later ones the rest stays as it is.
    daySums: async (registries) => (await store.daySums(registries)).filter(({ day }) => day <= toEpochDay(lastDay())),
    readings: (query, range) => store.readings(query, until(range, lastDay())),
    events: (query) => store.events({ ...query, seen: until(query?.seen, lastDay()) }),
    countEvents: (query) => store.countEvents({ ...query, seen: until(query?.seen, lastDay()) }),
    days: async () => (await store.days()).filter((day) => day <= lastDay()),
    async heldBack() {
      const days = (await store.days()).filter((day) => day > lastDay());
      note(days);
      return days;
    },
  };
}

/** Tomorrow, because a host in another zone or with a slightly wrong clock may be there already. */
function lastShownDay(clock: Pick<Clock, 'now'>): Day {
  return addDays(dayOf(clock.now()), 1);
}

function until({ from, to }: DayRange = {}, last: Day): DayRange {
  return { from, to: to !== undefined && to < last ? to : last };
}

function seriesUntil(series: ImageSeries, last: number): ImageSeries[] {
  const days = Array.from(series.days);
  const length = days.findLastIndex((day) => day <= last) + 1;
  if (length === days.length) return [series];
  if (length === 0) return [];
  return [
    {
      ...series,
      days: days.slice(0, length),
      totals: Array.from(series.totals).slice(0, length),
      marks: Array.from({ length }, (_, at) => series.marks.at(at) ?? 'read'),
      notes: series.notes && new Map([...series.notes].filter(([day]) => day <= last)),
    },
  ];
}

/** The newest values up to a day of images that have a later one. */
async function latestUntil(store: Answers, late: readonly LatestImage[], last: Day): Promise<ReadonlyMap<string, LatestImage>> {
  const query = queryOf(late);
  const names = new Set(late.map(imageKey));
  const all = (await store.totals(query, { to: last })).filter((series) => names.has(imageKey(series)));
  const shown = new Map(all.flatMap((series) => seriesUntil(series, toEpochDay(last))).map((series) => [imageKey(series), series]));
  const days = new Set([...shown.values()].flatMap((series) => Array.from(series.days)));
  const found = new Map<string, LatestImage>();
  for (const epochDay of [...days].toSorted((a, b) => b - a)) {
    const day = fromEpochDay(epochDay);
    const isOld = epochDay < toEpochDay(last) - lookBackDays;
    if (isOld && found.size === shown.size) break;
    for await (const reading of store.readings(query, { from: day, to: day })) {
      const key = imageKey(reading);
      const series = shown.get(key);
      if (series) found.set(key, withOlder(found.get(key), reading, series));
    }
  }
  return found;
}

/** What is known of an image, with what an earlier day knows besides. */
function withOlder(newest: LatestImage | undefined, { registry, repo, day, ...older }: StoredReading, series: ImageSeries): LatestImage {
  const { pullCount, discrepancy } = newest ?? older;
  return {
    ...(newest ?? seriesValues(series)),
    registry,
    repo,
    day: newest?.day ?? day,
    pullCount,
    readAt: newest?.readAt ?? (wasRead(older.mark) ? older.readAt : undefined),
    tagCount: newest?.tagCount ?? older.tagCount,
    lastUpdated: newest?.lastUpdated ?? older.lastUpdated,
    totalSince: newest?.totalSince ?? older.totalSince,
    tagsDay: newest?.tagsDay ?? (hasTags(older) ? day : undefined),
    discrepancy,
  };
}
