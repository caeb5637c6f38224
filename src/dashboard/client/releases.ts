/** Lines with names on the days on which tags were pushed. */
import type uPlot from 'uplot';
import { secondsOf, type ChartData } from './chart-data.ts';
import { faded, type Ink } from './ink.ts';

const font = 'system-ui, sans-serif';

export function drawReleases(chart: uPlot, { releases = [], days }: ChartData, ink: Ink): void {
  const { ctx: context, bbox } = chart;
  const scale = devicePixelRatio;
  const right = bbox.left + bbox.width;
  let free = 0;
  context.save();
  // uPlot leaves its own behind.
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.lineWidth = scale;
  context.font = `${11 * scale}px ${font}`;
  for (const { day, tags } of releases) {
    if (day < (days[0] ?? '') || day > (days.at(-1) ?? '')) continue;
    const x = chart.valToPos(secondsOf(day), 'x', true);
    context.strokeStyle = ink.muted;
    context.setLineDash([2 * scale, 3 * scale]);
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x, bbox.top + bbox.height);
    context.stroke();
    const name = nameOf(tags);
    // A name that would run into the one before is left to the tooltip.
    const length = context.measureText(name).width + 6 * scale;
    const left = x + length > right ? x - length : x;
    if (left < free) continue;
    context.fillStyle = faded(ink.ground, 0.9);
    context.fillRect(left + scale, bbox.top, length - scale, 16 * scale);
    context.fillStyle = ink.text;
    context.fillText(name, left + 3 * scale, bbox.top + 12 * scale);
    free = x + length;
  }
  context.restore();
}

const longest = 18;

/** The longest with a digit in it says most: 2.17.0 rather than 2 or latest. */
function nameOf(tags: readonly string[]): string {
  const [name = tags[0] ?? ''] = tags.filter((tag) => /\d/.test(tag)).toSorted((a, b) => b.length - a.length);
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}
