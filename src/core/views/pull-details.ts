/** What is known of each row of daily pulls beside its value. */
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import type { DailyTotals, DaySum } from '../model/history.ts';
import { imageKey, type ImageName } from '../model/image.ts';
import type { SeriesQuery } from '../model/query.ts';
import { pullsOfDays, sumLines, type DayValues, type RowLine } from '../numbers/daily-rows.ts';
import { withStillDays } from '../numbers/freezes.ts';
import { isMarked, partsOfSums, type PartKind } from '../numbers/value-parts.ts';
import type { SnapshotStore } from '../ports.ts';
import { findAllFreezes } from './all-freezes.ts';
import { isOwnerFrozen, seriesInBatches } from './frozen-series.ts';

/** How a value is known; of a sum the first of these that is true of a tenth of it or more. */
export const detailMarks = ['inconsistent', 'frozen', 'backfilled', 'imported', 'read', 'closed'] as const;

export interface PullDetails {
  /** The most days that a part of the value covers; 1 where each part is of its day. */
  readonly days: number;
  /** The pulls of it that cover more than one day. */
  readonly severalDaysPulls: number;
  readonly mark: (typeof detailMarks)[number];
}

export interface DetailedDayValues extends DayValues {
  /** Of the row of a line, by its position. */
  readonly detailsOf: (line: number) => PullDetails;
}

/** What a registry did not update, of one image. */
export interface StillImage {
  readonly still: ReadonlySet<EpochDay>;
  /** The day from which the first value of a range counts; undefined where none is known before it. */
  readonly before: EpochDay | undefined;
}

/** Those of these images that were read while their registry did not update its counters, by key. `from`: the first day of the range. */
export async function findStillImages(
  store: Pick<SnapshotStore, 'totals' | 'dailyTotals' | 'daySums' | 'latest' | 'events'>,
  images: readonly ImageName[],
  query: SeriesQuery,
  from: Day | undefined,
): Promise<ReadonlyMap<string, StillImage>> {
  const freezes = await findAllFreezes(store, undefined, query);
  const frozen = images.filter((image) => freezes.some((freeze) => isOwnerFrozen(freeze, image)));
  const found = new Map<string, StillImage>();
  for await (const series of seriesInBatches(store, frozen)) {
    for (const { still, ...image } of withStillDays(series, freezes)) {
      if (!still || still.size === 0) continue;
      const days = Array.from(image.days).filter((day) => from !== undefined && day < toEpochDay(from));
      found.set(imageKey(image), { still, before: days.findLast((day) => !still.has(day)) ?? days[0] });
    }
  }
  return found;
}

/** The rows of pullsByDay, each with its details. The totals have their marks. */
export async function* detailedPullValues(
  totals: DailyTotals,
  lines: readonly RowLine[],
  stillImages: ReadonlyMap<string, StillImage>,
): AsyncGenerator<DetailedDayValues> {
  const { images, before } = totals;
  const still = images.map((image) => stillImages.get(imageKey(image)));
  /** By position: the newest day before on which the registry had updated its counter, or else the first known one. */
  const since = Float64Array.from(before.days, (day, position) => still[position]?.before ?? day);
  for await (const { day, pulls, totals: known } of pullsOfDays(totals)) {
    const sums = new Map<number, DaySum>();
    for (const [position, total] of known.totals.entries()) {
      const image = images[position];
      if (!image || Number.isNaN(total)) continue;
      const start = since[position] ?? Number.NaN;
      const isStill = still[position]?.still.has(day) === true;
      const covered = isStill || Number.isNaN(start) ? 1 : day - start;
      const mark = isStill ? 'still' : (known.marks?.[position] ?? 'read');
      // Of the last three no detail says anything.
      const sum = { values: 1, pulls: pulls[position] ?? 0, total, step: 0, resets: 0, fall: 0 };
      sums.set(position, { registry: image.registry, day, mark, covered, ...sum });
      if (!isStill || Number.isNaN(start)) since[position] = day;
    }
    yield { day, values: sumLines(lines, pulls, pulls), detailsOf: (line) => toDetails(day, lines[line], sums) };
  }
}

function toDetails(day: EpochDay, line: RowLine | undefined, sums: ReadonlyMap<number, DaySum>): PullDetails {
  const own = line?.positions.map((position) => sums.get(position)).filter((sum) => sum !== undefined) ?? [];
  const parts = partsOfSums(own, 'daily').get(fromEpochDay(day));
  const several = parts?.parts.get('severalDays');
  const mark = detailMarks.find((each) => parts && kindsOf(each).some((kind) => isMarked(parts, kind)));
  return { days: several?.days ?? 1, severalDaysPulls: several?.sum ?? 0, mark: mark ?? 'read' };
}

function kindsOf(mark: PullDetails['mark']): readonly PartKind[] {
  return mark === 'frozen' ? ['frozen', 'still'] : [mark];
}
