/** A chart as the service sends it. */
export interface ChartData {
  readonly kind: 'total' | 'daily' | 'average' | 'weekly' | 'monthly';
  readonly look: 'bars' | 'lines';
  readonly scale: 'linear' | 'log';
  readonly unit: 'pulls' | 'index';
  /** Whether some pulls are in several lines, so that the lines have no sum. */
  readonly isOverlapping?: true;
  /** What is said of the first and of the last day, week or month. */
  readonly partial: { readonly first?: string; readonly last?: string };
  readonly days: readonly string[];
  readonly lines: readonly ChartLine[];
  readonly remarks: Readonly<Record<string, Remark>>;
  /** Days on which tags moved; only for a single image. */
  readonly releases?: readonly { readonly day: string; readonly tags: readonly string[] }[];
}

export type Values = readonly (number | null)[];

export interface ChartLine {
  readonly label: string;
  readonly values: Values;
  /** Of the period before. */
  readonly previous?: Values;
}

/** What is said about a value that was not simply read. */
interface Remark {
  /** What is drawn: only what is true of a tenth of the value or more. */
  readonly shapes: readonly ('backfilled' | 'reset' | 'doubtful' | 'severalDays')[];
  /** How many days the value covers, where that is drawn. */
  readonly days?: number;
  readonly texts: readonly string[];
}

/** Lines that are not hidden, with their places among all: those choose their colors. */
export function visibleLines({ lines }: ChartData, hidden: ReadonlySet<string>): (readonly [line: ChartLine, place: number])[] {
  return lines.flatMap((line, place) => (hidden.has(line.label) ? [] : [[line, place] as const]));
}

/** The seconds of a day's beginning, as uPlot counts. */
export function secondsOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}
