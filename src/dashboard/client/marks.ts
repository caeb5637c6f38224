/** Marks on a chart's days: backfilled, no data, several days in one value, counter reset, inconsistent, and releases. Each has a shape of its own. */
import type uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';
import { hatch, type Ink } from './ink.ts';

const font = 'system-ui, sans-serif';
/** How much of its day, week or month a bar takes, and how wide it is at most. */
export const barShare = 0.8;
export const mostBarPixels = 48;

export function drawMarks(chart: uPlot, data: ChartData, kind: string, ink: Ink): void {
  const { ctx: context, bbox } = chart;
  const scale = devicePixelRatio;
  const xOf = (day: string): number => chart.valToPos(Date.parse(`${day}T00:00:00Z`) / 1000, 'x', true);
  const [first = '', second = first] = data.days;
  const width = Math.max(xOf(second) - xOf(first), kind === 'total' ? 2 : 4);
  const top = bbox.top + 6 * scale;
  const band = (x: number, fill: string | CanvasPattern): void => {
    context.fillStyle = fill;
    context.fillRect(x - width / 2, bbox.top, width, bbox.height);
  };
  const backfilled = hatch(ink.muted, 1) ?? ink.line;
  const missing = hatch(ink.bad, 3) ?? ink.line;

  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  for (const [at, day] of data.days.entries()) {
    const x = xOf(day);
    const { shapes = [], days = 1 } = data.remarks[day] ?? {};
    context.globalAlpha = 0.25;
    if (data.lines.every(({ values }) => values[at] === null)) band(x, missing);
    else if (shapes.includes('backfilled')) band(x, backfilled);
    context.globalAlpha = 1;
    if (shapes.includes('severalDays'))
      bracket(context, { from: xOf(dayBefore(day, days - 1)), to: x }, { y: top + 24 * scale, scale, color: ink.text });
    if (shapes.includes('reset')) triangle(context, x, top, 5 * scale, ink.bad);
    if (shapes.includes('doubtful')) diamond(context, x, top + 12 * scale, 5 * scale, ink.warn);
  }
  drawReleases(context, data, xOf, { top: bbox.top, bottom: bbox.top + bbox.height, right: bbox.left + bbox.width, scale, ink });
  context.restore();
}

/** The last bar is pale: its period is in progress. */
export function fadeLast(chart: uPlot, { lines }: ChartData, { ground }: Ink): void {
  const { ctx: context, data: columns, bbox } = chart;
  const [xs] = columns;
  const [before = 0, last = before] = [xs.at(-2), xs.at(-1)];
  const x = chart.valToPos(last, 'x', true);
  const room = xs.length > 1 ? x - chart.valToPos(before, 'x', true) : bbox.width;
  const width = Math.min(room * barShare, mostBarPixels * devicePixelRatio) + 2 * devicePixelRatio;
  const sum = lines.reduce((all, { values }) => all + (values.at(-1) ?? 0), 0);
  const top = chart.valToPos(sum, 'y', true);
  context.save();
  context.globalAlpha = 0.55;
  context.fillStyle = ground;
  context.fillRect(x - width / 2, top, width, bbox.top + bbox.height - top);
  context.restore();
}

interface ReleaseArea {
  readonly top: number;
  readonly bottom: number;
  readonly right: number;
  readonly scale: number;
  readonly ink: Ink;
}

function drawReleases(
  context: CanvasRenderingContext2D,
  { releases = [], days }: ChartData,
  xOf: (day: string) => number,
  { top, bottom, right, scale, ink }: ReleaseArea,
): void {
  let free = 0;
  context.strokeStyle = ink.muted;
  context.fillStyle = ink.muted;
  context.lineWidth = scale;
  context.font = `${11 * scale}px ${font}`;
  context.setLineDash([2 * scale, 3 * scale]);
  for (const { day, tags } of releases) {
    if (day < (days[0] ?? '') || day > (days.at(-1) ?? '')) continue;
    const x = xOf(day);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
    // The longest with a digit in it says most: 2.17.0 rather than 2 or latest.
    const [name = tags[0] ?? ''] = tags.filter((tag) => /\d/.test(tag)).toSorted((a, b) => b.length - a.length);
    // A name that would run into the one before is left to the text under the chart.
    const length = context.measureText(name).width + 6 * scale;
    const left = x + length > right ? x - length : x;
    if (left < free) continue;
    context.fillText(name, left + 3 * scale, top + 12 * scale);
    free = x + length;
  }
  context.setLineDash([]);
}

function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

interface BracketLook {
  readonly y: number;
  readonly scale: number;
  readonly color: string;
}

/** Spans the days that one value covers; its arrow points down at the value. */
function bracket(
  context: CanvasRenderingContext2D,
  { from, to }: { readonly from: number; readonly to: number },
  { y, scale, color }: BracketLook,
): void {
  context.strokeStyle = color;
  context.lineWidth = 1.5 * scale;
  context.beginPath();
  context.moveTo(from, y + 4 * scale);
  context.lineTo(from, y);
  context.lineTo(to, y);
  context.stroke();
  triangle(context, to, y, 4 * scale, color);
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number, size: number, fill: string): void {
  context.fillStyle = fill;
  context.beginPath();
  context.moveTo(x - size, y);
  context.lineTo(x + size, y);
  context.lineTo(x, y + 1.6 * size);
  context.fill();
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number, fill: string): void {
  context.fillStyle = fill;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.fill();
}
