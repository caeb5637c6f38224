/** A point of a chart in words: for the tooltip, and for those who hear it. */
import { visibleLines, type ChartData } from './chart-data.ts';

export interface PointRow {
  readonly label: string;
  /** Among all lines of the chart. */
  readonly place: number;
  readonly value: string;
  readonly previous?: string | undefined;
}

export interface Point {
  readonly title: string;
  readonly rows: readonly PointRow[];
  /** Of several values, where they add up. */
  readonly sum?: string | undefined;
  readonly notes: readonly string[];
}

const exact = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

/** The values of a day that are not hidden, with notes where they were not simply read. */
export function pointOf(data: ChartData, at: number, hidden: ReadonlySet<string>): Point {
  const { days, remarks, releases = [], partial, unit, isOverlapping } = data;
  const day = days[at] ?? '';
  const rows = visibleLines(data, hidden).flatMap(([{ label, values, previous }, place]): PointRow[] => {
    const [value, before] = [values[at] ?? null, previous?.[at] ?? null];
    return value === null
      ? []
      : [{ label, place, value: exact.format(value), previous: before === null ? undefined : exact.format(before) }];
  });
  const sum = visibleLines(data, hidden).reduce((all, [{ values }]) => all + (values[at] ?? 0), 0);
  return {
    title: day,
    rows,
    sum: rows.length > 1 && unit === 'pulls' && !isOverlapping ? exact.format(sum) : undefined,
    notes: [
      ...(at === 0 && partial.first !== undefined ? [partial.first] : []),
      ...(at === days.length - 1 && partial.last !== undefined ? [partial.last] : []),
      ...(data.lines.every(({ values }) => values[at] === null) ? ['no data; the next value covers these days'] : []),
      ...(remarks[day]?.texts ?? []),
      ...releases.filter((release) => release.day === day).map(({ tags }) => `pushed: ${someOf(tags)}`),
    ],
  };
}

function someOf(tags: readonly string[]): string {
  return tags.slice(0, 5).join(', ') + (tags.length > 5 ? ` and ${tags.length - 5} more` : '');
}

/** The day, week or month as a heading. */
export function periodText(day: string, kind: ChartData['kind']): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (kind === 'monthly') return month.format(date);
  return kind === 'weekly' ? `Week of ${day}` : `${weekday.format(date)} ${day}`;
}

/** The point as one sentence. */
export function pointText({ title, rows, sum, notes }: Point): string {
  const values = rows.map(({ label, value }) => (rows.length === 1 && label === 'Pulls' ? value : `${label} ${value}`));
  const parts = [...(values.length > 0 ? [values.join(', ')] : []), ...(sum === undefined ? [] : [`sum ${sum}`]), ...notes];
  return `${title}: ${parts.join(' · ')}`;
}
