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
  return cutToRecent(Array.from(series.days).flatMap((day, at): [EpochDay, number][] => (at === 0 ? [] : [[day, pulls[at] ?? 0]])));
}

/** The part of these pulls, ascending by day, that is kept. */
export function cutToRecent(pulls: readonly (readonly [EpochDay, number])[]): RecentPulls {
  const newest = pulls.at(-1)?.[0] ?? 0;
  const kept = pulls.filter(([day]) => day > newest - recentDays);
  return { days: kept.map(([day]) => day), pulls: kept.map(([, count]) => count) };
}
