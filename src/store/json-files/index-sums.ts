/** What the images of an index add up to on each day: counted once, and then changed with each value. */
import type { EpochDay } from '../../core/model/day.ts';
import type { DayNote, DaySum, ImageSeries } from '../../core/model/history.ts';
import type { ImageName } from '../../core/model/image.ts';
import { addDaySums, daySumKey, daySumsOf, negated } from '../../core/numbers/day-sums.ts';
import { unpackMarks, type DaySeries } from './day-series.ts';

interface SummedImage extends ImageName {
  readonly series: DaySeries;
  readonly notes: ReadonlyMap<EpochDay, DayNote>;
}

export interface IndexSums {
  /** Runs a step that changes what is known of one day of an image. */
  around(image: SummedImage, day: EpochDay, step: () => void): void;
  /** As SnapshotStore.daySums; `all`: every image, where they were not counted before. */
  daySums(all: () => Iterable<ImageSeries>, registries?: ReadonlySet<string>): readonly DaySum[];
}

export function createIndexSums(): IndexSums {
  let sums: Map<string, DaySum> | undefined;

  return {
    around(image, day, step) {
      if (!sums) return step();
      for (const sum of sumsAround(image, day)) add(sums, negated(sum));
      step();
      for (const sum of sumsAround(image, day)) add(sums, sum);
    },
    daySums(all, registries) {
      sums ??= new Map(addDaySums(sumsOfAll(all())).map((sum) => [daySumKey(sum), sum]));
      return [...sums.values()].filter(({ registry }) => registries?.has(registry) !== false);
    },
  };
}

function* sumsOfAll(series: Iterable<ImageSeries>): Generator<DaySum> {
  for (const image of series) yield* daySumsOf(image);
}

function sumsAround({ registry, repo, series, notes }: SummedImage, day: EpochDay): Iterable<DaySum> {
  const { days, totals, codes, hasBefore } = series.around(day);
  return [...daySumsOf({ registry, repo, days, totals, marks: unpackMarks(codes), notes }, hasBefore ? 1 : 0)];
}

function add(into: Map<string, DaySum>, added: DaySum): void {
  const key = daySumKey(added);
  const before = into.get(key);
  const [sum] = before ? addDaySums([before, added]) : [added];
  if (sum) into.set(key, sum);
  else into.delete(key);
}
