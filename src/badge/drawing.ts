/** What a chart is drawn from, and the frame around its lines and bars. */
import type { ChartKind } from '../core/numbers/chart.ts';
import type { Day, EpochDay } from '../core/model/day.ts';
import type { Mark } from '../core/model/mark.ts';

export interface ChartPoint {
  readonly day: Day;
  readonly value: number;
  readonly mark?: Mark | undefined;
  /** How many days the value covers, where those are more than the one, the week or the month that it is shown under. */
  readonly days?: number | undefined;
}

export interface ChartDrawing {
  readonly title: string;
  /** By ascending day, each day once; a missing day is a gap. Weeks and months have their first day. */
  readonly points: readonly ChartPoint[];
  readonly kind: ChartKind;
  /** Whether the day, week or month of the last point is still in progress. */
  readonly isPartial?: boolean;
  /** Whether the history begins in the week or month of the first point, which is partial then. */
  readonly startsPartial?: boolean;
  /** The day of the last reading, where that is longer ago than it should be. */
  readonly agedSince?: Day | undefined;
  readonly theme: 'light' | 'dark';
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
}

export interface Colors {
  readonly ground: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly ink: string;
}

export interface Frame {
  /** Edges of the plot, in pixels of the document. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The middle of a day, or of the week or month that begins with it. */
  readonly xOf: (day: EpochDay) => number;
  readonly yOf: (value: number) => number;
  /** Width of the column of one point, in pixels. */
  readonly columnWidth: number;
}

/** How certain a value is; each looks different, also without color. */
export type Certainty = 'read' | 'backfilled' | 'several days' | 'inconsistent';

const certaintyByMark: Readonly<Record<Mark, Certainty>> = {
  read: 'read',
  imported: 'read',
  backfilled: 'backfilled',
  estimated: 'backfilled',
  closed: 'read',
  frozen: 'inconsistent',
  inconsistent: 'inconsistent',
};

/** A value over several days wins over a backfilled one: it is the larger part of the truth about its bar. */
export function certaintyOf({ mark = 'read', days = 1 }: ChartPoint): Certainty {
  const certainty = certaintyByMark[mark];
  return days > 1 && certainty !== 'inconsistent' ? 'several days' : certainty;
}

/** The certainty as a text under a bar says it. */
export function certaintyText(point: ChartPoint): string {
  const certainty = certaintyOf(point);
  return certainty === 'several days' ? `covers ${point.days} days` : certainty;
}

/** The id of the hatching in the document. */
export const hatching = 'backfilled';
/** The id of the hatching of values over several days. */
export const wideHatching = 'several';
/** More points than this have no room for a look and a text of their own. */
export const maxPoints = 400;

/** Days between adjacent points; for months those of the longest. */
export const stepDays: Readonly<Record<ChartKind, number>> = { total: 1, daily: 1, average: 1, weekly: 7, monthly: 31 };
