/** The digest of a time: the report on it, top movers, milestones and problems. */
import { fromEpochDay, toEpochDay, type Day } from '../model/day.ts';
import type { EventKind } from '../model/event.ts';
import type { Digest } from '../model/notice.ts';
import { pullsByDay } from '../numbers/series.ts';
import type { ImageSeries } from '../model/history.ts';
import type { ImageEvent } from './events.ts';
import { formatExact } from './format.ts';
import { formatGrowth, readableName, reportColumns, rowCells, sumCells } from './report-cells.ts';
import type { Report, ReportRow } from './report.ts';

const maxRows = 100;
const maxMovers = 5;
const maxLines = 20;

const problemKinds: ReadonlySet<EventKind> = new Set([
  'counter_went_down',
  'frozen',
  'inconsistent',
  'image_gone',
  'registry_dark',
  'collecting_failed',
  'storing_failed',
  'notification_failed',
]);

/** Whether an event says that something is wrong. */
export function isProblem({ kind }: Pick<ImageEvent, 'kind'>): boolean {
  return problemKinds.has(kind);
}

export interface DigestSources {
  readonly report: Report;
  readonly series: readonly ImageSeries[];
  /** Those of the reported days. */
  readonly events: readonly ImageEvent[];
  /** What an event is about, for people. */
  readonly subject: (event: ImageEvent) => string;
}

export function buildDigest({ report, series, events, subject }: DigestSources): Digest {
  const { from, to, rows } = report;
  const lines = (wanted: (event: ImageEvent) => boolean): string[] => {
    const all = events.filter(wanted).map((event) => `${event.time.slice(0, 10)} ${subject(event)}: ${event.text}`);
    return all.length > maxLines ? [...all.slice(0, maxLines), `and ${all.length - maxLines} more`] : all;
  };
  return {
    from,
    to,
    head: reportColumns,
    rows: rows.slice(0, maxRows).map((row) => rowCells(row)),
    moreRows: Math.max(0, rows.length - maxRows),
    sum: sumCells(report),
    movers: topMovers(rows),
    milestones: lines(({ kind }) => kind === 'milestone'),
    problems: lines(isProblem),
    daily: dailyPulls(series, from, to),
  };
}

/** Those whose pulls changed most, up or down, from the same number of days before. */
function topMovers(rows: readonly ReportRow[]): string[] {
  return rows
    .flatMap((row) => (row.growth.change === undefined || row.growth.change === 0 ? [] : [{ row, change: row.growth.change }]))
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, maxMovers)
    .map(({ row, change }) => {
      const difference = `${change < 0 ? '−' : '+'}${formatExact(Math.abs(change))}`;
      const growth = formatGrowth(row.growth);
      return `${readableName(row.name)}: ${difference} pulls${growth.endsWith('%') ? ` (${growth})` : ''}`;
    });
}

/** The pulls of all images together on each day. */
function dailyPulls(series: readonly ImageSeries[], from: Day, to: Day): (number | null)[] {
  const merged = series.map((image) => ({ ...image, repo: '' }));
  const byDay = new Map(Array.from(pullsByDay(merged, { from, to }), ({ day, value }) => [day, value]));
  const [first, last] = [toEpochDay(from), toEpochDay(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => byDay.get(fromEpochDay(first + at)) ?? null);
}
