/** The figure of a chart: drawn by JavaScript, or by the server without it; its legend, its downloads and its numbers as tables. */
import { html, raw } from 'hono/html';
import type { Chart, ChartKind } from '../core/numbers/chart.ts';
import type { LineSummary } from '../core/numbers/comparison.ts';
import { formatExact, formatMonth } from '../core/views/format.ts';
import { chartJsonText } from './chart-json.ts';
import { change, exactCount } from './figures.ts';
import type { Html } from './layout.ts';
import type { Release } from './tags.ts';
import { toRemark, type Remark, type Shape } from './remarks.ts';
import { lineTitle, type ShownChart } from './shown-chart.ts';
import { chartTitle, rowsStep, viewQuery, withoutZoom, type View } from './view.ts';

export interface FigureParts {
  readonly view: View;
  readonly shown: ShownChart;
  /** That of the view where absent. */
  readonly title?: string | undefined;
  /** What it shows beside its title: range and filter. */
  readonly subtitle: string;
  readonly basePath: string;
  /** Address of the page with another view. */
  readonly addressOf: (view: View) => string;
  /** Absent: its numbers cannot be had as CSV. */
  readonly csvPath: string | undefined;
  /** What else is to be said of its lines, one sentence without its full stop. */
  readonly note?: string | undefined;
  /** Of a single image. */
  readonly releases?: readonly Release[] | undefined;
  /** What made the day of the view, where one is chosen. */
  readonly day?: Html | undefined;
  /** Where the server's drawing is, and no day can be opened; absent: it is the chart of the view. */
  readonly drawing?: string | undefined;
}

const unitOf = { total: 'Day', daily: 'Day', average: 'Day', weekly: 'Week of', monthly: 'Month' } satisfies Record<ChartKind, string>;

/** Rows of the table beside a chart; the CSV has them all. */
const tableRows = 31;

/** A chart that JavaScript draws; without JavaScript it is the server's drawing. The table is always there. */
export function figure(parts: FigureParts): Html {
  const { view, shown, subtitle, csvPath } = parts;
  const title = parts.title ?? chartTitle(view);
  const { chart } = shown;
  if (chart.days.length === 0)
    return html`<figure class="chart empty">
      <figcaption>${title}</figcaption>
      ${zoomNote(parts)}
      <p>No data in this range${parts.note === undefined ? '' : `. ${parts.note}.`}</p>
    </figure>`;
  const remarks = new Map([...chart.remarks].map(([day, made]) => [day, toRemark(made)]));
  const { imagePath, dataPath } = pathsOf(parts);
  return html`<figure
    class="chart"
    data-key="chart"
    data-chart="${dataPath}"
    ${parts.drawing === undefined ? html`data-opens-days` : ''}
    data-title="${title}"
    data-subtitle="${[subtitle, ...(parts.note === undefined ? [] : [parts.note])].join(' · ')}"
    data-zoomed="${zoomBase(view)}"
  >
    <figcaption>${title}</figcaption>
    ${zoomNote(parts)}
    <script type="application/json">
      ${raw(chartJsonText(shown, parts.releases))}
    </script>
    <div class="plot ${chart.lines.length > 1 ? `several wide-${legendRows(chart, 1210)} narrow-${legendRows(chart, 344)}` : ''}">
      <picture
        ><source media="screen and (prefers-color-scheme: dark)" srcset="${imagePath}&amp;theme=dark" />
        <img src="${imagePath}&amp;theme=light" alt="${title}; see the data table below" loading="lazy" width="960" height="340"
      /></picture>
    </div>
    ${parts.note === undefined ? '' : html`<p class="note">${parts.note}</p>`}
    <p class="legend">${legend([...remarks.values()], hasGaps(chart), shown)}</p>
    <p class="exports">
      ${csvPath === undefined ? '' : html`<a href="${csvPath}" download>CSV</a>`}
      <button type="button" data-export="png" class="scripted">PNG</button>
      <a href="${imagePath}&amp;theme=light" download="${fileName(title)}.svg" data-export="svg">SVG</a>
    </p>
    ${parts.day ?? ''} ${shown.summaries.length > 0 ? comparisonTable(shown) : ''}
    <details>
      <summary>Show data table</summary>
      ${dataTable(parts, title, remarks)}
    </details>
  </figure>`;
}

/** In pixels, about: of a character, and of what is around a label. */
const [characterWidth, labelGap] = [8, 38];

/** How many rows the legend will probably have in a chart of so many pixels: the page keeps them free until it is drawn. */
function legendRows({ lines }: Chart, chartWidth: number): number {
  let [rows, free] = [0, 0];
  for (const { label } of lines) {
    const width = Math.min(lineTitle(label).length * characterWidth + labelGap, chartWidth);
    if (width > free) [rows, free] = [rows + 1, chartWidth];
    free -= width;
  }
  return rows;
}

/** Where the chart is as an image, to which a theme is added, and as data. What only the page needs is not in the address: the same chart is not drawn anew. */
function pathsOf({ view, basePath, drawing }: FigureParts): { readonly imagePath: string; readonly dataPath: string } {
  if (drawing !== undefined) return { imagePath: drawing, dataPath: '' };
  const search = view.repos.length > 0 ? '' : view.search;
  const query = viewQuery(view, { day: '', zoomed: '', rows: rowsStep, sort: 'total', descending: true, search });
  return { imagePath: `${basePath}/data/chart.svg${query || '?'}`, dataPath: `${basePath}/data/chart.json${query}` };
}

