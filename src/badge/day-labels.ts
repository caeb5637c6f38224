/** Which days are labeled below a chart. */
import type { ChartKind } from '../core/numbers/chart.ts';
import { fromEpochDay, toEpochDay, type EpochDay } from '../core/model/day.ts';
import { formatShortDay, formatShortMonth } from '../core/views/format.ts';

export interface DayLabel {
  readonly day: EpochDay;
  readonly text: string;
}

interface Step {
  /** About how many days it is long. */
  readonly length: number;
  readonly unit: 'day' | 'month' | 'year';
  readonly count: number;
}

const steps: readonly Step[] = [
  ...[1, 2, 7, 14].map((count): Step => ({ length: count, unit: 'day', count })),
  ...[1, 2, 3, 6].map((count): Step => ({ length: count * 30.4, unit: 'month', count })),
  ...[1, 2, 5, 10, 50, 1_000].map((count): Step => ({ length: count * 365.25, unit: 'year', count })),
];
const minLength: Readonly<Record<ChartKind, number>> = { total: 1, daily: 1, average: 1, weekly: 7, monthly: 30 };
/** 1970-01-05. */
const firstMonday = 4;

/** The days from `first` to `last` to label: days, Mondays, firsts of months or years; about `maxLabels` of them, at least one. */
export function dayLabels(first: EpochDay, last: EpochDay, kind: ChartKind, maxLabels: number): readonly DayLabel[] {
  const fitting = steps.find(({ length }) => length >= minLength[kind] && (last - first) / length < Math.max(maxLabels, 1));
  const step = fitting ?? { length: 365_250, unit: 'year', count: 1_000 };
  const days =
    step.unit === 'day' ? everyDay(first, last, step.count) : everyMonth(first, last, step.unit === 'month' ? step.count : step.count * 12);
  const text = formatters[step.unit];
  return days.length === 0
    ? [{ day: first, text: formatters[kind === 'monthly' ? 'month' : 'day'](first) }]
    : days.map((day) => ({ day, text: text(day) }));
}

const formatters: Readonly<Record<Step['unit'], (day: EpochDay) => string>> = {
  day: (day) => formatShortDay(fromEpochDay(day)),
  month: (day) => formatShortMonth(fromEpochDay(day)),
  year: (day) => fromEpochDay(day).slice(0, 4),
};

/** Every `count`-th day; whole weeks are Mondays. */
function everyDay(first: EpochDay, last: EpochDay, count: number): EpochDay[] {
  const found: EpochDay[] = [];
  const start = Math.ceil((first - firstMonday) / count) * count + firstMonday;
  for (let day = start; day <= last; day += count) found.push(day);
  return found;
}

/** The first day of every `count`-th month, counted from a January. */
function everyMonth(first: EpochDay, last: EpochDay, count: number): EpochDay[] {
  const found: EpochDay[] = [];
  const [year = 0, month = 1] = fromEpochDay(first).split('-').map(Number);
  for (let at = Math.floor((year * 12 + month - 1) / count) * count; ; at += count) {
    const day = firstOfMonth(at);
    // Also ends past the last valid day, where the comparison is with NaN.
    if (!(day <= last)) return found;
    if (day >= first) found.push(day);
  }
}

/** `month`: counted from January of the year 0. */
function firstOfMonth(month: number): EpochDay {
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return toEpochDay(`${year}-${String((month % 12) + 1).padStart(2, '0')}-01`);
}
