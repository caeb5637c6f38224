/** Charts of several lines or stacked bars, drawn on the server: with a legend, the period before, and a logarithmic scale. */
import type { ChartKind } from '../core/numbers/chart.ts';
import { toEpochDay, type Day } from '../core/model/day.ts';
import { formatExact } from '../core/views/format.ts';
import { tickText } from '../core/views/tick-text.ts';
import { stepDays, type Colors, type Frame } from './drawing.ts';
import { partialNotes, type PartialBars } from './chart-bars.ts';
import { ticks } from './scale.ts';
import { axisCut, characterWidth, dayTexts, font, grid, margin, themes, truncate } from './sheet.ts';
import { escaped, pixel } from './svg.ts';

type Values = readonly (number | null)[];

export interface DrawnLine {
  readonly label: string;
  readonly values: Values;
  /** Of the period before. */
  readonly previous?: Values | undefined;
}

export interface SeriesDrawing {
  readonly title: string;
  /** Range and filter. */
  readonly subtitle: string;
  readonly days: readonly Day[];
  readonly lines: readonly DrawnLine[];
  readonly kind: ChartKind;
  readonly look: 'bars' | 'lines';
  readonly scale: 'linear' | 'log';
  readonly partial: PartialBars;
  readonly theme: 'light' | 'dark';
}

const [width, plotHeight] = [960, 250];
const palettes = {
  light: ['#0b62c4', '#d9480f', '#1f8a4c', '#8a3ffc', '#b8860b', '#c2185b', '#008299', '#5f6b7a'],
  dark: ['#4aa3ff', '#ff8c5a', '#5fd08a', '#b794ff', '#e6c04a', '#ff7bac', '#4dd0e1', '#a7b3c0'],
} as const;
const dashes = ['', '10 5', '3 4', '12 4 3 4', '6 3', '2 2', '16 6', '8 3 2 3 2 3'];
/** Directions of the hatching by the place of a line; the first is plain. */
const angles = [0, 45, -45, 90, 0, 20, -20, 70];
const rowHeight = 18;

/** The chart as an SVG document without scripts and references. */
export function seriesChartSvg(given: SeriesDrawing): string {
  // Bars begin at 0, for which a logarithmic scale has no place.
  const drawing: SeriesDrawing = given.look === 'bars' ? { ...given, scale: 'linear' } : given;
  const { title, subtitle, theme, lines } = drawing;
  const colors = themes[theme];
  const rows = legendRows(drawing);
  const top = 62 + rows.length * rowHeight;
  const height = top + plotHeight + margin.bottom;
  const heading =
    `<text x="${margin.side}" y="28" fill="${colors.text}" font-size="15" font-weight="600">${escaped(truncate(title, 90))}</text>` +
    `<text x="${margin.side}" y="46" fill="${colors.muted}">${escaped(truncate(subtitle, 130))}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${font}" font-size="12">
<title>${escaped(title)}</title><desc>${escaped([subtitle, ...lines.map(newestText)].join('; '))}</desc>
<defs>${drawing.look === 'bars' ? lines.map((_, place) => hatching(place, theme)).join('') : ''}</defs>
<rect width="${width}" height="${height}" rx="8" fill="${colors.ground}"/>
${heading}
${rows.map((row, at) => legendRow(row, drawing, 62 + at * rowHeight)).join('')}
${plot(drawing, colors, { top, bottom: top + plotHeight })}
</svg>
`;
}

function newestText({ label, values }: DrawnLine): string {
  const newest = values.findLast((value) => value !== null);
  return `${label}: ${newest === undefined || newest === null ? 'no data' : formatExact(newest)}`;
}

function colorOf(theme: SeriesDrawing['theme'], place: number): string {
  return palettes[theme][place % 8] ?? palettes[theme][0];
}

function hatching(place: number, theme: SeriesDrawing['theme']): string {
  if (place === 0) return '';
  const color = colorOf(theme, place);
  return `<pattern id="bar${place}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(${angles[place % 8] ?? 45})"><path d="M0 0h5v5h-5z" fill="${color}" fill-opacity=".3"/><path d="M1 0v5" stroke="${color}" stroke-width="2"/></pattern>`;
}

function fillOf(theme: SeriesDrawing['theme'], place: number): string {
  return place === 0 ? colorOf(theme, 0) : `url(#bar${place})`;
}

interface LegendItem {
  readonly x: number;
  readonly text: string;
  /** Undefined: the period before. */
  readonly place?: number;
}

