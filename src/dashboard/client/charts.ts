/** Draws the figures of a page with uPlot, in place of the server's drawing. */
import uPlot from 'uplot';
import { cutText } from './chart-axes.ts';
import type { ChartData } from './chart-data.ts';
import { prepareExport } from './chart-export.ts';
import { drawLegend } from './chart-legend.ts';
import { chartOptions } from './chart-options.ts';
import { pointOf, pointText } from './chart-text.ts';
import { showTooltip } from './chart-tooltip.ts';
import { openDay, opensDays, openStretch } from './chart-view.ts';
import { themeEvent } from './theme-choice.ts';

const drawn = new WeakMap<Element, DrawnChart>();

interface DrawnChart {
  readonly data: () => ChartData;
  readonly hidden: ReadonlySet<string>;
  readonly update: (data: ChartData) => void;
}

export function drawCharts(root: HTMLElement): void {
  for (const figure of root.querySelectorAll<HTMLElement>('figure[data-chart]')) draw(figure);
}

function draw(figure: HTMLElement): void {
  const plot = figure.querySelector<HTMLElement>('.plot');
  const numbers = figure.querySelector('script[type="application/json"]')?.textContent;
  // Without the numbers the server's drawing stays.
  if (!plot || numbers === undefined) return;
  const data: ChartData = JSON.parse(numbers);
  let chart = drawn.get(plot);
  if (chart) chart.update(data);
  else drawn.set(plot, (chart = start(plot, data)));
  prepareExport(figure, chart);
}

/** The figure that a plot is in now: it moves over when the page gets new content. */
function figureOf(plot: HTMLElement): HTMLElement {
  return plot.closest('figure') ?? plot;
}

/** A drawn chart with what is around it. */
interface Live {
  readonly plot: HTMLElement;
  readonly legend: HTMLElement;
  readonly tooltip: HTMLElement;
  readonly output: HTMLElement;
  /** Labels of the lines that are not drawn. */
  readonly hidden: Set<string>;
  data: ChartData;
  chart?: uPlot;
  /** After a tap: the tooltip stays, and opens the day. */
  pinned: boolean;
}

function start(plot: HTMLElement, data: ChartData): DrawnChart {
  const [legend, tooltip, output] = parts();
  const live: Live = { plot, legend, tooltip, output, hidden: new Set(), data, pinned: false };
  plot.replaceChildren(legend, tooltip, output);
  plot.classList.add('drawn');
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  const enter = opensDays(figureOf(plot)) ? ', Enter lists the images of a day' : '';
  plot.setAttribute('aria-label', `Chart: the left and right arrow keys move through it${enter}`);
  redraw(live);
  redrawWhenNeeded(plot, () => redraw(live));
  legend.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (!button) return;
    toggle(live.hidden, button.textContent, live.data);
    redraw(live);
  });
  listenToKeys(live);
  leaveWhenOutside(live);
  return {
    data: () => live.data,
    hidden: live.hidden,
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(live.data)) return;
      live.data = next;
      redraw(live);
    },
  };
}

function redraw(live: Live): void {
  const { plot, legend, hidden, data } = live;
  live.chart?.destroy();
  const width = Math.max(plot.clientWidth, 280);
  const size = { width, height: width < 600 ? 260 : 320 };
  const { options, columns } = chartOptions(data, hidden, size, {
    onPoint: (chart) => showPoint(live, chart),
    onStretch: (chart) => openStretch(figureOf(plot), data, chart),
  });
  const chart = new uPlot(options, columns, (made, ready) => {
    plot.insertBefore(made.root, legend);
    ready();
  });
  live.chart = chart;
  hide(live);
  // uPlot knows its scales a moment later.
  queueMicrotask(() => drawLegend(legend, data, hidden, cutText(chart, data)));
  listenToPointer(live, chart);
}

function showPoint(live: Live, chart: uPlot): void {
  const { plot, tooltip, output, data, hidden, pinned } = live;
  const { idx: at } = chart.cursor;
  // After a tap the cursor is gone at once; what it showed stays.
  if (typeof at !== 'number' && pinned) return;
  output.textContent = '';
  if (typeof at !== 'number') return hide(live);
  const point = pointOf(data, at, hidden);
  output.textContent = pointText(point);
  showTooltip(
    { tooltip, chart, data, onOpen: pinned && opensDays(figureOf(plot)) ? () => openDay(figureOf(plot), data, at) : undefined },
    point,
  );
}

function hide(live: Live): void {
  live.pinned = false;
  live.tooltip.hidden = true;
}

/** A click opens the day; a tap shows it first, and a finger that moves sideways goes through the days. */
function listenToPointer(live: Live, chart: uPlot): void {
  const { over } = chart;
  const follow = ({ pointerType, clientX, clientY }: PointerEvent): void => {
    live.pinned = pointerType === 'touch';
    if (!live.pinned) return;
    const { left, top } = over.getBoundingClientRect();
    chart.setCursor({ left: clientX - left, top: clientY - top });
  };
  over.addEventListener('pointerdown', follow);
  over.addEventListener('pointermove', follow);
  over.addEventListener('click', () => {
    if (!live.pinned) openDay(figureOf(live.plot), live.data, chart.cursor.idx);
  });
}

function listenToKeys(live: Live): void {
  const { plot } = live;
  plot.addEventListener('keydown', (event) => {
    const { chart, data } = live;
    if (event.target !== plot || !chart) return;
    if (event.key === 'Escape') chart.setCursor({ left: -10, top: -10 });
    else if (event.key === 'Enter') openDay(figureOf(plot), data, chart.cursor.idx);
    else moveCursor(chart, data, event);
  });
}

function leaveWhenOutside(live: Live): void {
  const { plot } = live;
  plot.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !plot.contains(relatedTarget)) hide(live);
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (target instanceof Node && !plot.contains(target)) hide(live);
  });
}

function parts(): [legend: HTMLElement, tooltip: HTMLElement, output: HTMLElement] {
  const [legend, tooltip, output] = [document.createElement('div'), document.createElement('div'), document.createElement('output')];
  legend.className = 'series';
  tooltip.className = 'tooltip';
  tooltip.hidden = true;
  output.className = 'unseen';
  return [legend, tooltip, output];
}

/** Hides a line or shows it again; the last that is left is not hidden, but all are shown. */
function toggle(hidden: Set<string>, label: string, { lines }: ChartData): void {
  if (hidden.has(label)) hidden.delete(label);
  else hidden.add(label);
  if (lines.every((line) => hidden.has(line.label))) hidden.clear();
}

function redrawWhenNeeded(plot: HTMLElement, onChange: () => void): void {
  let width = plot.clientWidth;
  new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    onChange();
  }).observe(plot);
  window.addEventListener(themeEvent, onChange);
}

function moveCursor(chart: uPlot, { days }: ChartData, event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const at = chart.cursor.idx ?? (step < 0 ? days.length : -1);
  const next = Math.min(Math.max(at + step, 0), days.length - 1);
  chart.setCursor({ left: chart.valToPos(chart.data[0][next] ?? 0, 'x'), top: chart.bbox.height / devicePixelRatio / 2 });
}
