/** Charts drawn on the server, for READMEs and for pages without JavaScript. */
import type { ChartKind } from '../core/chart.ts';
import { toEpochDay, type Day } from '../core/day.ts';
import { formatCount, formatExact } from '../core/format.ts';
import type { Mark } from '../core/model.ts';
import { labelled, ticks } from './scale.ts';

export interface ChartPoint {
  readonly day: Day;
  readonly value: number;
  readonly mark?: Mark | undefined;
}

export interface ChartDrawing {
  readonly title: string;
  /** By ascending day; a day that is not there is a gap. */
  readonly points: readonly ChartPoint[];
  readonly kind: ChartKind;
  readonly theme: 'light' | 'dark';
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

interface Colors {
  readonly ground: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly ink: string;
}

const themes: Readonly<Record<ChartDrawing['theme'], Colors>> = {
  light: { ground: '#ffffff', text: '#16202c', muted: '#56616e', line: '#dde2e8', ink: '#0b62c4' },
  dark: { ground: '#171e26', text: '#e6ebf1', muted: '#9aa7b5', line: '#2b3542', ink: '#4aa3ff' },
};
const margin = { top: 44, right: 20, bottom: 30, left: 56 };
/** A line through more points than this looks the same. */
const mostPoints = 400;
const font = 'system-ui, -apple-system, sans-serif';
const stepDays: Readonly<Record<ChartKind, number>> = { total: 1, daily: 1, weekly: 7, monthly: 31 };

/** The chart as an SVG document without scripts and references. */
export function chartSvg(drawing: ChartDrawing): string {
  const { title, points, width, height, theme } = drawing;
  const colors = themes[theme];
  const newest = points.at(-1);
  const description = newest ? `${formatExact(newest.value)} on ${newest.day}` : 'no data yet';
  const body = points.length === 0 ? emptyText(drawing, colors) : plotted(drawing, colors);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${font}" font-size="12">
<title>${escaped(title)}</title><desc>${escaped(description)}</desc>
<defs><pattern id="h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${colors.ink}" fill-opacity=".25"/><line x1="0" y1="0" x2="0" y2="6" stroke="${colors.ink}" stroke-width="2.5"/></pattern></defs>
<rect width="${width}" height="${height}" rx="8" fill="${colors.ground}"/>
<text x="16" y="26" fill="${colors.text}" font-size="15" font-weight="600">${escaped(title)}</text>
${newest ? `<text x="${width - margin.right}" y="26" fill="${colors.text}" font-size="15" font-weight="600" text-anchor="end">${formatCount(newest.value)}</text>` : ''}
${body}
</svg>
`;
}

function emptyText({ width, height }: ChartDrawing, { muted }: Colors): string {
  return `<text x="${width / 2}" y="${height / 2}" fill="${muted}" text-anchor="middle">no data yet</text>`;
}

interface Axes {
  readonly xOf: (day: Day) => number;
  readonly yOf: (value: number) => number;
  /** Width of the plot in pixels, and of one day of it. */
  readonly plotWidth: number;
  readonly dayWidth: number;
  readonly bottom: number;
}

function plotted(drawing: ChartDrawing, colors: Colors): string {
  const { points, kind, width, height } = drawing;
  const values = points.map(({ value }) => value);
  const [least, most] = [kind === 'total' ? lowest(values) : 0, Math.max(...values, 1)];
  const plotHeight = height - margin.top - margin.bottom;
  const levels = ticks(least, most, Math.max(2, Math.floor(plotHeight / 48)));
  const [low = 0, high = 1] = [levels[0], levels.at(-1)];
  const [first, last] = [toEpochDay(points[0]?.day ?? ''), toEpochDay(points.at(-1)?.day ?? '')];
  const plotWidth = width - margin.left - margin.right;
  const days = last - first + stepDays[kind];
  const bottom = height - margin.bottom;
  const axes: Axes = {
    xOf: (day) => margin.left + ((toEpochDay(day) - first + stepDays[kind] / 2) / days) * plotWidth,
    yOf: (value) => bottom - ((value - low) / Math.max(high - low, 1)) * plotHeight,
    plotWidth,
    dayWidth: plotWidth / days,
    bottom,
  };
  const grid = levels.map((level) => {
    const y = pixel(axes.yOf(level));
    return `<line x1="${margin.left}" y1="${y}" x2="${width - margin.right}" y2="${y}" stroke="${colors.line}"/><text x="${margin.left - 8}" y="${pixel(axes.yOf(level) + 4)}" fill="${colors.muted}" text-anchor="end">${formatCount(level)}</text>`;
  });
  return [...grid, dayLabels(points, axes, colors), kind === 'total' ? line(points, axes, colors) : bars(drawing, axes, colors)].join('\n');
}

/** The ground of a line of totals: 0, unless that would press it flat against the top. */
function lowest(values: readonly number[]): number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least < most * 0.3 || least === most ? 0 : least;
}

function dayLabels(points: readonly ChartPoint[], { xOf, plotWidth, bottom }: Axes, { muted }: Colors): string {
  const shown = labelled(points.length, plotWidth, 90);
  let free = 0;
  const texts: string[] = [];
  for (const at of shown) {
    const day = points[at]?.day ?? '';
    const x = xOf(day);
    // With gaps in the days two labels can come too near to each other.
    if (x < free) continue;
    free = x + 84;
    texts.push(
      `<text x="${pixel(Math.min(x, margin.left + plotWidth - 30))}" y="${bottom + 19}" fill="${muted}" text-anchor="middle">${day}</text>`,
    );
  }
  return texts.join('');
}

function line(points: readonly ChartPoint[], axes: Axes, colors: Colors): string {
  const step = Math.ceil(points.length / mostPoints);
  return stretchesOf(points)
    .map((stretch) => stretchOfLine(thinned(stretch, step), axes, colors))
    .join('');
}

/** Points without a missing day between them. */
function stretchesOf(points: readonly ChartPoint[]): readonly (readonly ChartPoint[])[] {
  const stretches: ChartPoint[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const day = toEpochDay(point.day);
    if (day > before + 1) stretches.push([]);
    stretches.at(-1)?.push(point);
    before = day;
  }
  return stretches;
}

function stretchOfLine(points: readonly ChartPoint[], { xOf, yOf, bottom }: Axes, { ink, ground }: Colors): string {
  const at = ({ day, value }: ChartPoint): string => `${pixel(xOf(day))} ${pixel(yOf(value))}`;
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  if (first === last) return `<circle cx="${pixel(xOf(first.day))}" cy="${pixel(yOf(first.value))}" r="3" fill="${ink}"/>`;
  const path = points.map(at).join('L');
  const area = `<path d="M${path}L${pixel(xOf(last.day))} ${bottom}L${pixel(xOf(first.day))} ${bottom}Z" fill="${ink}" fill-opacity=".14"/>`;
  const stroke = `<path d="M${path}" fill="none" stroke="${ink}" stroke-width="2" stroke-linejoin="round"/>`;
  const backfilled = points.filter(({ mark }) => mark === 'backfilled');
  // Dots break the line where its values were reconstructed.
  const dots = `<path d="M${backfilled.map(at).join('L')}" fill="none" stroke="${ground}" stroke-width="2" stroke-dasharray="3 5"><title>reconstructed</title></path>`;
  return area + stroke + (backfilled.length > 1 ? dots : '');
}

/** Every `step`-th point; the first and the last stay. */
function thinned(points: readonly ChartPoint[], step: number): readonly ChartPoint[] {
  return points.filter((point, at) => at % step === 0 || point === points.at(-1));
}

function bars({ points, kind }: ChartDrawing, { xOf, yOf, dayWidth, bottom }: Axes, { ink }: Colors): string {
  const width = Math.max(1, Math.min(dayWidth * stepDays[kind] * 0.78, 48));
  return points
    .map(({ day, value, mark }) => {
      const y = yOf(value);
      const fill = mark === 'backfilled' ? 'url(#h)' : ink;
      const note = mark === undefined || mark === 'read' ? '' : `, ${markText[mark]}`;
      return `<rect x="${pixel(xOf(day) - width / 2)}" y="${pixel(y)}" width="${pixel(width)}" height="${pixel(Math.max(bottom - y, 0))}" fill="${fill}"><title>${day}: ${formatExact(value)}${note}</title></rect>`;
    })
    .join('');
}

const markText: Readonly<Record<Exclude<Mark, 'read'>, string>> = {
  backfilled: 'reconstructed',
  frozen: 'in doubt',
  restated: 'in doubt',
};

const sparkWidth = 110;
const sparkHeight = 26;

/** A small line of daily pulls for a table; null is a gap. It takes the colour of the text around it. */
export function sparklineSvg(values: readonly (number | null)[]): string {
  const most = Math.max(...values.map((value) => value ?? 0), 1);
  const xOf = (at: number): number => 2 + (at / Math.max(values.length - 1, 1)) * (sparkWidth - 4);
  const yOf = (value: number): number => sparkHeight - 3 - (value / most) * (sparkHeight - 6);
  let path = '';
  let isDown = false;
  for (const [at, value] of values.entries()) {
    if (value !== null) path += `${isDown ? 'L' : 'M'}${pixel(xOf(at))} ${pixel(yOf(value))}`;
    isDown = value !== null;
  }
  return `<svg width="${sparkWidth}" height="${sparkHeight}" viewBox="0 0 ${sparkWidth} ${sparkHeight}" aria-hidden="true"><path d="${path}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
}

function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[^\P{C}]/gu, '').replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
