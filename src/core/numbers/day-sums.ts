/** What many images add up to on each day, kept so that nobody has to add them up again. */
import type { EpochDay } from '../model/day.ts';
import type { DaySum, ImageSeries } from '../model/history.ts';
import { coveredDays } from './covered-days.ts';
import { toPulls } from './series.ts';

/** What each known day of an image adds; `from`: only from this position on, where the ones before are there to compare with. */
export function* daySumsOf(image: ImageSeries, from = 0): Generator<DaySum> {
  const { registry, days, totals, marks, still } = image;
  const pulls = toPulls(image);
  for (let at = from; at < days.length; at += 1) {
    const [day, total] = [days[at] ?? 0, totals[at] ?? 0];
    const step = at === 0 ? total : total - (totals[at - 1] ?? 0);
    const isReset = at > 0 && step < 0;
    yield {
      registry,
      day,
      mark: still?.has(day) ? 'still' : (marks.at(at) ?? 'read'),
      covered: coveredDays(image, at),
      values: 1,
      pulls: pulls[at] ?? 0,
      total,
      step,
      resets: isReset ? 1 : 0,
      fall: isReset ? -step : 0,
    };
  }
}

/** A sum with the opposite sign, to take it out of others. */
export function negated(sum: DaySum): DaySum {
  const { values, pulls, total, step, resets, fall } = sum;
  return { ...sum, values: -values, pulls: -pulls, total: -total, step: -step, resets: -resets, fall: -fall };
}

/** Adds up what belongs together; what adds up to nothing is left out. In no order. */
export function addDaySums(sums: Iterable<DaySum>): readonly DaySum[] {
  // There are millions of values and few sums a day: looking through those costs less than a key for each value.
  const days = new Map<EpochDay, Mutable<DaySum>[]>();
  for (const sum of sums) {
    const ofDay = days.get(sum.day);
    const own = ofDay?.find((each) => each.mark === sum.mark && each.covered === sum.covered && each.registry === sum.registry);
    if (own) addTo(own, sum);
    else if (ofDay) ofDay.push({ ...sum });
    else days.set(sum.day, [{ ...sum }]);
  }
  return [...days.values()].flatMap((ofDay) => ofDay.filter((sum) => !isNothing(sum)));
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What two sums have in common that can be added. */
export function daySumKey({ registry, day, mark, covered }: DaySum): string {
  return `${day} ${registry} ${mark} ${covered}`;
}

function addTo(sum: Mutable<DaySum>, { values, pulls, total, step, resets, fall }: DaySum): void {
  sum.values += values;
  sum.pulls += pulls;
  sum.total += total;
  sum.step += step;
  sum.resets += resets;
  sum.fall += fall;
}

function isNothing({ values, pulls, total, step, resets, fall }: DaySum): boolean {
  return values === 0 && pulls === 0 && total === 0 && step === 0 && resets === 0 && fall === 0;
}
