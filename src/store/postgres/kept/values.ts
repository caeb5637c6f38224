/** What is kept of each image, worked out from what was kept and what changed. */
import { fromEpochDay, type Day } from '../../../core/model/day.ts';
import { listMarks, type SeriesValues } from '../../../core/model/history.ts';
import { isBackfilled, wasRead, type Mark } from '../../../core/model/mark.ts';
import { cutToRecent } from '../../../core/numbers/series-values.ts';
import { partSums, type SeriesPart } from './parts.ts';

/** The mark is stored with the newest total. */
export type KeptValues = Omit<SeriesValues, 'mark'>;

/**
 * The values after a change: `before` and `after` are the same days of the series. `firstSeen` is not known where the first day that was
 * read no longer counts as read.
 */
export function changeValues(
  kept: KeptValues | undefined,
  before: SeriesPart | undefined,
  after: SeriesPart,
): KeptValues & { readonly isFirstSeenLost: boolean } {
  const [marksBefore, marksAfter] = [before ? listMarks(before.series) : [], listMarks(after.series)];
  const count = (kind: (mark: Mark) => boolean): number => marksAfter.filter(kind).length - marksBefore.filter(kind).length;
  const firstDay = fromEpochDay(after.series.days[0] ?? 0);
  const read = after.series.days[marksAfter.findIndex(wasRead)];
  const firstRead = read === undefined ? undefined : fromEpochDay(read);
  return {
    historySince: earliest(kept?.historySince, firstDay) ?? firstDay,
    firstSeen: earliest(kept?.firstSeen, firstRead),
    isFirstSeenLost: before !== undefined && isReadOn(before, kept?.firstSeen) && !isReadOn(after, kept?.firstSeen),
    backfilledDays: (kept?.backfilledDays ?? 0) + count(isBackfilled),
    importedDays: (kept?.importedDays ?? 0) + count((mark) => mark === 'imported'),
    recent: changeRecent(kept, after),
  };
}

function isReadOn({ series }: SeriesPart, day: Day | undefined): boolean {
  const at = day === undefined ? -1 : Array.from(series.days).findIndex((each) => fromEpochDay(each) === day);
  return at >= 0 && wasRead(series.marks.at(at));
}

function earliest(a: Day | undefined, b: Day | undefined): Day | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function changeRecent(kept: KeptValues | undefined, after: SeriesPart): KeptValues['recent'] {
  const { days = [], pulls = [] } = kept?.recent ?? {};
  const byDay = new Map(Array.from(days, (day, at) => [day, pulls[at] ?? 0]));
  for (const sum of partSums(after)) byDay.set(sum.day, sum.pulls);
  // The first known day has no pulls.
  if (!after.hasBefore) byDay.delete(after.series.days[0] ?? 0);
  return cutToRecent([...byDay].toSorted(([a], [b]) => a - b));
}
