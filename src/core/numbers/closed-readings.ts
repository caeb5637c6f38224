/** What a reading tells about the days before it, as readings of those days. */
import { fromEpochDay, dayOf, type EpochDay } from '../model/day.ts';
import type { ImageSeries, LatestImage } from '../model/history.ts';
import { isEndOfDay, wasRead, type Mark } from '../model/mark.ts';
import type { Reading } from '../model/reading.ts';
import { closeDays, type Certainty, type DayEnd, type KnownTotal } from './closed-days.ts';

/** What is stored of the image. */
export interface KnownImage {
  readonly series?: ImageSeries | undefined;
  readonly latest?: LatestImage | undefined;
}

/**
 * The reading as it is to be stored, with the day that it is of and whether its total agrees with the daily counts, and the exact totals of
 * past days that were not known, or not exactly. A reading without daily counts is returned as it is.
 */
export function closedReadings(reading: Reading, { series, latest }: KnownImage): readonly [Reading, ...Reading[]] {
  const { registry, repo, pullCount, readAt, recentDays } = reading;
  if (!recentDays) return [reading];
  const totals = knownTotals(series);
  const page = { readAt: Date.parse(readAt), total: pullCount, bars: recentDays };
  const closing = closeDays(page, { totals, lastRead: latest?.pullCount, discrepancy: latest?.discrepancy });

  const toReading = ({ day, total, pulls }: DayEnd): Reading => {
    const mark: Mark = totals.get(day)?.certainty === 'read' ? 'closed' : 'backfilled';
    return { registry, repo, pullCount: total, readAt, day: fromEpochDay(day), mark, dayPulls: pulls };
  };
  const day = closing.day === undefined ? undefined : fromEpochDay(closing.day);
  const isChecked = day !== undefined;
  const newest: Reading = {
    ...reading,
    day: day === dayOf(page.readAt) ? undefined : day,
    mark: isChecked ? closing.discrepancy?.kind : undefined,
    dayPulls: closing.pulls,
    discrepancy: closing.discrepancy,
  };
  return [newest, ...closing.ends.map(toReading)];
}

function knownTotals(series: ImageSeries | undefined): Map<EpochDay, KnownTotal> {
  const entries = Array.from(series?.days ?? [], (day, at): [EpochDay, KnownTotal] => {
    return [day, { total: series?.totals[at] ?? 0, certainty: toCertainty(series?.marks.at(at)) }];
  });
  return new Map(entries);
}

function toCertainty(mark: Mark | undefined): Certainty {
  if (isEndOfDay(mark)) return 'end';
  return wasRead(mark) && mark !== 'imported' ? 'read' : 'uncertain';
}
