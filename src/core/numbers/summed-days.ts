/** Totals for registries that publish only the pulls of each of their last days: the sum since the first day that was known here. */
import { fromEpochDay, type Day } from '../model/day.ts';
import { wasRead, type Mark } from '../model/mark.ts';
import { type Reading } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';

/** What is stored of an image. */
export interface KnownSum {
  readonly series?: ImageSeries | undefined;
  /** The first day that is in the stored totals. */
  readonly totalSince?: Day | undefined;
}

interface KnownDay {
  readonly day: Day;
  readonly total: number;
  readonly mark: Mark | undefined;
}

/**
 * The readings of every published day whose total is not stored yet or has changed since, and of the newest, which alone has what was
 * read beside the total. Days before the newest that nobody stored are marked as backfilled. A reading without `totalSince` is returned
 * as it is.
 */
export function summedReadings(reading: Reading, known: KnownSum): readonly [Reading, ...Reading[]] {
  const { recentDays = [], totalSince, ...rest } = reading;
  const days = recentDays.toReversed();
  const [first, newest] = [days[0]?.day, days.at(-1)?.day];
  if (totalSince === undefined || first === undefined || newest === undefined) return [reading];

  const stored = knownDays(known.series);
  const since = known.totalSince ?? stored[0]?.day ?? first;
  const byDay = new Map(stored.map((each) => [each.day, each]));
  const past: Reading[] = [];
  let total = totalBefore(reading, stored, since);
  for (const { day, pulls } of days) {
    // Days before the first that is in the sum are not taken into it later.
    if (day >= since) total += pulls;
    const before = byDay.get(day);
    if (day < since || day === newest || before?.total === total) continue;
    const isNew = before === undefined || !wasRead(before.mark);
    past.push({
      registry: reading.registry,
      repo: reading.repo,
      pullCount: total,
      readAt: reading.readAt,
      day,
      totalSince: since,
      mark: isNew ? 'backfilled' : undefined,
    });
  }
  return [{ ...rest, pullCount: total, day: newest, totalSince: since }, ...past];
}

/**
 * The total before the first published day. It follows from the newest stored day before that, or, where retention has deleted all of
 * those, from the oldest stored day, whose count has long been final.
 */
function totalBefore({ recentDays = [] }: Reading, stored: readonly KnownDay[], since: Day): number {
  const days = recentDays.toReversed();
  const first = days[0]?.day ?? '';
  if (since >= first) return 0;
  const older = stored.findLast(({ day }) => day < first);
  if (older) return older.total;
  const oldest = stored[0];
  if (!oldest) return 0;
  const published = days.filter(({ day }) => day <= oldest.day).reduce((sum, { pulls }) => sum + pulls, 0);
  return Math.max(0, oldest.total - published);
}

function knownDays(series: ImageSeries | undefined): KnownDay[] {
  return Array.from(series?.days ?? [], (day, at) => ({
    day: fromEpochDay(day),
    total: series?.totals[at] ?? 0,
    mark: series?.marks.at(at),
  }));
}
