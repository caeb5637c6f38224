/** Charts drawn on the server, for READMEs and for pages without JavaScript. */
import type { ChartKind } from '../core/numbers/chart.ts';
import { toEpochDay, type Day } from '../core/model/day.ts';
import { formatCount, formatExact, formatMonth } from '../core/views/format.ts';
import { bars } from './chart-bars.ts';
import { line } from './chart-line.ts';
import {
  hatching,
  stepDays,
  wideHatching,
  certaintyOf,
  type ChartDrawing,
  type ChartPoint,
  type Colors,
  type Frame,
  type Certainty,
} from './drawing.ts';
import { tickText } from '../core/views/tick-text.ts';
import { ticks } from './scale.ts';
import { axisCut, characterWidth, dayTexts, font, grid, margin, themes, truncate } from './sheet.ts';
import { escaped } from './svg.ts';

export type { ChartDrawing, ChartPoint } from './drawing.ts';
export { sparklineSvg } from './sparkline.ts';

const defaultSize = { width: 720, height: 240 };
/** Smaller charts have no room for a plot. */
const minSize = { width: 160, height: 120 };

interface Sheet extends Required<Omit<ChartDrawing, 'agedSince'>>, Pick<ChartDrawing, 'agedSince'> {
  readonly colors: Colors;
}

