/** A point of a chart in words. */
import type { ChartData } from './chart-data.ts';

const exact = new Intl.NumberFormat('en');

/** What is known of a day, with the reason where its value is not simply one that was read. `goesOn`: the last one has not ended. */
export function pointText({ days, lines, remarks, releases = [] }: ChartData, at: number, goesOn: boolean): string {
  const day = days[at] ?? '';
  const known = lines.flatMap(({ label, values }) => {
    const value = values[at] ?? null;
    if (value === null) return [];
    return [lines.length === 1 ? exact.format(value) : `${label} ${exact.format(value)}`];
  });
  const { backfilled = 0, reset = 0, doubtful = 0, imported = 0 } = remarks[day] ?? {};
  const parts = [
    known.length > 0 ? known.join(', ') : 'not read; the next value has the whole difference',
    ...(backfilled > 0 ? ["reconstructed from the registry's own days"] : []),
    ...(imported > 0 ? ['imported from other records'] : []),
    ...(reset > 0 ? ['a counter went down; counted as 0'] : []),
    ...(doubtful > 0 ? ["in doubt: contradicts the registry's own days"] : []),
    ...releases.filter((release) => release.day === day).map(({ tags }) => `pushed: ${tags.slice(0, 5).join(', ')}`),
  ];
  return `${day}${goesOn && at === days.length - 1 ? ' so far' : ''}: ${parts.join(' · ')}`;
}