/** Where a zoom goes back to. */
function zoomBase({ zoomed, range, from, to }: View): string {
  if (zoomed !== '') return zoomed;
  return range === 'custom' ? `${from}..${to}` : range;
}

function fileName(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function zoomNote({ view, addressOf }: FigureParts): Html {
  if (view.zoomed === '') return html``;
  return html`<p class="zoomed">
    Zoomed to ${view.from} – ${view.to} <a href="${addressOf(withoutZoom(view))}" data-view data-reset-zoom>Reset zoom</a>
  </p>`;
}

const sizeOfKind = {
  total: 'Total',
  daily: 'Pulls',
  average: 'Per day',
  weekly: 'Pulls',
  monthly: 'Pulls',
} satisfies Record<ChartKind, string>;

/** The compared images with their shares. */
function comparisonTable({ summaries, kind }: ShownChart): Html {
  const hasPrevious = summaries.some(({ previous }) => previous !== undefined);
  return html`<div class="scroll" role="region" aria-label="Comparison" tabindex="0">
    <table class="comparison">
      <caption class="unseen">
        Comparison
      </caption>
      <thead>
        <tr>
          <th scope="col">Image</th>
          <th scope="col" class="number">${sizeOfKind[kind]}</th>
          <th scope="col" class="number">Share</th>
          ${hasPrevious ? html`<th scope="col" class="number">Previous period</th>` : ''}
        </tr>
      </thead>
      <tbody>
        ${summaries.map((summary) => comparisonRow(summary, hasPrevious))}
      </tbody>
    </table>
  </div>`;
}

function comparisonRow({ label, value, share, previous }: LineSummary, hasPrevious: boolean): Html {
  const compared =
    value === undefined || previous === undefined ? '' : change({ change: value - previous, before: previous }, 'previous period');
  return html`<tr>
    <th scope="row">${lineTitle(label)}</th>
    <td class="number">${exactCount(value)}</td>
    <td class="number">${share === undefined ? '—' : `${(share * 100).toFixed(1)}%`}</td>
    ${hasPrevious ? html`<td class="number">${exactCount(previous)}${compared}</td>` : ''}
  </tr>`;
}

function dataTable({ view, shown, addressOf, drawing }: FigureParts, title: string, remarks: ReadonlyMap<string, Remark>): Html {
  const { chart, kind, partial } = shown;
  const { days, lines } = chart;
  const rows = days.map((_, at) => days.length - 1 - at).slice(0, tableRows);
  const previous = lines.length === 1 ? lines[0]?.previous : undefined;
  const noteOf = (at: number): string =>
    [at === days.length - 1 ? partial.last : undefined, at === 0 ? partial.first : undefined]
      .filter((note) => note !== undefined)
      .join(', ');
  const row = (at: number): Html => {
    const day = days[at] ?? '';
    const missing = lines.every(({ values }) => values[at] === null);
    const note = noteOf(at);
    return html`<tr>
      <th scope="row">
        ${missing || drawing !== undefined ? dayText(day, kind) : html`<a href="${addressOf({ ...view, day })}" data-view>${dayText(day, kind)}</a>`}${note === '' ? '' : ` (${note})`}
      </th>
      ${lines.map(({ values }) => html`<td class="number">${exact(values[at])}</td>`)}
      ${previous ? html`<td class="number">${exact(previous[at])}</td>` : ''}
      <td>${remarkText(remarks.get(day), missing)}</td>
    </tr>`;
  };
  return html`<table>
    <caption>
      ${title}${days.length > tableRows ? ', most recent' : ''}
    </caption>
    <thead>
      <tr>
        <th scope="col">${unitOf[kind]}</th>
        ${lines.map(({ label }) => html`<th scope="col" class="number">${lineTitle(label)}</th>`)}
        ${previous ? html`<th scope="col" class="number">Previous period</th>` : ''}
        <th scope="col">Note</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(row)}
    </tbody>
  </table>`;
}

/** A month by its name; other periods by their first day. */
export function dayText(day: string, kind: ChartKind): string {
  return kind === 'monthly' ? formatMonth(day) : day;
}

function exact(value: number | null | undefined): string {
  return value === null || value === undefined ? '—' : formatExact(value);
}

function hasGaps({ days, lines }: Chart): boolean {
  return days.some((_, at) => lines.every(({ values }) => values[at] === null));
}

const shapeTexts: readonly (readonly [Shape, string])[] = [
  ['backfilled', 'backfilled'],
  ['severalDays', 'covers several days'],
  ['reset', 'counter reset'],
  ['doubtful', 'inconsistent'],
];

function legend(remarks: readonly Remark[], gaps: boolean, { look, kind, partial }: ShownChart): Html[] {
  const key = look === 'bars' ? 'unfinished' : 'ongoing';
  const isWhole = kind === 'total';
  const found = new Set(remarks.flatMap(({ shapes }) => shapes));
  return [
    ...(partial.last === undefined || isWhole ? [] : [html`<span class="key ${key}">in progress</span>`]),
    ...(partial.first === undefined ? [] : [html`<span class="key ${key}">partial</span>`]),
    ...shapeTexts.filter(([shape]) => found.has(shape)).map(([shape, text]) => html`<span class="key ${shape}">${text}</span>`),
    ...(gaps ? [html`<span class="key missing">no data</span>`] : []),
  ];
}

/** Why a day's value was not simply read. */
function remarkText(remark: Remark | undefined, missing: boolean): string {
  return missing ? 'no data; the next value covers these days' : (remark?.texts ?? []).join('; ');
}
