/** What is kept of each image, worked out from what was kept and what changed. */
import type { Day, EpochDay } from '../../../core/model/day.ts';
import { isBackfilled, wasRead, type Mark } from '../../../core/model/mark.ts';
import type { DaySum } from '../../../core/model/history.ts';
import { cutToRecent, firstRecentDay } from '../../../core/numbers/series-values.ts';
import type { DayTotal, SeriesPart } from './parts.ts';

/** The newest known value of each detail of an image, some of which the newest day may lack. */
export interface Details {
  readonly readAt: string | undefined;
  readonly tagCount: number | undefined;
  readonly lastUpdated: string | undefined;
  readonly totalSince: Day | undefined;
  readonly tagsDay: Day | undefined;
}

/** What is kept of an image beside its recent pulls. */
export interface KeptValues {
  readonly newest: DayTotal;
  readonly details: Details;
  readonly historySince: EpochDay;
  readonly firstSeen: EpochDay | undefined;
  readonly backfilledDays: number;
  readonly importedDays: number;
}

/** The pulls of some days, which take the place of all that are kept from the first to the last of them; older ones than `oldest` are forgotten. */
export interface RecentChange {
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly oldest: EpochDay;
  readonly days: ArrayLike<EpochDay>;
  readonly pulls: ArrayLike<number>;
}

/** A total as it has been stored, with its details. */
export interface StoredTotal {
  readonly total: DayTotal;
  readonly details: Details;
}

/** What is to be kept of an image after a change. */
export interface ImageChange {
  readonly id: number;
  /** Whether nothing was kept of it. */
  readonly isNew: boolean;
  readonly values: KeptValues;
  readonly recent: RecentChange;
}

export interface ImageChangeOf {
  readonly id: number;
  readonly kept: KeptValues | undefined;
  /** The same days before and after the change. */
  readonly before: SeriesPart | undefined;
  readonly after: SeriesPart;
  /** What the days of `after` add. */
  readonly sums: readonly DaySum[];
  readonly details: Details;
}

export const noDetails: Details = {
  readAt: undefined,
  tagCount: undefined,
  lastUpdated: undefined,
  totalSince: undefined,
  tagsDay: undefined,
};

export function changeImage({ id, kept, before, after, sums, details }: ImageChangeOf): ImageChange {
  const count = (kind: (mark: Mark) => boolean): number => countMarks(after, kind) - countMarks(before, kind);
  const newest = newestTotal(kept, after);
  const values = {
    newest,
    details,
    historySince: earliest(kept?.historySince, after.totals[0]?.day) ?? newest.day,
    // A total that was read is never replaced by one that was not.
    firstSeen: earliest(kept?.firstSeen, after.totals.find((total) => wasRead(total.mark))?.day),
    backfilledDays: (kept?.backfilledDays ?? 0) + count(isBackfilled),
    importedDays: (kept?.importedDays ?? 0) + count((each) => each === 'imported'),
  };
  return { id, isNew: kept === undefined, values, recent: changeRecent(after, sums, newest.day) };
}

function countMarks(part: SeriesPart | undefined, kind: (mark: Mark) => boolean): number {
  return (part?.totals ?? []).reduce((count, { mark }) => count + Number(kind(mark)), 0);
}

function earliest(a: EpochDay | undefined, b: EpochDay | undefined): EpochDay | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** @throws RangeError for a part without a day */
function newestTotal(kept: KeptValues | undefined, after: SeriesPart): DayTotal {
  const last = after.totals.at(-1);
  if (!last) throw new RangeError(`${after.series.repo} has no totals`);
  return kept && kept.newest.day > last.day ? kept.newest : last;
}

/** The details after totals were stored, in this order; undefined where only the other totals of the image can tell. */
export function newestDetails(kept: KeptValues | undefined, stored: readonly StoredTotal[]): Details | undefined {
  const newestDay = kept?.newest.day ?? Number.NEGATIVE_INFINITY;
  const byDay = stored.length === 1 ? stored : stored.toSorted((a, b) => a.total.day - b.total.day);
  const last = {
    readAt: byDay.findLast(({ total: { mark } }) => wasRead(mark)),
    tagCount: byDay.findLast(({ details }) => details.tagCount !== undefined),
    lastUpdated: byDay.findLast(({ details }) => details.lastUpdated !== undefined),
    totalSince: byDay.findLast(({ details }) => details.totalSince !== undefined),
  };
  // What is kept may be of a day before such a total, or of one after it.
  const isOlder = (found: StoredTotal | undefined): boolean => found !== undefined && found.total.day < newestDay;
  if (isOlder(last.tagCount) || isOlder(last.lastUpdated) || isOlder(last.totalSince)) return undefined;
  const isNewestRead = wasRead(kept?.newest.mark);
  if (isOlder(last.readAt) && !isNewestRead) return undefined;
  const before = kept?.details ?? noDetails;
  return {
    readAt: last.readAt && !isOlder(last.readAt) ? last.readAt.details.readAt : before.readAt,
    tagCount: last.tagCount?.details.tagCount ?? before.tagCount,
    lastUpdated: last.lastUpdated?.details.lastUpdated ?? before.lastUpdated,
    totalSince: last.totalSince?.details.totalSince ?? before.totalSince,
    tagsDay: latest(before.tagsDay, byDay.findLast(({ details }) => details.tagsDay !== undefined)?.details.tagsDay),
  };
}

function latest(a: Day | undefined, b: Day | undefined): Day | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

/** `newest`: the newest known day of the image. */
function changeRecent(after: SeriesPart, sums: readonly DaySum[], newest: EpochDay): RecentChange {
  // The first known day has no pulls.
  const pulls = after.hasBefore ? sums : sums.slice(1);
  const recent = cutToRecent(
    pulls.map((sum) => [sum.day, sum.pulls]),
    newest,
  );
  return { from: sums[0]?.day ?? newest, to: sums.at(-1)?.day ?? newest, oldest: firstRecentDay(newest), ...recent };
}
