/** What is known of the point under the cursor, next to it. */
import type uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';
import { swatch } from './chart-legend.ts';
import { periodText, type Point } from './chart-text.ts';
import { colorOf, inkOf } from './ink.ts';

const gap = 14;

export interface Shown {
  readonly tooltip: HTMLElement;
  readonly chart: uPlot;
  readonly data: ChartData;
  /** Set where a tap has to open the day, which a click does otherwise. */
  readonly onOpen?: (() => void) | undefined;
}

/** Shows the point beside the cursor of the chart. */
export function showTooltip({ tooltip, chart, data, onOpen }: Shown, point: Point): void {
  const ink = inkOf();
  const rows = point.rows.map(({ label, place, value, previous }) =>
    row([swatch(data, colorOf(ink, place), place), label], value, previous === undefined ? undefined : `(${previous} before)`),
  );
  tooltip.replaceChildren(
    element('strong', periodText(point.title, data.kind)),
    ...rows,
    ...(point.sum === undefined ? [] : [row(['Sum'], point.sum)]),
    ...point.notes.map((note) => element('p', note)),
    ...(onOpen ? [openButton(onOpen)] : []),
  );
  tooltip.classList.toggle('touch', onOpen !== undefined);
  // The chart says in words what is in here, all but the button.
  tooltip.ariaHidden = onOpen ? null : 'true';
  tooltip.hidden = false;
  position(tooltip, chart);
}

/** Beside the cursor, on the side that has room, and within the plot's width. */
function position(tooltip: HTMLElement, chart: uPlot): void {
  const { left = 0, top = 0 } = chart.cursor;
  const { clientWidth: room, parentElement: plot } = chart.root;
  const x = chart.over.offsetLeft + left;
  const width = tooltip.offsetWidth;
  const wanted = x + gap + width <= room ? x + gap : x - gap - width;
  const height = plot?.clientHeight ?? room;
  tooltip.style.left = `${Math.min(Math.max(wanted, 0), Math.max(room - width, 0))}px`;
  tooltip.style.top = `${Math.max(0, Math.min(chart.over.offsetTop + top, height - tooltip.offsetHeight))}px`;
}

function row(name: readonly (string | Node)[], value: string, hint?: string): HTMLElement {
  const made = document.createElement('div');
  const label = document.createElement('span');
  label.append(...name);
  made.append(label, element('b', value), ...(hint === undefined ? [] : [element('small', hint)]));
  return made;
}

function openButton(onOpen: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Show images';
  button.addEventListener('click', onOpen);
  return button;
}

function element(name: 'strong' | 'p' | 'b' | 'small', text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
