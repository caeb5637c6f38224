/** The pieces that pages share: numbers with their change, and the figure of a chart. */
import { html } from 'hono/html';
import { isPartial, sumLabel, type Chart, type ChartKind } from '../core/numbers/chart.ts';
import type { EpochDay } from '../core/model/day.ts';
import { formatChange, formatCount, formatExact } from '../core/views/format.ts';
import { isNoise, type ComparedGrowth } from '../core/numbers/growth.ts';
import { comparedWeeks } from '../core/numbers/weekday.ts';
import type { Html } from './layout.ts';
import { toRemark, type Remark, type Shape } from './remarks.ts';

/** A count, short, with the exact one on hover. */
export function count(value: number | undefined): Html {
  return value === undefined ? unknown() : html`<data value="${value}" title="${formatExact(value)}">${formatCount(value)}</data>`;
}

/** Characters that fit where a phone shows two numbers side by side. */
const longText = 11;

/** A count with every digit, where there is room. */
export function exactCount(value: number | undefined): Html {
  if (value === undefined) return unknown();
  const text = formatExact(value);
  return html`<data value="${value}" class="${text.length > longText ? 'long' : ''}">${text}</data>`;
}

function unknown(): Html {
  return html`<span class="unknown" title="no data yet">—</span>`;
}

/** What yesterday is compared with. */
export const weekdayBefore = `mean of the same weekday in the ${comparedWeeks} weeks before`;

/** A change from the previous period, colored unless it is noise; nothing where that is not completely known. */
export function change(growth: ComparedGrowth, period: string): Html {
  const { change: difference, before } = growth;
  const text = difference === undefined || before === undefined ? undefined : formatChange(before + difference, before);
  if (text === undefined || difference === undefined || before === undefined) return html``;
  const direction = isNoise(growth) || /^[+−]?0%?$/.test(text) ? 'same' : difference > 0 ? 'up' : 'down';
  return html` <span class="change ${direction}" title="${period}: ${formatExact(before)}">${text}</span>`;
}

export interface FigureParts {
  readonly title: string;
  /** Address of the chart's data as JSON. */
  readonly dataPath: string;
  /** Address of the chart as SVG, to which the theme is added; for those without JavaScript. */
  readonly imagePath: string;
  readonly csvPath: string;
  readonly chart: Chart;
  readonly kind: ChartKind;
  readonly today: EpochDay;
}

const unitOf = { total: 'Day', daily: 'Day', weekly: 'Week of', monthly: 'Month' } satisfies Record<ChartKind, string>;

/** Rows of the table beside a chart; the CSV has them all. */
const tableRows = 31;

/** A chart that JavaScript draws; without JavaScript it is the server's drawing. The table is always there. */
export function figure({ title, dataPath, imagePath, csvPath, chart, kind, today }: FigureParts): Html {
  const { days, lines } = chart;
  if (days.length === 0)
    return html`<figure class="chart empty">
      <figcaption>${title}</figcaption>
      <p>No data in this range</p>
    </figure>`;
  const remarks = new Map([...chart.remarks].map(([day, parts]) => [day, toRemark(parts)]));
  const labels = lines.map(({ label }) => (label === sumLabel ? 'Pulls' : label));
  const goesOn = isPartial(chart, kind, today);
  const shown = days.map((_, at) => days.length - 1 - at).slice(0, tableRows);
  return html`<figure class="chart" data-chart="${dataPath}" data-kind="${kind}" data-title="${title}" data-unfinished="${String(goesOn)}">
    <figcaption>${title}</figcaption>
    <div class="plot">
      <picture
        ><source media="(prefers-color-scheme: dark)" srcset="${imagePath}&amp;theme=dark" />
        <img src="${imagePath}&amp;theme=light" alt="${title}; see the data table below" width="960" height="320"
      /></picture>
    </div>
    <p class="legend">${legend([...remarks.values()], hasGaps(chart), goesOn && kind !== 'total')}</p>
    <p class="exports"><a href="${csvPath}" download>CSV</a> <button type="button" data-export="png" hidden>PNG</button></p>
    <details>
      <summary>Show data table</summary>
      <table>
        <caption>
          ${title}${days.length > tableRows ? ', most recent' : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col">${unitOf[kind]}</th>
            ${labels.map((label) => html`<th scope="col" class="number">${label}</th>`)}
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (at) =>
              html`<tr>
                <th scope="row">${dayText(days[at] ?? '', kind)}${goesOn && at === days.length - 1 ? ' (in progress)' : ''}</th>
                ${lines.map(({ values }) => html`<td class="number">${exact(values[at] ?? undefined)}</td>`)}
                <td>
                  ${remarkText(
                    remarks.get(days[at] ?? ''),
                    lines.every(({ values }) => values[at] === null),
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </figure>`;
}

/** A month by its name; other periods by their first day. */
function dayText(day: string, kind: ChartKind): string {
  return kind === 'monthly' ? month.format(Date.parse(day)) : day;
}

const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

function exact(value: number | undefined): string {
  return value === undefined ? '—' : formatExact(value);
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

function legend(remarks: readonly Remark[], gaps: boolean, goesOn: boolean): Html[] {
  const found = new Set(remarks.flatMap(({ shapes }) => shapes));
  return [
    ...(goesOn ? [html`<span class="key unfinished">in progress</span>`] : []),
    ...shapeTexts.filter(([shape]) => found.has(shape)).map(([shape, text]) => html`<span class="key ${shape}">${text}</span>`),
    ...(gaps ? [html`<span class="key missing">no data</span>`] : []),
  ];
}

/** Why a day's value was not simply read. */
function remarkText(remark: Remark | undefined, missing: boolean): string {
  return missing ? 'no data; the next value covers these days' : (remark?.texts ?? []).join('; ');
}