function legendRows({ lines }: SeriesDrawing): LegendItem[][] {
  const hasPrevious = lines.some(({ previous }) => previous);
  const named = lines.length > 1 ? lines.map(({ label }, place) => ({ text: truncate(label, 60), place })) : [];
  const rows: LegendItem[][] = [];
  let free = Infinity;
  for (const item of [...named, ...(hasPrevious ? [{ text: 'previous period' }] : [])]) {
    const length = 40 + item.text.length * characterWidth.text;
    if (free + length > width - margin.side) {
      rows.push([]);
      free = margin.side;
    }
    rows.at(-1)?.push({ ...item, x: free });
    free += length;
  }
  return rows;
}

function legendRow(row: readonly LegendItem[], { theme, look }: SeriesDrawing, y: number): string {
  const { muted, text: ink } = themes[theme];
  return row
    .map(({ x, text, place }) => {
      const swatch =
        place === undefined
          ? `<path d="M${x} ${y - 4}h18" stroke="${muted}" stroke-width="1.5" stroke-dasharray="4 4"/>`
          : look === 'lines'
            ? `<path d="M${x} ${y - 4}h18" stroke="${colorOf(theme, place)}" stroke-width="2" stroke-dasharray="${dashes[place % 8] || 'none'}"/>`
            : `<path d="M${x + 0.5} ${y - 9.5}h17v10h-17z" fill="${fillOf(theme, place)}" stroke="${colorOf(theme, place)}"/>`;
      return `${swatch}<text x="${x + 24}" y="${y}" fill="${ink}">${escaped(text)}</text>`;
    })
    .join('');
}

function plot(drawing: SeriesDrawing, colors: Colors, { top, bottom }: Pick<Frame, 'top' | 'bottom'>): string {
  const { days, kind, look, scale } = drawing;
  const levels = levelsOf(drawing);
  const [low = 0, high = 1] = [levels[0], levels.at(-1)];
  const texts = levels.map((level) => tickText(level, scale === 'log' ? level : (levels[1] ?? high) - low));
  const left = margin.side + 10 + Math.max(...texts.map((text) => text.length)) * characterWidth.text;
  const right = width - margin.side;
  const [first, last] = [toEpochDay(days[0] ?? ''), toEpochDay(days.at(-1) ?? '')];
  const dayWidth = (right - left) / (last - first + stepDays[kind]);
  const position = scale === 'log' ? Math.log10 : (value: number): number => value;
  const frame: Frame = {
    left,
    right,
    top,
    bottom,
    xOf: (day) => left + (day - first + stepDays[kind] / 2) * dayWidth,
    yOf: (value) => bottom - ((position(value) - position(low)) / (position(high) - position(low) || 1)) * (bottom - top),
    columnWidth: dayWidth * stepDays[kind],
  };
  const axes = grid(levels, texts, frame, colors) + dayTexts([first, last], { kind, width, colors }, frame);
  const broken = scale === 'log' ? '' : axisCut(levels, texts, frame, colors);
  return axes + broken + (look === 'lines' ? drawnLines(drawing, frame) : stackedBars(drawing, frame));
}

/** Bars start at 0. Lines do too, unless that would flatten them; on a logarithmic scale the levels are powers of ten. */
function levelsOf({ lines, look, scale }: SeriesDrawing): readonly number[] {
  const all = lines.flatMap(({ values, previous = [] }) => [...values, ...previous]).filter((value) => value !== null);
  if (scale === 'log') {
    const positive = all.filter((value) => value > 0);
    const low = Math.floor(Math.log10(Math.min(...positive, ...(positive.length === 0 ? [1] : []))));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 1))));
    return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
  }
  const [min, max] =
    look === 'lines' ? [Math.min(...all, Infinity), Math.max(...all, 1)] : [0, Math.max(...sums(lines), ...pastSums(lines), 1)];
  return ticks(look === 'bars' || !(min >= max * 0.3) || min === max ? 0 : min, max, 6);
}

