/** What a chart is drawn from, and the frame that its lines and bars stand in. */
import type { ChartKind } from '../core/numbers/chart.ts';
import type { Day, EpochDay } from '../core/model/day.ts';
import type { Mark } from '../core/model/mark.ts';

export interface ChartPoint {
  readonly day: Day;
  readonly value: number;
  readonly mark?: Mark | undefined;
}

export interface ChartDrawing {
  readonly title: string;
  /** By ascending day, each day once; a day that is not there is a gap. Of weeks and months it is the first day. */
  readonly points: readonly ChartPoint[];
  readonly kind: ChartKind;
  /** Whether the last point's day, week or month has not ended: its value is only what came so far. */
  readonly goesOn?: boolean;
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

/** How sure a value is; each looks different, also without colour. */
export type Sureness = 'read' | 'reconstructed' | 'in doubt';

const surenessOfMark: Readonly<Record<Mark, Sureness>> = {
  read: 'read',
  imported: 'read',
  backfilled: 'reconstructed',
  estimated: 'reconstructed',
  closed: 'read',
  frozen: 'in doubt',
  inconsistent: 'in doubt',
};

export function surenessOf({ mark = 'read' }: ChartPoint): Sureness {
  return surenessOfMark[mark];
}

/** The id of the hatching in the document. */
export const hatching = 'reconstructed';
/** More points than this look the same, and have no room for a text of their own. */
export const mostPoints = 400;

/** Days from one point to the next where none is missing, a month being as long as the longest. */
export const stepDays: Readonly<Record<ChartKind, number>> = { total: 1, daily: 1, weekly: 7, monthly: 31 };
