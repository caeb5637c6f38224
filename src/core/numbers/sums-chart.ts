/** A chart of all images, from what they add up to on each day and the series of the few that have a line of their own. */
import type { DaySum, ImageSeries } from '../model/history.ts';
import { fromEpochDay, type EpochDay } from '../model/day.ts';
import { toEpochDays, includesDay } from '../model/query.ts';
import { drawChart, restLabel, selectRows, sumLabel, type Chart, type ChartOptions } from './chart.ts';
import { addDaySums, daySumsOf, negated } from './day-sums.ts';
import { startOfPeriod, wholePeriods } from './period.ts';
import { averageRows, knownDays } from './moving-average.ts';
import type { SeriesRow } from './series.ts';
import { partsOfSums, periods } from './value-parts.ts';

export interface SummedImages {
  /** What all images of the chart add up to. */
  readonly sums: readonly DaySum[];
  /** The series that have lines of their own, under the labels of these; they are part of the sums. Only where images are split. */
  readonly own?: readonly ImageSeries[] | undefined;
  /** The labels of these lines, in their order. */
  readonly labels?: readonly string[] | undefined;
}

/** The same chart as buildChart makes of the series of all images; `labels` and `own` are for a split by image, which buildChart works out itself. */
export function buildSumsChart({ sums, own = [], labels = [] }: SummedImages, options: Omit<ChartOptions, 'maxLines'>): Chart {
  const drawn = { kind: options.kind, parts: partsOfSums(sums, options.kind), firstDay: knownDays(sums)[0] ?? Infinity };
  if (options.split === 'none') return drawChart(sumRows(sumLabel, sums, options), [sumLabel], drawn);
  if (options.split === 'registry') {
    const registries = [...new Set(sums.map(({ registry }) => registry))];
    const newest = new Map(registries.map((id) => [id, sums.reduce((sum, each) => sum + (each.registry === id ? each.step : 0), 0)]));
    const order = registries.toSorted((a, b) => (newest.get(b) ?? 0) - (newest.get(a) ?? 0) || (a < b ? -1 : 1));
    const rows = order.flatMap((id) => [
      ...sumRows(
        id,
        sums.filter(({ registry }) => registry === id),
        options,
      ),
    ]);
    return drawChart(rows, order, drawn);
  }
  const rest = addDaySums(withoutSeries(sums, own));
  return drawChart([...selectRows(own, options), ...sumRows(restLabel, rest, options)], [...labels, restLabel], drawn);
}

function* withoutSeries(sums: readonly DaySum[], own: readonly ImageSeries[]): Generator<DaySum> {
  yield* sums;
  for (const image of own) for (const sum of daySumsOf(image)) yield negated(sum);
}

/** The rows of one line, under a label. */
function sumRows(label: string, sums: readonly DaySum[], { kind, from, to }: Omit<ChartOptions, 'maxLines'>): SeriesRow[] {
  if (kind === 'average') return averageRows(label, sums, { from, to });
  const byDay = new Map<EpochDay, { values: number; pulls: number; step: number }>();
  for (const { day, values, pulls, step } of sums) {
    const known = byDay.get(day);
    byDay.set(day, { values: (known?.values ?? 0) + values, pulls: (known?.pulls ?? 0) + pulls, step: (known?.step ?? 0) + step });
  }
  const days = [...byDay].filter(([, { values }]) => values > 0).toSorted(([a], [b]) => a - b);
  if (kind === 'total') {
    let total = 0;
    return days
      .map(([day, { step }]) => ({ day: fromEpochDay(day), repo: label, value: (total += step) }))
      .filter(({ day }) => includesDay({ from, to }, day));
  }
  const period = kind === 'daily' ? undefined : periods[kind];
  const [first, last] = toEpochDays(period ? wholePeriods({ from, to }, period) : { from, to });
  const values = new Map<EpochDay, number>();
  for (const [day, { pulls }] of days) {
    if (day < first || day > last) continue;
    const shown = period ? startOfPeriod(day, period) : day;
    values.set(shown, (values.get(shown) ?? 0) + pulls);
  }
  return Array.from(values, ([day, value]) => ({ day: fromEpochDay(day), repo: label, value }));
}
