/** Marks on a chart's days: backfilled, no data, several days in one value, counter reset, inconsistent, and a cut axis. Each has a shape of its own. */
import type uPlot from 'uplot';
import { secondsOf, type ChartData } from './chart-data.ts';
import { hatch, type Ink } from './ink.ts';

/** How much of its day, week or month a bar takes, and how wide it is at most. */
export const barShare = 0.8;
export const maxBarPixels = 48;

export function drawMarks(chart: uPlot, data: ChartData, ink: Ink): void {
  const { ctx: context, bbox } = chart;
  const scale = devicePixelRatio;
  const xOf = (day: string): number => chart.valToPos(secondsOf(day), 'x', true);
  const [first = '', second = first] = data.days;
  const width = Math.max(xOf(second) - xOf(first), data.look === 'lines' ? 2 : 4);
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
  context.restore();
}

/** The bar of a period that is not whole is pale. */
export function fadeAt(chart: uPlot, at: number, value: number, { ground }: Ink): void {
  const { ctx: context, data: columns, bbox } = chart;
  const [xs] = columns;
  const x = chart.valToPos(xs[at] ?? 0, 'x', true);
  const next = xs[at + 1] ?? xs[at - 1];
  const room = next === undefined ? bbox.width : Math.abs(x - chart.valToPos(next, 'x', true));
  const width = Math.min(room * barShare, maxBarPixels * devicePixelRatio) + 2 * devicePixelRatio;
  const top = chart.valToPos(value, 'y', true);
  context.save();
  context.globalAlpha = 0.55;
  context.fillStyle = ground;
  context.fillRect(x - width / 2, top, width, bbox.top + bbox.height - top);
  context.restore();
}

/** The point of a line whose period is not whole is hollow. */
export function hollowAt(
  chart: uPlot,
  at: number,
  values: readonly (readonly [value: number | null | undefined, color: string])[],
  ground: string,
): void {
  const { ctx: context, data: columns } = chart;
  const scale = devicePixelRatio;
  const x = chart.valToPos(columns[0][at] ?? 0, 'x', true);
  context.save();
  context.setLineDash([]);
  context.lineWidth = 2 * scale;
  context.fillStyle = ground;
  for (const [value, color] of values) {
    if (value === null || value === undefined) continue;
    context.strokeStyle = color;
    context.beginPath();
    context.arc(x, chart.valToPos(value, 'y', true), 4 * scale, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.restore();
}

/** A break at the foot of the axis of values, which does not begin at 0. */
export function drawCut(chart: uPlot, { muted, ground }: Ink): void {
  const { ctx: context, bbox } = chart;
  const scale = devicePixelRatio;
  const [x, bottom] = [bbox.left, bbox.top + bbox.height];
  context.save();
  context.fillStyle = ground;
  context.fillRect(x - 5 * scale, bottom - 13 * scale, 10 * scale, 9 * scale);
  context.strokeStyle = muted;
  context.lineWidth = 1.5 * scale;
  for (const y of [bottom - 5 * scale, bottom - 10 * scale]) {
    context.beginPath();
    context.moveTo(x - 6 * scale, y);
    context.lineTo(x - 2 * scale, y - 4 * scale);
    context.lineTo(x + 2 * scale, y);
    context.lineTo(x + 6 * scale, y - 4 * scale);
    context.stroke();
  }
  context.restore();
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

export function triangle(context: CanvasRenderingContext2D, x: number, y: number, size: number, fill: string): void {
  context.fillStyle = fill;
  context.beginPath();
  context.moveTo(x - size, y);
  context.lineTo(x + size, y);
  context.lineTo(x, y + 1.6 * size);
  context.fill();
}

export function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number, fill: string): void {
  context.fillStyle = fill;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.fill();
}
