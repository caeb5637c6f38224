/** What is kept of a series beside it: all that a list of images shows. */
import { fromEpochDay, type EpochDay } from '../model/day.ts';
import type { ImageSeries, RecentPulls, SeriesValues } from '../model/history.ts';
import { isBackfilled, wasRead } from '../model/mark.ts';
import { toPulls } from './series.ts';

/**
 * Days whose pulls are kept: 60 that end with yesterday are compared, and the newest day may be tomorrow, where a registry's clock
 * goes ahead.
 */
const recentDays = 62;

/** @throws RangeError for a series without a day */
export function seriesValues(series: ImageSeries): SeriesValues {
  const { days, marks, repo } = series;
  const [mark, first] = [marks.at(days.length - 1), days[0]];
  if (mark === undefined || first === undefined) throw new RangeError(`${repo} has no totals`);
  let firstRead: EpochDay | undefined;
  let backfilledDays = 0;
  let importedDays = 0;
  for (let at = 0; at < days.length; at += 1) {
    const each = marks.at(at) ?? 'read';
    if (wasRead(each)) firstRead ??= days[at];
    if (isBackfilled(each)) backfilledDays += 1;
    if (each === 'imported') importedDays += 1;
  }
  return {
    mark,
    historySince: fromEpochDay(first),
    firstSeen: firstRead === undefined ? undefined : fromEpochDay(firstRead),
    backfilledDays,
    importedDays,
    recent: recentPulls(series),
  };
}

/** Only of the days that are kept: the first known day of an image has no pulls. */
function recentPulls(series: ImageSeries): RecentPulls {
  const newest = series.days[series.days.length - 1] ?? 0;
  let from = series.days.length - 1;
  while (from > 0 && (series.days[from] ?? 0) >= firstRecentDay(newest)) from -= 1;
  const days = Array.from({ length: series.days.length - from }, (_, at) => series.days[from + at] ?? 0);
  const totals = days.map((_, at) => series.totals[from + at] ?? 0);
  const pulls = toPulls({ ...series, days, totals });
  return { days: days.slice(1), pulls: pulls.slice(1) };
}

/** The first day whose pulls are kept of an image with this newest known day. */
export function firstRecentDay(newest: EpochDay): EpochDay {
  return newest - recentDays + 1;
}

/** The part of these pulls that is kept of an image with this newest known day. */
export function cutToRecent(pulls: readonly (readonly [EpochDay, number])[], newest: EpochDay): RecentPulls {
  const first = firstRecentDay(newest);
  const kept = pulls.filter(([day]) => day >= first);
  return { days: kept.map(([day]) => day), pulls: kept.map(([, count]) => count) };
}
