/** The rows of a table of tags: which of them are found, and their order. */
import { compareImages, compareText, type ImageName } from '../core/model/image.ts';
import type { Tag } from '../core/model/reading.ts';
import type { ImageTags } from '../core/views/tags.ts';
import type { Order, RowKey } from '../http/paging.ts';
import type { TagSort, TagView } from './tag-view.ts';

export interface TagRow extends ImageName {
  readonly tag: Tag;
  /** Milliseconds since the epoch; -1 where that is not known. */
  readonly pushedAt: number;
  /** Its place among the image's tags that were pushed at the same moment, as the registry lists them. */
  readonly place: number;
}

/** The newest first, as they come. */
export function tagRows({ registry, repo, tags }: ImageTags): TagRow[] {
  const rows: TagRow[] = [];
  for (const tag of tags) {
    const parsed = Date.parse(tag.lastUpdated ?? '');
    const pushedAt = Number.isNaN(parsed) ? -1 : parsed;
    const before = rows.at(-1);
    rows.push({ registry, repo, tag, pushedAt, place: before?.pushedAt === pushedAt ? before.place + 1 : 0 });
  }
  return rows;
}

export const tagOrderName = 'tags-page';
/** The parts of a key. */
export const tagKeyLength = 5;

/** The order of a view. What is not known comes last either way, and of equals the newest first. */
export function tagOrder({ sort, descending }: Pick<TagView, 'sort' | 'descending'>): Order<TagRow> {
  const compareValues = sort === 'name' ? byVersion(descending) : byNumber(descending);
  return {
    name: tagOrderName,
    key: (row) => [sortValue(row, sort), String(row.pushedAt), row.registry, row.repo, String(row.place)],
    compare: (a, b) => compareValues(a[0] ?? '', b[0] ?? '') || compareRest(a, b),
  };
}

function sortValue({ tag, pushedAt }: TagRow, sort: TagSort): string {
  if (sort === 'name') return tag.name;
  return String({ pushed: pushedAt, size: tag.fullSize ?? -1, pulls: tag.pullCount ?? -1 }[sort]);
}

function byVersion(descending: boolean): (a: string, b: string) => number {
  return (a, b) => (descending ? compareVersions(b, a) : compareVersions(a, b));
}

/** 1.9 before 1.10: numbers within names are compared as such. */
function compareVersions(a: string, b: string): number {
  const [pieces, others] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (const [at, piece] of (pieces ?? []).entries()) {
    const other = others?.[at] ?? '';
    const order = (/^\d/.test(piece) && /^\d/.test(other) && Number(piece) - Number(other)) || compareText(piece, other);
    if (order !== 0) return order;
  }
  return compareText(a, b);
}

function byNumber(descending: boolean): (a: string, b: string) => number {
  return (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    return x < 0 || y < 0 ? Number(x < 0) - Number(y < 0) : descending ? y - x : x - y;
  };
}

function compareRest(a: RowKey, b: RowKey): number {
  const [, pushedAt, registry = '', repo = '', place] = a;
  const [, otherPushedAt, otherRegistry = '', otherRepo = '', otherPlace] = b;
  return (
    Number(otherPushedAt) - Number(pushedAt) ||
    compareImages({ registry, repo }, { registry: otherRegistry, repo: otherRepo }) ||
    Number(place) - Number(otherPlace)
  );
}
