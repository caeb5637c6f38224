/** Other views that a chart leads to: a stretch of its days, and one of them. They are opened as links of the page are. */
import type uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';

const dayMs = 86_400_000;

/** The address of this page with these parameters. */
function addressWith(changes: Readonly<Record<string, string>>): string {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  return url.href;
}

function open(figure: HTMLElement, href: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.dataset['view'] = '';
  link.hidden = true;
  figure.append(link);
  link.click();
  link.remove();
}

/** Whether the days of a chart can be opened. */
export function opensDays(figure: HTMLElement): boolean {
  return 'opensDays' in figure.dataset;
}

export function openDay(figure: HTMLElement, data: ChartData, at: number | null | undefined): void {
  const day = data.days[at ?? -1];
  if (day !== undefined && opensDays(figure)) open(figure, addressWith({ day }));
}

/** Shows only the days that were dragged over. */
export function openStretch(figure: HTMLElement, data: ChartData, chart: uPlot): void {
  const { left, width } = chart.select;
  if (width <= 0) return;
  const [first, last] = [chart.posToIdx(left), chart.posToIdx(left + width)];
  const [from, to] = [data.days[first], data.days[last]];
  if (from === undefined || to === undefined) return;
  open(figure, addressWith({ range: 'custom', from, to: lastDayOf(to, data.kind), zoomed: figure.dataset['zoomed'] ?? 'all' }));
}

/** Of the day, week or month that begins with this day. */
function lastDayOf(day: string, kind: ChartData['kind']): string {
  const start = new Date(`${day}T00:00:00Z`);
  if (kind === 'weekly') return new Date(start.getTime() + 6 * dayMs).toISOString().slice(0, 10);
  if (kind !== 'monthly') return day;
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).toISOString().slice(0, 10);
}
