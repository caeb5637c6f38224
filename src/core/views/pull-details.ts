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
  const freezes = await findAllFreezes(store, query);
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

/** What is known of the values of a day, by position. */
interface KnownValues {
  readonly day: EpochDay;
  readonly totals: Float64Array;
  readonly pulls: Float64Array;
  /** How many days each value covers. */
  readonly covered: Float64Array;
  readonly markOf: (position: number) => DaySum['mark'];
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
    const covered = new Float64Array(images.length).fill(1);
    for (let position = 0; position < covered.length; position += 1) {
      if (Number.isNaN(known.totals[position])) continue;
      const start = since[position] ?? Number.NaN;
      const isStill = still[position]?.still.has(day) === true;
      if (!isStill && !Number.isNaN(start)) covered[position] = day - start;
      if (!isStill || Number.isNaN(start)) since[position] = day;
    }
    const markOf = (position: number): DaySum['mark'] => (still[position]?.still.has(day) ? 'still' : (known.marks?.[position] ?? 'read'));
    const values = { day, pulls, covered, markOf, totals: known.totals };
    yield { day, values: sumLines(lines, pulls, pulls), detailsOf: (line) => toDetails(lines[line], images, values) };
  }
}

function toDetails(line: RowLine | undefined, images: readonly ImageName[], values: KnownValues): PullDetails {
  const own = line?.positions.filter((position) => !Number.isNaN(values.totals[position])) ?? [];
  const [first, ...others] = own;
  // Most rows are one image.
  if (first !== undefined && others.length === 0) return detailsOfValue(first, values);
  const sums = own.map((position) => toSum(images[position]?.registry ?? '', position, values));
  const parts = partsOfSums(sums, 'daily').get(fromEpochDay(values.day));
  const several = parts?.parts.get('severalDays');
  const mark = detailMarks.find((each) => parts && kindsOf(each).some((kind) => isMarked(parts, kind)));
  return { days: several?.days ?? 1, severalDaysPulls: several?.sum ?? 0, mark: mark ?? 'read' };
}

/** The same of a value that is not a sum. */
function detailsOfValue(position: number, { pulls, covered, markOf }: KnownValues): PullDetails {
  const days = covered[position] ?? 1;
  const mark = markOf(position);
  return {
    days,
    severalDaysPulls: days > 1 ? (pulls[position] ?? 0) : 0,
    mark: mark === 'still' ? 'frozen' : mark === 'estimated' ? 'backfilled' : mark,
  };
}

function toSum(registry: string, position: number, { day, totals, pulls, covered, markOf }: KnownValues): DaySum {
  // Of the last three no detail says anything.
  const [total = 0, value = 0] = [totals[position], pulls[position]];
  return {
    registry,
    day,
    mark: markOf(position),
    covered: covered[position] ?? 1,
    values: 1,
    pulls: value,
    total,
    step: 0,
    resets: 0,
    fall: 0,
  };
}

function kindsOf(mark: PullDetails['mark']): readonly PartKind[] {
  return mark === 'frozen' ? ['frozen', 'still'] : [mark];
}
