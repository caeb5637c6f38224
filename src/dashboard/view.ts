/** What a page shows, as its address says it. The whole view lives there: a link shows another person the same. */
import type { ChartKind, ChartOptions, ChartSplit } from '../core/numbers/chart.ts';
import { fromEpochDay, isDay, type EpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import { parseChoice } from '../core/model/choice.ts';
import { textParameters, type Field } from '../http/query.ts';
import { readable } from './layout.ts';

export const kinds = { total: 'Cumulative', daily: 'Daily', weekly: 'Weekly', monthly: 'Monthly' } satisfies Record<ChartKind, string>;
export const splits = { none: 'none', registry: 'registry', image: 'image' } satisfies Record<ChartSplit, string>;
export const ranges = { '30d': '30 days', '90d': '90 days', '1y': '1 year', all: 'All', custom: 'Custom range' };
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
  /** What is wrong with it, for the page to say beside the control. */
  readonly problem?: string | undefined;
}

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
};

/**
 * The view of an address.
 * @throws AppError invalid_input that names the parameter and what would be valid
 */
export function parseView(query: URLSearchParams, registries: readonly string[]): View {
  const sort = query.get('sort') ?? '';
  const [from, to] = [dateOf(query, 'from'), dateOf(query, 'to')];
  if (from !== '' && to !== '' && from > to) throw new AppError('invalid_input', '"from" must not be after "to"');
  return {
    registry: parseChoice('registry', query.get('registry'), registries) ?? '',
    search: (query.get('q') ?? '').trim().slice(0, 200),
    sort: parseChoice('sort', sort.replace(/^-/, ''), keysOf(sorts)) ?? defaultView.sort,
    descending: sort === '' ? defaultView.descending : sort.startsWith('-'),
    range: parseChoice('range', query.get('range'), keysOf(ranges)) ?? (from === '' && to === '' ? defaultView.range : 'custom'),
    from,
    to,
    kind: parseChoice('kind', query.get('kind'), keysOf(kinds)) ?? defaultView.kind,
    split: parseChoice('split', query.get('split'), keysOf(splits)) ?? defaultView.split,
    repos: [...new Set(query.getAll('repo').map(canonicalRepo))].filter((repo) => repo !== ''),
  };
}

/** The view as an endpoint takes it. */
export const viewField: Field<View> = {
  parameters: textParameters('registry', 'q', 'sort', 'range', 'from', 'to', 'kind', 'split', 'repo'),
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
      problem: `“From” (${from}) is after “To” (${to}). Choose an earlier “From” or a later “To”.`,
    };
  },
};

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
  }
  set('kind', next.kind, defaultView.kind);
  set('split', next.split, defaultView.split);
  for (const repo of next.repos) query.append('repo', repo);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

const rangeDays: Readonly<Partial<Record<Range, number>>> = { '30d': 30, '90d': 90, '1y': 365 };

/** What the chart of the view is made of. */
export function chartOptions(view: View, today: EpochDay, mostLines: number): ChartOptions {
  const days = rangeDays[view.range];
  const custom = view.range === 'custom';
  return {
    kind: view.kind,
    split: view.split,
    maxLines: mostLines,
    from: days === undefined ? (custom && view.from !== '' ? view.from : undefined) : fromEpochDay(today - days + 1),
    to: custom && view.to !== '' ? view.to : undefined,
  };
}

/** What the chart of the view is called. */
export function chartTitle(view: View): string {
  const what = { total: 'Cumulative pulls', daily: 'Daily pulls', weekly: 'Weekly pulls', monthly: 'Monthly pulls' }[view.kind];
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
  if (view.kind === 'daily') query.set('details', 'true');
  return `/api/pulls${view.kind === 'total' ? '' : `/${view.kind}`}?${query.toString()}`;
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
