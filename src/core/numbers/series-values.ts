/** What is kept of a series beside it: all that a list of images shows. */
import { fromEpochDay, type EpochDay } from '../model/day.ts';
import { listMarks, type ImageSeries, type RecentPulls, type SeriesValues } from '../model/history.ts';
import { isBackfilled, wasRead } from '../model/mark.ts';
import { toPulls } from './series.ts';

/**
 * Days whose pulls are kept: 60 that end with yesterday are compared, and the newest day may be tomorrow, where a registry's clock
 * goes ahead.
 */
const recentDays = 62;

/** @throws RangeError for a series without a day */
export function seriesValues(series: ImageSeries): SeriesValues {
  const marks = listMarks(series);
  const mark = marks.at(-1);
  const first = series.days[0];
  if (mark === undefined || first === undefined) throw new RangeError(`${series.repo} has no totals`);
  const firstRead = series.days[marks.findIndex(wasRead)];
  return {
    mark,
    historySince: fromEpochDay(first),
    firstSeen: firstRead === undefined ? undefined : fromEpochDay(firstRead),
    backfilledDays: marks.filter(isBackfilled).length,
    importedDays: marks.filter((each) => each === 'imported').length,
    recent: recentPulls(series),
  };
}

function recentPulls(series: ImageSeries): RecentPulls {
  const pulls = toPulls(series);
  const days = Array.from(series.days);
  return cutToRecent(
    days.flatMap((day, at): [EpochDay, number][] => (at === 0 ? [] : [[day, pulls[at] ?? 0]])),
    days.at(-1) ?? 0,
  );
}

/** The first day whose pulls are kept of an image with this newest known day. */
export function firstRecentDay(newest: EpochDay): EpochDay {
  return newest - recentDays + 1;
}

/** The part of these pulls that is kept of an image with this newest known day. */
export function cutToRecent(pulls: readonly (readonly [EpochDay, number])[], newest: EpochDay): RecentPulls {
  const first = firstRecentDay(newest);
  const kept = pulls.filter(([day]) => day >= first);
  return { days: Int32Array.from(kept, ([day]) => day), pulls: Float64Array.from(kept, ([, count]) => count) };
}
