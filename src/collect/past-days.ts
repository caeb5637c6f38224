/** What a reading tells about days before it: whether it agrees with them, and the totals of those that nobody read. */
import { closedReadings } from '../core/numbers/closed-readings.ts';
import { addDays, dayOf, type Day } from '../core/model/day.ts';
import type { ImageSeries, LatestImage } from '../core/model/history.ts';
import { wasRead } from '../core/model/mark.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { snapshotDay, type DailyPulls, type Reading } from '../core/model/reading.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import { firstKeptDay } from '../core/numbers/retention.ts';
import { summedReadings } from '../core/numbers/summed-days.ts';

export interface PastDaysDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: days before the first read are not reconstructed. `retentionDays`: 0 where totals are kept for ever. */
  readonly backfill?: { readonly retentionDays: number } | undefined;
}

/** What is stored of an image. */
interface StoredPast {
  readonly series: ImageSeries | undefined;
  readonly latest: LatestImage | undefined;
}

/** Looks up what is stored of an image. @throws AppError as the store does */
export type LookUpPast = (repo: string) => Promise<StoredPast>;

/**
 * Resolves to the reading as it is to be stored, marked where it is in doubt, and those of past days that retention would keep. Never throws.
 * `lookUp`: where several images are read, one for all of them.
 */
export type AddPastDays = (reading: Reading, lookUp?: LookUpPast) => Promise<readonly Reading[]>;

/** Of these images of a registry all are looked up when the first one is wanted: most registries publish no days. */
export function createLookUp(store: Pick<SnapshotStore, 'totals' | 'latest'>, registry: string, repos: readonly string[]): LookUpPast {
  let found: Promise<ReadonlyMap<string, StoredPast>> | undefined;

  async function find(names: readonly string[]): Promise<ReadonlyMap<string, StoredPast>> {
    const query = { registries: new Set([registry]), repos: new Set(names) };
    const [series, latest] = [await store.totals(query), await store.latest(query)];
    const seriesByRepo = new Map(series.map((each) => [each.repo, each]));
    const latestByRepo = new Map(latest.map((each) => [each.repo, each]));
    return new Map(names.map((repo) => [repo, { series: seriesByRepo.get(repo), latest: latestByRepo.get(repo) }]));
  }

  const isOwn = new Set(repos);
  return async (repo) => {
    try {
      const images = await (isOwn.has(repo) ? (found ??= find(repos)) : find([repo]));
      return images.get(repo) ?? { series: undefined, latest: undefined };
    } catch (error) {
      // The next image tries it again.
      found = undefined;
      throw error;
    }
  };
}

export function createPastDays({ store, clock, log, backfill }: PastDaysDeps): AddPastDays {
  return async (reading, lookUp = createLookUp(store, reading.registry, [reading.repo])) => {
    const { registry, repo } = reading;
    if (!reading.recentDays) return [reading];
    try {
      const { series, latest } = await lookUp(repo);
      const first = firstKeptDay(publishedOn(reading.recentDays, dayOf(clock.now())), backfill?.retentionDays ?? 0) ?? '';
      const isKept = (past: Reading): boolean => snapshotDay(past) >= first && (backfill !== undefined || wasRead(past.mark));
      if (reading.totalSince !== undefined) {
        const [newest, ...past] = summedReadings(reading, { series, totalSince: latest?.totalSince });
        return [newest, ...past.filter(isKept)];
      }
      const [newest, ...past] = closedReadings(reading, { series, latest });
      if (newest.mark) log.warn('total inconsistent with published daily counts', { registry, repo, ...newest.discrepancy });
      return [newest, ...past.filter(isKept)];
    } catch (error) {
      log.warn('past days cannot be looked at', { registry, repo, ...errorFields(toAppError(error)) });
      // A sum that does not go on from the stored one would look like a fall.
      return reading.totalSince === undefined ? [reading] : [];
    }
  };
}

/** Today, or what the registry takes for it where that is earlier: its newest day is today's or yesterday's. */
function publishedOn([newest]: readonly DailyPulls[], today: Day): Day {
  const published = newest ? addDays(newest.day, 1) : today;
  return published < today ? published : today;
}
