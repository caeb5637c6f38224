/** A point of a chart in words. */
import type { ChartData } from './chart-data.ts';

const exact = new Intl.NumberFormat('en');

/** The values of a day, with a note where they were not simply read. `goesOn`: the last one is still in progress. */
export function pointText({ days, lines, remarks, releases = [] }: ChartData, at: number, goesOn: boolean): string {
  const day = days[at] ?? '';
  const texts = lines.flatMap(({ label, values }) => {
    const value = values[at] ?? null;
    if (value === null) return [];
    return [lines.length === 1 ? exact.format(value) : `${label} ${exact.format(value)}`];
  });
  const parts = [
    texts.length > 0 ? texts.join(', ') : 'no data; the next value covers these days',
    ...(remarks[day]?.texts ?? []),
    ...releases.filter((release) => release.day === day).map(({ tags }) => `pushed: ${tags.slice(0, 5).join(', ')}`),
  ];
  return `${day}${goesOn && at === days.length - 1 ? ' (in progress)' : ''}: ${parts.join(' · ')}`;
}