/** The chart as an SVG document without scripts and references. */
export function chartSvg(drawing: ChartDrawing): string {
  const width = Math.max(drawing.width ?? defaultSize.width, minSize.width);
  const height = Math.max(drawing.height ?? defaultSize.height, minSize.height);
  const sheet: Sheet = { isPartial: false, startsPartial: false, ...drawing, width, height, colors: themes[drawing.theme] };
  const { title, colors, points } = sheet;
  const newest = points.at(-1);
  const description = newest ? `${formatExact(newest.value)} ${describePeriod(newest.day, sheet)}` : 'no data yet';
  const parts = newest ? [heading(sheet, newest), legend(sheet), plot(sheet)] : [heading(sheet), emptyText(sheet)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${font}" font-size="12">
<title>${escaped(title)}</title><desc>${escaped(description)}</desc>
<defs>${drawHatching(colors)}${points.some((point) => certaintyOf(point) === 'several days') ? drawWideHatching(colors) : ''}</defs>
<rect width="${width}" height="${height}" rx="8" fill="${colors.ground}"/>
${parts.filter((part) => part !== '').join('\n')}
</svg>
`;
}

function describePeriod(day: Day, { kind, isPartial, agedSince }: Pick<Sheet, 'kind' | 'isPartial' | 'agedSince'>): string {
  const progress = `${isPartial ? ', in progress' : ''}${agedSince === undefined ? '' : `, last checked ${agedSince}`}`;
  if (kind === 'weekly') return `in the week of ${day}${progress}`;
  return kind === 'monthly' ? `in ${formatMonth(day)}${progress}` : `on ${day}${progress}`;
}

function drawHatching({ ink }: Colors): string {
  return `<pattern id="${hatching}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0h5v5h-5z" fill="${ink}" fill-opacity=".22"/><path d="M1 0v5" stroke="${ink}" stroke-width="2"/></pattern>`;
}

function drawWideHatching({ ink }: Colors): string {
  return `<pattern id="${wideHatching}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 0h8v8h-8z" fill="${ink}" fill-opacity=".45"/><path d="M2 0v8" stroke="${ink}" stroke-width="4"/></pattern>`;
}

/** The title, and the newest value with its day. */
function heading(sheet: Sheet, newest?: ChartPoint): string {
  const { title, width, colors } = sheet;
  const { text, muted } = colors;
  const value = newest ? formatCount(newest.value) : '';
  const room = width - 2 * margin.side - (value === '' ? 0 : value.length * characterWidth.title + 16);
  const strong = `fill="${text}" font-size="15" font-weight="600"`;
  const name = `<text x="${margin.side}" y="28" ${strong}>${escaped(truncate(title, Math.floor(room / characterWidth.title)))}</text>`;
  if (!newest) return name;
  const right = width - margin.side;
  return `${name}<text x="${right}" y="28" ${strong} text-anchor="end">${value}</text><text x="${right}" y="46" fill="${muted}" text-anchor="end">${describePeriod(newest.day, sheet)}</text>`;
}

/** The legend of values that were not read, where there are any. */
function legend(sheet: Sheet): string {
  const { points, kind, width } = sheet;
  const { muted, ink } = sheet.colors;
  // The newest value's day is on the right.
  const taken = Math.max(150, describePeriod(points.at(-1)?.day ?? '', sheet).length * characterWidth.text + 16);
  const found = new Set(points.map(certaintyOf));
  let x = margin.side;
  let texts = '';
  for (const [certainty, lineLook, barLook] of legendLooks) {
    const end = x + 24 + certainty.length * characterWidth.text;
    if (!found.has(certainty) || end > width - margin.side - taken) continue;
    const swatch = isLine(kind)
      ? `<path d="M${x} 42h16" fill="none" stroke="${ink}" stroke-width="2" ${lineLook}/>`
      : `<path d="M${x + 0.5} 36.5h15v10h-15z" ${barLook.replaceAll('INK', ink)}/>`;
    texts += `${swatch}<text x="${x + 22}" y="46" fill="${muted}">${certainty}</text>`;
    x = end + 16;
  }
  return texts;
}

const legendLooks: readonly (readonly [Certainty, string, string])[] = [
  ['backfilled', 'stroke-dasharray="6 4"', `fill="url(#${hatching})"`],
  ['several days', '', `fill="url(#${wideHatching})"`],
  ['inconsistent', 'stroke-dasharray="0.1 5" stroke-linecap="round"', 'fill="INK" fill-opacity=".2" stroke="INK" stroke-dasharray="2 2"'],
];

function emptyText({ width, height, colors }: Sheet): string {
  return `<text x="${width / 2}" y="${height / 2 + 12}" fill="${colors.muted}" font-size="14" text-anchor="middle">no data yet</text>`;
}

function plot(sheet: Sheet): string {
  const { points, kind, isPartial, startsPartial, width, height, colors } = sheet;
  const [top, right, bottom] = [margin.top, width - margin.side, height - margin.bottom];
  const [min, max] = valueRange(points, kind);
  const levels = ticks(min, max, Math.max(2, Math.floor((bottom - top) / 38)));
  const [low, high] = [levels[0] ?? 0, levels.at(-1) ?? 1];
  const texts = levels.map((level) => tickText(level, (levels[1] ?? high) - low));
  const left = margin.side + 10 + Math.max(...texts.map((text) => text.length)) * characterWidth.text;
  const [first, last] = [toEpochDay(points[0]?.day ?? ''), toEpochDay(points.at(-1)?.day ?? '')];
  const dayWidth = (right - left) / (last - first + stepDays[kind]);
  const frame: Frame = {
    left,
    right,
    top,
    bottom,
    xOf: (day) => left + (day - first + stepDays[kind] / 2) * dayWidth,
    yOf: (value) => bottom - ((value - low) / Math.max(high - low, 1)) * (bottom - top),
    columnWidth: dayWidth * stepDays[kind],
  };
  const values = isLine(kind) ? line(points, frame, colors) : bars(points, frame, colors, { first: startsPartial, last: isPartial });
  return [grid(levels, texts, frame, colors) + axisCut(levels, texts, frame, colors), dayTexts([first, last], sheet, frame), values].join(
    '\n',
  );
}

function isLine(kind: ChartKind): boolean {
  return kind === 'total' || kind === 'average';
}

/** Bars start at 0. A line does too, unless that would flatten it. */
function valueRange(points: readonly ChartPoint[], kind: ChartKind): readonly [min: number, max: number] {
  const values = points.map(({ value }) => value);
  const [min, max] = [Math.min(...values), Math.max(...values, 1)];
  return [!isLine(kind) || min < max * 0.3 || min === max ? 0 : min, max];
}
