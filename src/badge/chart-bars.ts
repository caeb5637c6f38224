/** Pulls of days, weeks or months as bars. */
import { toEpochDay } from '../core/model/day.ts';
import { formatExact } from '../core/views/format.ts';
import { hatching, mostPoints, surenessOf, type ChartPoint, type Colors, type Frame, type Sureness } from './drawing.ts';
import { pixel } from './svg.ts';

/** A known 0 is a thin bar, and so not a gap. */
const leastHeight = 1;
const widest = 48;

/** `goesOn`: the last one has not ended, and is pale where there is room for such a difference. */
export function bars(points: readonly ChartPoint[], frame: Frame, colors: Colors, goesOn: boolean): string {
  if (points.length > mostPoints) return thinBars(points, frame, colors);
  return points.map((point, at) => bar(point, frame, colors, goesOn && at === points.length - 1)).join('');
}

function bar(point: ChartPoint, frame: Frame, { ink }: Colors, goesOn: boolean): string {
  const { day, value } = point;
  const { xOf, columnWidth, bottom } = frame;
  const sureness = surenessOf(point);
  const outline = sureness === 'in doubt' ? 1 : 0;
  const width = Math.max(1, Math.min(columnWidth * 0.78, widest) - outline);
  const top = topOf(value, frame);
  const looks: Readonly<Record<Sureness, string>> = {
    read: `fill="${ink}"`,
    reconstructed: `fill="url(#${hatching})"`,
    'in doubt': `fill="${ink}" fill-opacity=".2" stroke="${ink}" stroke-dasharray="2 2"`,
  };
  const notes = [...(sureness === 'read' ? [] : [sureness]), ...(goesOn ? ['so far'] : [])];
  const pale = goesOn ? ' opacity=".5"' : '';
  return `<rect x="${pixel(xOf(toEpochDay(day)) - width / 2)}" y="${pixel(top)}" width="${pixel(width)}" height="${pixel(bottom - top)}" ${looks[sureness]}${pale}><title>${[`${day}: ${formatExact(value)}`, ...notes].join(', ')}</title></rect>`;
}

/** So many bars have no room for hatchings and texts; all are there, in one path for each sureness. */
function thinBars(points: readonly ChartPoint[], frame: Frame, { ink }: Colors): string {
  const { xOf, columnWidth, bottom } = frame;
  const looks: readonly (readonly [Sureness, string])[] = [
    ['read', ''],
    ['reconstructed', ' stroke-opacity=".5"'],
    ['in doubt', ' stroke-opacity=".3"'],
  ];
  const paths = looks.map(([sureness, look]) => {
    const path = points
      .filter((point) => surenessOf(point) === sureness)
      .map(
        ({ day, value }) => `M${pixel(xOf(toEpochDay(day)))} ${pixel(bottom)}L${pixel(xOf(toEpochDay(day)))} ${pixel(topOf(value, frame))}`,
      )
      .join('');
    const note = sureness === 'read' ? '' : `<title>${sureness}</title>`;
    return path === ''
      ? ''
      : `<path d="${path}" fill="none" stroke="${ink}" stroke-width="${pixel(Math.max(columnWidth * 0.78, 0.5))}"${look}>${note}</path>`;
  });
  return paths.join('');
}

function topOf(value: number, { yOf, bottom }: Frame): number {
  return Math.min(yOf(value), bottom - leastHeight);
}