function sums(lines: readonly { readonly values: Values }[]): number[] {
  return (lines[0]?.values ?? []).map((_, at) => lines.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
}

function pastSums(lines: readonly DrawnLine[]): number[] {
  return sums(lines.flatMap(({ previous }) => (previous ? [{ values: previous }] : [])));
}

/** The first and the last point where their period is not whole; a total is whole at any time. */
function hollowPoints({ days, lines, theme, scale, partial, kind }: SeriesDrawing, { xOf, yOf }: Frame): string[] {
  if (kind === 'total') return [];
  return days.flatMap((day, at) => {
    const notes = partialNotes(partial, at, days.length);
    if (notes.length === 0) return [];
    return lines.map(({ label, values }, place) => {
      const value = values[at] ?? null;
      if (value === null || (scale === 'log' && value <= 0)) return '';
      return `<circle cx="${pixel(xOf(toEpochDay(day)))}" cy="${pixel(yOf(value))}" r="4" fill="${themes[theme].ground}" stroke="${colorOf(theme, place)}" stroke-width="2"><title>${escaped([`${day}: ${label} ${formatExact(value)}`, ...notes].join(', '))}</title></circle>`;
    });
  });
}

function drawnLines(drawing: SeriesDrawing, frame: Frame): string {
  const { days, lines, theme, scale } = drawing;
  const path = (values: Values): string => pathOf(days, values, frame, scale);
  const past = lines.map(({ previous }, place) =>
    previous
      ? `<path d="${path(previous)}" fill="none" stroke="${colorOf(theme, place)}" stroke-opacity=".45" stroke-width="1.5" stroke-dasharray="4 4"/>`
      : '',
  );
  const now = lines.map(
    ({ label, values }, place) =>
      `<path d="${path(values)}" fill="none" stroke="${colorOf(theme, place)}" stroke-width="2" stroke-linejoin="round" stroke-dasharray="${dashes[place % 8] || 'none'}"><title>${escaped(label)}</title></path>`,
  );
  return [...past, ...now, ...singlePoints(drawing, frame), ...hollowPoints(drawing, frame)].join('');
}

/** Values between two gaps: a line needs two to be seen. */
function singlePoints({ days, lines, theme, scale }: SeriesDrawing, { xOf, yOf }: Frame): string[] {
  return lines.flatMap(({ label, values }, place) =>
    values.map((value, at) => {
      const isAlone = hasPlace(value, scale) && !hasPlace(values[at - 1], scale) && !hasPlace(values[at + 1], scale);
      if (!isAlone || value === null) return '';
      const day = days[at] ?? '';
      const title = escaped(`${day}: ${label} ${formatExact(value)}`);
      return `<circle cx="${pixel(xOf(toEpochDay(day)))}" cy="${pixel(yOf(value))}" r="2.5" fill="${colorOf(theme, place)}"><title>${title}</title></circle>`;
    }),
  );
}

/** Whether a value can be drawn: a logarithmic scale has no place for 0. */
function hasPlace(value: number | null | undefined, scale: SeriesDrawing['scale']): boolean {
  return value !== null && value !== undefined && (scale === 'linear' || value > 0);
}

/** Without the days that have no value, and without what a logarithmic scale has no place for. */
function pathOf(days: readonly Day[], values: Values, { xOf, yOf }: Frame, scale: SeriesDrawing['scale']): string {
  let path = '';
  let isGap = true;
  for (const [at, value] of values.entries()) {
    const isDrawn = value !== null && hasPlace(value, scale);
    if (isDrawn) path += `${isGap ? 'M' : 'L'}${pixel(xOf(toEpochDay(days[at] ?? '')))} ${pixel(yOf(value))}`;
    isGap = !isDrawn;
  }
  // A path needs a beginning.
  return path === '' ? 'M0 0' : path;
}

function stackedBars({ days, lines, theme, partial }: SeriesDrawing, frame: Frame): string {
  const { xOf, yOf, columnWidth } = frame;
  const barWidth = Math.max(0.5, Math.min(columnWidth * 0.78, 48));
  const bars = days.flatMap((day, at) => {
    let sum = 0;
    const x = xOf(toEpochDay(day)) - barWidth / 2;
    const notes = partialNotes(partial, at, days.length);
    return lines.map(({ label, values }, place) => {
      const value = values[at] ?? null;
      if (value === null) return '';
      const [bottom, top] = [yOf(sum), yOf((sum += value))];
      const pale = notes.length > 0 ? ' opacity=".5"' : '';
      const text = [`${day}: ${label} ${formatExact(value)}`, ...notes].join(', ');
      return `<rect x="${pixel(x)}" y="${pixel(top)}" width="${pixel(barWidth)}" height="${pixel(Math.max(bottom - top, 0))}" fill="${fillOf(theme, place)}"${pale}><title>${escaped(text)}</title></rect>`;
    });
  });
  const past = pastSums(lines);
  if (past.length === 0) return bars.join('');
  return `${bars.join('')}<path d="${pathOf(days, past, frame, 'linear')}" fill="none" stroke="${themes[theme].text}" stroke-opacity=".6" stroke-width="1.5" stroke-dasharray="4 4"/>`;
}
