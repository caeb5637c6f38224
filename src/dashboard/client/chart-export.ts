/** A chart as a picture that says by itself what it shows: title, range and filter, legend. */
import { visibleLines, type ChartData } from './chart-data.ts';
import { colorOf, dashOf, hatch, inkOf, patternOf, type Ink } from './ink.ts';
import { diamond, triangle } from './marks.ts';

interface Exported {
  readonly data: () => ChartData;
  readonly hidden: ReadonlySet<string>;
}

const font = 'system-ui, sans-serif';
const lineHeight = 20;
const side = 12;

const prepared = new WeakSet<HTMLButtonElement>();

/** Prepares the buttons of a figure, once. */
export function prepareExport(figure: HTMLElement, { data, hidden }: Exported): void {
  const button = figure.querySelector<HTMLButtonElement>('button[data-export="png"]');
  if (!button || prepared.has(button)) return;
  prepared.add(button);
  button.addEventListener('click', () => {
    const chart = figure.querySelector('canvas');
    const svg = figure.querySelector<HTMLAnchorElement>('a[data-export="svg"]');
    if (chart) save(pictureOf(figure, chart, data(), hidden), svg?.download.replace(/\.svg$/, '.png') ?? 'chart.png');
  });
  figure.querySelector<HTMLAnchorElement>('a[data-export="svg"]')?.addEventListener('click', ({ currentTarget }) => {
    if (currentTarget instanceof HTMLAnchorElement) currentTarget.href = currentTarget.href.replace(/theme=\w+/, `theme=${themeOf()}`);
  });
}

function themeOf(): string {
  return getComputedStyle(document.documentElement).colorScheme.includes('dark') ? 'dark' : 'light';
}

interface Item {
  readonly text: string;
  readonly draw: (context: CanvasRenderingContext2D, x: number, y: number) => void;
}

function pictureOf(figure: HTMLElement, chart: HTMLCanvasElement, data: ChartData, hidden: ReadonlySet<string>): HTMLCanvasElement {
  const ink = inkOf();
  const scale = devicePixelRatio;
  const width = chart.width / scale;
  const canvas = document.createElement('canvas');
  const measure = canvas.getContext('2d');
  if (!measure) return canvas;
  const { title = 'Chart', subtitle = '' } = figure.dataset;
  measure.font = `12px ${font}`;
  const subtitles = wrap(measure, subtitle.split(' · '), width - 2 * side);
  const rows = arrange(measure, [...seriesItems(data, hidden, ink), ...markItems(figure, ink)], width - 2 * side);
  const heading = 36 + subtitles.length * 18;
  canvas.width = chart.width;
  canvas.height = chart.height + (heading + rows.length * lineHeight + 10) * scale;
  const context = measure;
  context.fillStyle = ink.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(chart, 0, heading * scale);
  context.scale(scale, scale);
  context.fillStyle = ink.text;
  context.font = `600 16px ${font}`;
  context.fillText(title, side, 26, width - 2 * side);
  context.font = `12px ${font}`;
  context.fillStyle = ink.muted;
  for (const [at, text] of subtitles.entries()) context.fillText(text, side, 44 + at * 18);
  for (const [at, row] of rows.entries()) {
    const y = heading + chart.height / scale + 14 + at * lineHeight;
    for (const { x, item } of row) {
      item.draw(context, side + x, y);
      context.fillStyle = ink.text;
      context.fillText(item.text, side + x + swatchSpace, y);
    }
  }
  return canvas;
}

/** Pieces on as few lines as hold them. */
function wrap(context: CanvasRenderingContext2D, pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces.filter((each) => each !== '')) {
    const longer = lines.length === 0 ? piece : `${lines.at(-1) ?? ''} · ${piece}`;
    if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
}

const swatchSpace = 24;

function arrange(context: CanvasRenderingContext2D, items: readonly Item[], width: number): { x: number; item: Item }[][] {
  const rows: { x: number; item: Item }[][] = [];
  let free = Infinity;
  for (const item of items) {
    const length = swatchSpace + context.measureText(item.text).width + 18;
    if (free + length > width) {
      rows.push([]);
      free = 0;
    }
    rows.at(-1)?.push({ x: free, item });
    free += length;
  }
  return rows;
}

function seriesItems(data: ChartData, hidden: ReadonlySet<string>, ink: Ink): Item[] {
  if (data.lines.length < 2) return [];
  return visibleLines(data, hidden).map(([{ label }, place]): Item => ({
    text: label,
    draw(context, x, y) {
      const color = colorOf(ink, place);
      context.strokeStyle = color;
      context.lineWidth = 2;
      if (data.look === 'lines') {
        context.setLineDash(dashOf(place));
        stroke(context, [
          [x, y - 4],
          [x + 18, y - 4],
        ]);
        context.setLineDash([]);
      } else {
        context.fillStyle = patternOf(color, place, ink.ground);
        context.fillRect(x, y - 10, 16, 11);
      }
    },
  }));
}

/** What the legend below the chart says of marks, in the same words. */
function markItems(figure: HTMLElement, ink: Ink): Item[] {
  return [...figure.querySelectorAll<HTMLElement>('.key')].map((key): Item => ({
    text: key.textContent,
    draw(context, x, y) {
      drawKey(context, key.classList, [x, y], ink);
    },
  }));
}

function drawKey(context: CanvasRenderingContext2D, names: DOMTokenList, [x, y]: readonly [number, number], ink: Ink): void {
  const box = (fill: string | CanvasPattern, alpha = 1): void => {
    context.globalAlpha = alpha;
    context.fillStyle = fill;
    context.fillRect(x, y - 10, 16, 11);
    context.globalAlpha = 1;
  };
  context.lineWidth = 1.5;
  context.strokeStyle = ink.text;
  if (names.contains('reset')) triangle(context, x + 8, y - 9, 5, ink.bad);
  else if (names.contains('doubtful')) diamond(context, x + 8, y - 4, 5, ink.warn);
  else if (names.contains('ongoing')) {
    context.beginPath();
    context.arc(x + 8, y - 4, 4, 0, 2 * Math.PI);
    context.stroke();
  } else if (names.contains('unfinished')) box(ink.lines[0] ?? ink.text, 0.45);
  else if (names.contains('backfilled')) box(hatch(ink.muted, 1) ?? ink.line);
  else if (names.contains('missing')) box(hatch(ink.bad, 3) ?? ink.line);
  else if (names.contains('previous')) {
    context.setLineDash([4, 4]);
    stroke(context, [
      [x, y - 4],
      [x + 18, y - 4],
    ]);
    context.setLineDash([]);
  } else {
    stroke(context, [
      [x, y],
      [x, y - 6],
      [x + 16, y - 6],
      [x + 16, y],
    ]);
  }
}

function stroke(context: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

function save(canvas: HTMLCanvasElement, fileName: string): void {
  canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
