/** What a page shows, as its address says it. The whole view lives there: a link shows another person the same. */
import type { ChartKind, ChartOptions, ChartSplit } from '../core/numbers/chart.ts';
import { fromEpochDay, isDay, toEpochDay, type EpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import { parseChoice } from '../core/model/choice.ts';
import { textParameters, type Field } from '../http/query.ts';
import { readable } from './layout.ts';

export const kinds = {
  total: 'Cumulative',
  daily: 'Daily',
  average: '7-day average',
  weekly: 'Weekly',
  monthly: 'Monthly',
} satisfies Record<ChartKind, string>;
export const splits = { none: 'none', registry: 'registry', image: 'image' } satisfies Record<ChartSplit, string>;
export const ranges = {
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  '1y': '1 year',
  mtd: 'Month to date',
  ytd: 'Year to date',
  all: 'All',
  custom: 'Custom range',
};
export const scales = { linear: 'Linear', log: 'Logarithmic' };
export const values = { absolute: 'Absolute', indexed: 'Indexed (start = 100)' };
export const sorts = {
  name: 'Image',
  total: 'Total',
  day: 'Yesterday',
  week: '7 days',
  month: '30 days',
  tags: 'Tags',
  pushed: 'Last push',
};

export type Range = keyof typeof ranges;
export type Sort = keyof typeof sorts;

export interface View {
  /** Empty: every registry. */
  readonly registry: string;
  /** Part of a name. */
  readonly search: string;
  readonly sort: Sort;
  readonly descending: boolean;
  readonly range: Range;
  /** With the range `custom`: dates, each open when empty. */
  readonly from: string;
  readonly to: string;
  readonly kind: ChartKind;
  readonly split: ChartSplit;
  /** Canonical names of the images in the chart; none: all that the table shows. */
  readonly repos: readonly string[];
  readonly values: keyof typeof values;
  /** Of lines; bars begin at 0. */
  readonly scale: keyof typeof scales;
  /** Whether the period before is drawn, too. */
  readonly previous: boolean;
  /** With a range that was dragged in the chart: where the reset goes back to, a range or its dates as `from..to`; else empty. */
  readonly zoomed: string;
  /** The day, or one of the week or month, whose images are listed; else empty. */
  readonly day: string;
  /** How many images the table shows. */
  readonly rows: number;
  /** What is wrong with it, for the page to say beside the control. */
  readonly problem?: string | undefined;
}

/** Rows that a table starts with, and that it grows by. */
export const rowsStep = 100;
/** As many as a page can have: all, as its address says. */
export const maxRows = 10_000;

const defaultView: View = {
  registry: '',
  search: '',
  sort: 'total',
  descending: true,
  range: '90d',
  from: '',
  to: '',
  kind: 'daily',
  split: 'none',
  repos: [],
  values: 'absolute',
  scale: 'linear',
  previous: false,
  zoomed: '',
  day: '',
  rows: rowsStep,
};

/**
 * The view of an address.
 * @throws AppError invalid_input that names the parameter and what would be valid
 */
export function parseView(query: URLSearchParams, registries: readonly string[]): View {
  const sort = query.get('sort') ?? '';
  const [from, to] = [dateOf(query, 'from'), dateOf(query, 'to')];
  if (from !== '' && to !== '' && from > to) throw new AppError('invalid_input', '"from" must not be after "to"');
  const range = parseChoice('range', query.get('range'), keysOf(ranges)) ?? (from === '' && to === '' ? defaultView.range : 'custom');
  return {
    registry: parseChoice('registry', query.get('registry'), registries) ?? '',
    search: (query.get('q') ?? '').trim().slice(0, 200),
    sort: parseChoice('sort', sort.replace(/^-/, ''), keysOf(sorts)) ?? defaultView.sort,
    descending: sort === '' ? defaultView.descending : sort.startsWith('-'),
    range,
    from,
    to,
    kind: parseChoice('kind', query.get('kind'), keysOf(kinds)) ?? defaultView.kind,
    split: parseChoice('split', query.get('split'), keysOf(splits)) ?? defaultView.split,
    repos: [...new Set(query.getAll('repo').map(canonicalRepo))].filter((repo) => repo !== ''),
    values: parseChoice('values', query.get('values'), keysOf(values)) ?? defaultView.values,
    scale: parseChoice('scale', query.get('scale'), keysOf(scales)) ?? defaultView.scale,
    previous: parseChoice('previous', query.get('previous'), ['on', 'off']) === 'on',
    zoomed: range === 'custom' ? zoomedOf(query) : '',
    day: dateOf(query, 'day'),
    rows: rowsOf(query),
  };
}

/** Those of the chart alone, for a form that leaves them out to keep. */
const chartParameters = ['values', 'scale', 'previous', 'zoomed', 'day', 'rows'] as const;

/** The view as an endpoint takes it. */
export const viewField: Field<View> = {
  parameters: textParameters('registry', 'q', 'sort', 'range', 'from', 'to', 'kind', 'split', 'repo', ...chartParameters),
  parse: (query, { registries }) => parseView(query, registries),
};

/** The view of a page: what its form can hold and no chart can show is said in the form. */
export const pageViewField: Field<View> = {
  parameters: viewField.parameters,
  parse(query, { registries }) {
    const [from, to] = [dateOf(query, 'from'), dateOf(query, 'to')];
    if (from === '' || to === '' || from <= to) return parseView(query, registries);
    const others = new URLSearchParams(query);
    others.set('from', to);
    return {
      ...parseView(others, registries),
      from,
      to,
      problem: reversedText(from, to),
    };
  },
};

/** What is said of dates the wrong way round. */
export function reversedText(from: string, to: string): string {
  return `“From” (${from}) is after “To” (${to}). Choose an earlier “From” or a later “To”.`;
}

/** The query of an address that shows this view, without what is the default; it begins with `?` or is empty. */
export function viewQuery(view: View, changes: Partial<View> = {}): string {
  const next = { ...view, ...changes };
  const query = new URLSearchParams();
  const set = (name: string, value: string, usual: string): void => {
    if (value !== usual) query.set(name, value);
  };
  set('registry', next.registry, '');
  set('q', next.search, '');
  set('sort', `${next.descending ? '-' : ''}${next.sort}`, '-total');
  set('range', next.range, defaultView.range);
  if (next.range === 'custom') {
    set('from', next.from, '');
    set('to', next.to, '');
    set('zoomed', next.zoomed, '');
  }
  set('kind', next.kind, defaultView.kind);
  set('split', next.split, defaultView.split);
  set('values', next.values, defaultView.values);
  set('scale', next.scale, defaultView.scale);
  set('previous', next.previous ? 'on' : '', '');
  set('day', next.day, '');
  set('rows', next.rows === maxRows ? 'all' : String(next.rows), String(rowsStep));
  for (const repo of next.repos) query.append('repo', repo);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

const rangeDays: Readonly<Partial<Record<Range, number>>> = { '7d': 7, '30d': 30, '90d': 90, '1y': 365 };

/** The first day of the range; undefined where it is open. */
function firstDay({ range, from }: View, today: EpochDay): string | undefined {
  if (range === 'custom') return from === '' ? undefined : from;
  const days = rangeDays[range];
  if (days !== undefined) return fromEpochDay(today - days + 1);
  const now = fromEpochDay(today);
  if (range === 'mtd') return `${now.slice(0, 7)}-01`;
  return range === 'ytd' ? `${now.slice(0, 4)}-01-01` : undefined;
}

/** Whether several images are next to each other, as lines: those that were checked. */
export function isCompared({ repos, split }: Pick<View, 'repos' | 'split'>): boolean {
  return repos.length > 1 && split !== 'registry';
}

/** What the chart of the view is made of. */
export function chartOptions(view: View, today: EpochDay, maxLines: number): ChartOptions {
  const custom = view.range === 'custom';
  const to = custom && view.to !== '' ? view.to : undefined;
  return {
    kind: view.kind,
    split: isCompared(view) ? 'image' : view.split,
    maxLines,
    from: firstDay(view, today),
    // The average of a day waits for its end.
    to: view.kind === 'average' ? fromEpochDay(Math.min(today - 1, to === undefined ? today : toEpochDay(to))) : to,
  };
}

/** What the chart of the view is called. */
export function chartTitle(view: View): string {
  const what = {
    total: 'Cumulative pulls',
    daily: 'Daily pulls',
    average: 'Pulls a day, 7-day average',
    weekly: 'Weekly pulls',
    monthly: 'Monthly pulls',
  }[view.kind];
  const of =
    view.repos.length === 0 ? '' : ` of ${view.repos.length === 1 ? readable(view.repos[0] ?? '') : `${view.repos.length} images`}`;
  return what + of;
}

/** Path of the rows behind the view's chart, as CSV; no repos: all. */
export function chartCsvPath(view: View, today: EpochDay, repos: readonly string[]): string {
  const { from, to } = chartOptions(view, today, 1);
  const query = new URLSearchParams({ format: 'csv' });
  if (view.registry !== '') query.set('registry', view.registry);
  for (const repo of repos) query.append('repo', repo);
  if (from !== undefined) query.set('from', from);
  if (to !== undefined) query.set('to', to);
  if (view.split === 'registry') query.set('split', 'registry');
  const kind = view.kind === 'average' ? 'daily' : view.kind;
  if (kind === 'daily') query.set('details', 'true');
  return `/api/pulls${kind === 'total' ? '' : `/${kind}`}?${query.toString()}`;
}

/** The keys of an object whose keys are all known. */
export function keysOf<Key extends string>(object: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(object).filter((key): key is Key => key in object);
}

function dateOf(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '';
  if (text === '' || isDay(text)) return text;
  throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text)}: valid is a date such as 2026-03-14`);
}

function rowsOf(query: URLSearchParams): number {
  const text = query.get('rows') ?? '';
  if (text === '') return rowsStep;
  if (text === 'all') return maxRows;
  const rows = Number(text);
  if (Number.isInteger(rows) && rows >= 1 && rows <= maxRows) return rows;
  throw new AppError('invalid_input', `"rows" is ${JSON.stringify(text)}: valid is all, or a number from 1 to ${maxRows}`);
}

function zoomedOf(query: URLSearchParams): string {
  const text = query.get('zoomed') ?? '';
  if (text === '' || (text !== 'custom' && text in ranges)) return text;
  const dates = text.split('..');
  if (dates.length === 2 && dates.every((date) => date === '' || isDay(date))) return text;
  throw new AppError(
    'invalid_input',
    `"zoomed" is ${JSON.stringify(text)}: valid is a range such as 90d, or dates such as 2026-03-01..2026-03-14`,
  );
}

/** The view as it was before it was zoomed. */
export function withoutZoom(view: View): View {
  const [from, to] = view.zoomed.split('..');
  if (to !== undefined) return { ...view, range: 'custom', from: from ?? '', to, zoomed: '' };
  const range = keysOf(ranges).find((key) => key === view.zoomed) ?? defaultView.range;
  return { ...view, range, from: '', to: '', zoomed: '' };
}
