/** Pulls of days, weeks or months as bars. */
import { toEpochDay } from '../core/model/day.ts';
import { formatExact } from '../core/views/format.ts';
import {
  hatching,
  maxPoints,
  certaintyOf,
  certaintyText,
  wideHatching,
  type ChartPoint,
  type Colors,
  type Frame,
  type Certainty,
} from './drawing.ts';
import { pixel } from './svg.ts';

/** A value of 0 is a thin bar, to tell it from a gap. */
const minBarHeight = 1;
const maxBarWidth = 48;

/** Which bars are not whole. They are pale where there is room for such a difference. */
export interface PartialBars {
  /** The history begins in its period. */
  readonly first: boolean;
  /** Its period is in progress. */
  readonly last: boolean;
}

export function bars(points: readonly ChartPoint[], frame: Frame, colors: Colors, partial: PartialBars): string {
  if (points.length > maxPoints) return thinBars(points, frame, colors);
  return points.map((point, at) => bar(point, frame, colors, partialNotes(partial, at, points.length))).join('');
}

/** What is said of a bar that is not whole. */
export function partialNotes({ first, last }: PartialBars, at: number, count: number): string[] {
  return [...(first && at === 0 ? ['partial: the history starts in it'] : []), ...(last && at === count - 1 ? ['in progress'] : [])];
}

function bar(point: ChartPoint, frame: Frame, { ink }: Colors, partial: readonly string[]): string {
  const { day, value } = point;
  const { xOf, columnWidth, bottom } = frame;
  const certainty = certaintyOf(point);
  const outline = certainty === 'inconsistent' ? 1 : 0;
  const width = Math.max(1, Math.min(columnWidth * 0.78, maxBarWidth) - outline);
  const top = topOf(value, frame);
  const looks: Readonly<Record<Certainty, string>> = {
    read: `fill="${ink}"`,
    backfilled: `fill="url(#${hatching})"`,
    'several days': `fill="url(#${wideHatching})"`,
    inconsistent: `fill="${ink}" fill-opacity=".2" stroke="${ink}" stroke-dasharray="2 2"`,
  };
  const notes = [...(certainty === 'read' ? [] : [certaintyText(point)]), ...partial];
  const pale = partial.length > 0 ? ' opacity=".5"' : '';
  return `<rect x="${pixel(xOf(toEpochDay(day)) - width / 2)}" y="${pixel(top)}" width="${pixel(width)}" height="${pixel(bottom - top)}" ${looks[certainty]}${pale}><title>${[`${day}: ${formatExact(value)}`, ...notes].join(', ')}</title></rect>`;
}

/** So many bars have no room for hatching and texts; all are drawn, in one path per certainty. */
function thinBars(points: readonly ChartPoint[], frame: Frame, { ink }: Colors): string {
  const { xOf, columnWidth, bottom } = frame;
  const looks: readonly (readonly [Certainty, string])[] = [
    ['read', ''],
    ['backfilled', ' stroke-opacity=".5"'],
    ['several days', ' stroke-opacity=".7"'],
    ['inconsistent', ' stroke-opacity=".3"'],
  ];
  const paths = looks.map(([certainty, look]) => {
    const path = points
      .filter((point) => certaintyOf(point) === certainty)
      .map(
        ({ day, value }) => `M${pixel(xOf(toEpochDay(day)))} ${pixel(bottom)}L${pixel(xOf(toEpochDay(day)))} ${pixel(topOf(value, frame))}`,
      )
      .join('');
    const note = certainty === 'read' ? '' : `<title>${certainty}</title>`;
    return path === ''
      ? ''
      : `<path d="${path}" fill="none" stroke="${ink}" stroke-width="${pixel(Math.max(columnWidth * 0.78, 0.5))}"${look}>${note}</path>`;
  });
  return paths.join('');
}

function topOf(value: number, { yOf, bottom }: Frame): number {
  return Math.min(yOf(value), bottom - minBarHeight);
}
