/** What the page of an image's tags shows, as its address says it. */
import { parseChoice } from '../core/model/choice.ts';
import { AppError } from '../core/model/errors.ts';
import { textParameters, type Field } from '../http/query.ts';
import { keysOf, kinds, pageViewField, viewQuery, type View } from './view.ts';

export const tagSorts = { name: 'Tag', pushed: 'Pushed', size: 'Size', pulls: 'Pulls' };
export type TagSort = keyof typeof tagSorts;

const { total: _, ...pullsKinds } = kinds;
/** Registries count versions, not tags: a total under a tag says little. */
export const tagKinds: Readonly<Record<string, string>> = pullsKinds;

export interface TagView {
  /** Search, registry, and the chart with its range. */
  readonly view: View;
  readonly sort: TagSort;
  readonly descending: boolean;
}

const shared = ['registry', 'q', 'range', 'from', 'to', 'kind', 'zoomed'];

export const tagViewField: Field<TagView> = {
  parameters: textParameters(...shared, 'sort'),
  parse(query, known) {
    const view = pageViewField.parse(new URLSearchParams([...query].filter(([name]) => shared.includes(name))), known);
    if (view.kind === 'total') throw new AppError('invalid_input', `"kind" is "total": valid are ${keysOf(tagKinds).join(', ')}`);
    const sort = query.get('sort') ?? '';
    return {
      view,
      sort: parseChoice('sort', sort.replace(/^-/, ''), keysOf(tagSorts)) ?? 'pushed',
      descending: sort === '' || sort.startsWith('-'),
    };
  },
};

/** The query of an address that shows this view, without what is the default; it begins with `?` or is empty. */
export function tagQuery({ view, sort, descending }: TagView): string {
  const query = new URLSearchParams(viewQuery(view));
  const text = sortText({ sort, descending });
  if (text !== '-pushed') query.set('sort', text);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

export function sortText({ sort, descending }: Pick<TagView, 'sort' | 'descending'>): string {
  return `${descending ? '-' : ''}${sort}`;
}
