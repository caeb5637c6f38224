/** Totals as a line over a tinted area. */
import { toEpochDay, type EpochDay } from '../core/model/day.ts';
import { hatching, maxPoints, certaintyOf, type ChartPoint, type Colors, type Frame, type Certainty } from './drawing.ts';
import { pixel } from './svg.ts';

interface Vertex {
  readonly point: ChartPoint;
  readonly day: EpochDay;
}

const strokes: Readonly<Record<Certainty, string>> = {
  read: '',
  backfilled: ' stroke-dasharray="6 4"',
  'several days': '',
  inconsistent: ' stroke-dasharray="0.1 5"',
};

export function line(points: readonly ChartPoint[], frame: Frame, colors: Colors): string {
  const vertices = splitAtGaps(points).flatMap((stretch) =>
    stretch.length === 1
      ? stretch.map((only) => dot(only, frame, colors))
      : splitByCertainty(stretch).map((run) => strip(run, frame, colors)),
  );
  const newest = points.at(-1);
  return vertices.join('') + (newest ? end(newest, frame, colors) : '');
}

/** Points without a missing day between them. In a long history one point represents several days, by the last of them. */
function splitAtGaps(points: readonly ChartPoint[]): Vertex[][] {
  const vertices = points.map((point): Vertex => ({ point, day: toEpochDay(point.day) }));
  const first = vertices[0]?.day ?? 0;
  const span = (vertices.at(-1)?.day ?? 0) - first + 1;
  const daysPerBucket = Math.ceil(span / maxPoints);
  const bucketOf = ({ day }: Vertex): number => Math.floor((day - first) / daysPerBucket);
  const stretches: Vertex[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [at, vertex] of vertices.entries()) {
    const bucket = bucketOf(vertex);
    const next = vertices[at + 1];
    if (next && bucketOf(next) === bucket) continue;
    if (bucket > before + 1) stretches.push([]);
    stretches.at(-1)?.push(vertex);
    before = bucket;
  }
  return stretches;
}

interface Run {
  readonly certainty: Certainty;
  readonly vertices: Vertex[];
}

/** A stretch, split where the certainty of its values changes; a segment has the lower certainty of its two values. */
function splitByCertainty(stretch: readonly Vertex[]): readonly Run[] {
  const runs: Run[] = [];
  for (const [at, to] of stretch.entries()) {
    const from = stretch[at - 1];
    if (!from) continue;
    const certainty = certaintyOf(to.point) === 'read' ? certaintyOf(from.point) : certaintyOf(to.point);
    const run = runs.at(-1);
    if (run?.certainty === certainty) run.vertices.push(to);
    else runs.push({ certainty, vertices: [from, to] });
  }
  return runs;
}

function strip({ certainty, vertices }: Run, { xOf, yOf, bottom }: Frame, { ink }: Colors): string {
  const [first, last] = [vertices[0], vertices.at(-1)];
  if (!first || !last) return '';
  const path = vertices.map(({ point, day }) => `${pixel(xOf(day))} ${pixel(yOf(point.value))}`).join('L');
  const note = certainty === 'read' ? '' : `<title>${first.point.day} to ${last.point.day}: ${certainty}</title>`;
  const area = certainty === 'backfilled' ? `fill="url(#${hatching})" fill-opacity=".4"` : `fill="${ink}" fill-opacity=".13"`;
  return (
    `<path d="M${path}L${pixel(xOf(last.day))} ${pixel(bottom)}L${pixel(xOf(first.day))} ${pixel(bottom)}Z" ${area}>${note}</path>` +
    `<path d="M${path}" fill="none" stroke="${ink}" stroke-width="2" stroke-linejoin="round" stroke-linecap="${certainty === 'backfilled' ? 'butt' : 'round'}"${strokes[certainty]}/>`
  );
}

/** A day between two gaps; hollow unless it was read. */
function dot({ point, day }: Vertex, { xOf, yOf }: Frame, { ink, ground }: Colors): string {
  const certainty = certaintyOf(point);
  const look = certainty === 'read' ? `fill="${ink}"` : `fill="${ground}" stroke="${ink}" stroke-width="1.5"`;
  const note = certainty === 'read' ? '' : `<title>${point.day}: ${certainty}</title>`;
  return `<circle cx="${pixel(xOf(day))}" cy="${pixel(yOf(point.value))}" r="2" ${look}>${note}</circle>`;
}

/** The newest value, which is also the number above the chart. */
function end({ day, value }: ChartPoint, { xOf, yOf }: Frame, { ink, ground }: Colors): string {
  return `<circle cx="${pixel(xOf(toEpochDay(day)))}" cy="${pixel(yOf(value))}" r="4" fill="${ink}" stroke="${ground}" stroke-width="2"/>`;
}
