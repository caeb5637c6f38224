/** Draws the figures of a page with uPlot, in place of the server's drawing. */
import uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';
import { chartOptions } from './chart-options.ts';
import { pointText } from './chart-text.ts';
import { themeEvent } from './theme-choice.ts';

const drawn = new WeakMap<Element, Drawn>();

interface Drawn {
  readonly update: (data: ChartData) => void;
}

export function drawCharts(root: HTMLElement): void {
  for (const figure of root.querySelectorAll<HTMLElement>('figure[data-chart]')) void draw(figure);
}

async function draw(figure: HTMLElement): Promise<void> {
  const plot = figure.querySelector<HTMLElement>('.plot');
  const path = figure.dataset['chart'];
  if (!plot || path === undefined) return;
  const answer = await fetch(path, { cache: 'no-cache' }).catch(() => undefined);
  // Without the numbers the server's drawing stays.
  if (!answer?.ok) return;
  const data: ChartData = await answer.json();
  if (data.days.length === 0) return;
  const known = drawn.get(plot);
  if (known) known.update(data);
  else drawn.set(plot, start(figure, plot, data));
  prepareExport(figure, plot);
}

function start(figure: HTMLElement, plot: HTMLElement, first: ChartData): Drawn {
  const { kind = 'total' } = figure.dataset;
  let data = first;
  const output = document.createElement('output');
  const build = (): uPlot => {
    const width = Math.max(plot.clientWidth, 280);
    const goesOn = figure.dataset['unfinished'] === 'true';
    const options = chartOptions(data, { kind, goesOn }, { width, height: width < 600 ? 260 : 320 }, (at) => {
      output.textContent = at === undefined ? '' : pointText(data, at, goesOn);
    });
    return new uPlot(options.options, options.columns, plot);
  };
  plot.replaceChildren();
  plot.classList.add('drawn');
  plot.classList.toggle('bars', kind !== 'total');
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-label', 'Chart: use the left and right arrow keys to move through it');
  let chart = build();
  plot.append(output);

  const rebuild = (): void => {
    chart.destroy();
    chart = build();
    plot.append(output);
  };
  let width = plot.clientWidth;
  new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    rebuild();
  }).observe(plot);
  window.addEventListener(themeEvent, rebuild);
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = chart.cursor.idx ?? (step < 0 ? data.days.length : -1);
    const next = Math.min(Math.max(at + step, 0), data.days.length - 1);
    const seconds = chart.data[0][next] ?? 0;
    chart.setCursor({ left: chart.valToPos(seconds, 'x'), top: chart.bbox.height / devicePixelRatio / 2 });
  });
  return {
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(data)) return;
      data = next;
      rebuild();
    },
  };
}

function prepareExport(figure: HTMLElement, plot: HTMLElement): void {
  const button = figure.querySelector<HTMLButtonElement>('button[data-export="png"]');
  if (!button?.hidden) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const chart = plot.querySelector('canvas');
    const title = figure.dataset['title'] ?? 'chart';
    if (chart) save(withTitle(chart, title), `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`);
  });
}

function withTitle(chart: HTMLCanvasElement, title: string): HTMLCanvasElement {
  const style = getComputedStyle(document.documentElement);
  const heading = 40 * devicePixelRatio;
  const canvas = document.createElement('canvas');
  canvas.width = chart.width;
  canvas.height = chart.height + heading;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.fillStyle = style.getPropertyValue('--surface');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.getPropertyValue('--text');
  context.font = `600 ${16 * devicePixelRatio}px system-ui, sans-serif`;
  context.fillText(title, 12 * devicePixelRatio, 26 * devicePixelRatio);
  context.drawImage(chart, 0, heading);
  return canvas;
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
