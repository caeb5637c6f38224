/** Totals as a line over a tinted area. */
import { toEpochDay, type EpochDay } from '../core/model/day.ts';
import { hatching, mostPoints, surenessOf, type ChartPoint, type Colors, type Frame, type Sureness } from './drawing.ts';
import { pixel } from './svg.ts';

interface Vertex {
  readonly point: ChartPoint;
  readonly day: EpochDay;
}

const strokes: Readonly<Record<Sureness, string>> = {
  read: '',
  reconstructed: ' stroke-dasharray="6 4"',
  'in doubt': ' stroke-dasharray="0.1 5"',
};

export function line(points: readonly ChartPoint[], frame: Frame, colors: Colors): string {
  const vertices = stretchesOf(points).flatMap((stretch) =>
    stretch.length === 1 ? stretch.map((only) => dot(only, frame, colors)) : runsOf(stretch).map((run) => strip(run, frame, colors)),
  );
  const newest = points.at(-1);
  return vertices.join('') + (newest ? end(newest, frame, colors) : '');
}

/** Points without a missing day between them. In a long history one point stands for some days, the last of them. */
function stretchesOf(points: readonly ChartPoint[]): Vertex[][] {
  const vertices = points.map((point): Vertex => ({ point, day: toEpochDay(point.day) }));
  const first = vertices[0]?.day ?? 0;
  const span = (vertices.at(-1)?.day ?? 0) - first + 1;
  const daysOfVertex = Math.ceil(span / mostPoints);
  const placeOf = ({ day }: Vertex): number => Math.floor((day - first) / daysOfVertex);
  const stretches: Vertex[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [at, vertex] of vertices.entries()) {
    const place = placeOf(vertex);
    const next = vertices[at + 1];
    if (next && placeOf(next) === place) continue;
    if (place > before + 1) stretches.push([]);
    stretches.at(-1)?.push(vertex);
    before = place;
  }
  return stretches;
}

interface Run {
  readonly sureness: Sureness;
  readonly vertices: Vertex[];
}

/** A stretch, cut where its values become more or less sure; what lies between two values is as sure as the less sure one. */
function runsOf(stretch: readonly Vertex[]): readonly Run[] {
  const runs: Run[] = [];
  for (const [at, to] of stretch.entries()) {
    const from = stretch[at - 1];
    if (!from) continue;
    const sureness = surenessOf(to.point) === 'read' ? surenessOf(from.point) : surenessOf(to.point);
    const run = runs.at(-1);
    if (run?.sureness === sureness) run.vertices.push(to);
    else runs.push({ sureness, vertices: [from, to] });
  }
  return runs;
}

function strip({ sureness, vertices }: Run, { xOf, yOf, bottom }: Frame, { ink }: Colors): string {
  const [first, last] = [vertices[0], vertices.at(-1)];
  if (!first || !last) return '';
  const path = vertices.map(({ point, day }) => `${pixel(xOf(day))} ${pixel(yOf(point.value))}`).join('L');
  const note = sureness === 'read' ? '' : `<title>${first.point.day} to ${last.point.day}: ${sureness}</title>`;
  const area = sureness === 'reconstructed' ? `fill="url(#${hatching})" fill-opacity=".4"` : `fill="${ink}" fill-opacity=".13"`;
  return (
    `<path d="M${path}L${pixel(xOf(last.day))} ${pixel(bottom)}L${pixel(xOf(first.day))} ${pixel(bottom)}Z" ${area}>${note}</path>` +
    `<path d="M${path}" fill="none" stroke="${ink}" stroke-width="2" stroke-linejoin="round" stroke-linecap="${sureness === 'reconstructed' ? 'butt' : 'round'}"${strokes[sureness]}/>`
  );
}

/** A day between two gaps; hollow where it was not simply read. */
function dot({ point, day }: Vertex, { xOf, yOf }: Frame, { ink, ground }: Colors): string {
  const sureness = surenessOf(point);
  const look = sureness === 'read' ? `fill="${ink}"` : `fill="${ground}" stroke="${ink}" stroke-width="1.5"`;
  const note = sureness === 'read' ? '' : `<title>${point.day}: ${sureness}</title>`;
  return `<circle cx="${pixel(xOf(day))}" cy="${pixel(yOf(point.value))}" r="2" ${look}>${note}</circle>`;
}

/** The newest value, to which the number above the chart belongs. */
function end({ day, value }: ChartPoint, { xOf, yOf }: Frame, { ink, ground }: Colors): string {
  return `<circle cx="${pixel(xOf(toEpochDay(day)))}" cy="${pixel(yOf(value))}" r="4" fill="${ink}" stroke="${ground}" stroke-width="2"/>`;
}
