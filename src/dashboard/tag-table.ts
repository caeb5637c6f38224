/** A table of tags, with the columns of which something is known. */
import { html, raw } from 'hono/html';
import { sparklineSvg } from '../badge/chart.ts';
import { formatBytes, formatExact } from '../core/views/format.ts';
import type { Platform } from '../core/model/reading.ts';
import { platformText, type ImageTags } from '../core/views/tags.ts';
import { count } from './figures.ts';
import { ago, type Html } from './layout.ts';
import type { TagRow } from './tag-rows.ts';
import { tagSorts, type TagSort } from './tag-view.ts';

export interface TagTableParts {
  readonly rows: readonly TagRow[];
  /** All of which these are a part: they decide on the columns. */
  readonly all: readonly TagRow[];
  /** What the table is, for those who hear it. */
  readonly label: string;
  readonly caption: Html | string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where the tags are; absent: all are in one place. */
  readonly placeOf?: ((row: TagRow) => string) | undefined;
  /** Pulls a day; null is a gap. */
  readonly trendOf?: ((row: TagRow) => readonly (number | null)[] | undefined) | undefined;
  /** Absent: it cannot be sorted. */
  readonly sorting?: { readonly sort: TagSort; readonly descending: boolean; readonly addressOf: (sort: TagSort) => string } | undefined;
}

interface Column {
  readonly heading: string;
  readonly sort?: TagSort;
  readonly className: string;
  readonly hint?: string;
  /** Undefined where nothing is known. */
  readonly cell: (row: TagRow) => Cell;
}

export function tagTable(parts: TagTableParts): Html {
  const { rows, all, label, caption } = parts;
  const columns = columnsOf(parts).filter(({ cell }) => all.some((row) => cell(row) !== undefined));
  const hasPulls = columns.some(({ sort }) => sort === 'pulls');
  // The roles stay what they are when a phone shows the rows as lines.
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0" data-key="${label}">
    <table class="tags ${hasPulls ? 'counted' : ''}" role="table">
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${heading(parts, { heading: 'Tag', sort: 'name', className: '', cell: () => undefined })}
          ${columns.map((column) => heading(parts, column))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => tagRow(row, columns))}
      </tbody>
    </table>
  </div>`;
}

type Cell = Html | string | undefined;

function ifKnown(value: number | undefined, shown: (value: number) => Html | string): Cell {
  return value === undefined ? undefined : shown(value);
}

function columnsOf({ now, placeOf, trendOf }: TagTableParts): readonly Column[] {
  return [
    {
      heading: 'Registry',
      className: 'place',
      cell: (row) => placeOf && html`<span class="registry" title="${placeOf(row)}">${placeOf(row)}</span>`,
    },
    {
      heading: tagSorts.pushed,
      sort: 'pushed',
      className: 'pushed',
      cell: ({ tag, pushedAt }) => ifKnown(pushedAt < 0 ? undefined : pushedAt, () => ago(tag.lastUpdated, now)),
    },
    { heading: 'Platforms', className: 'platforms', cell: ({ tag }) => (tag.platforms?.length ? platforms(tag.platforms) : undefined) },
    { heading: tagSorts.size, sort: 'size', className: 'number size', cell: ({ tag }) => ifKnown(tag.fullSize, formatBytes) },
    {
      heading: tagSorts.pulls,
      sort: 'pulls',
      className: 'number pulls',
      hint: 'of the version that the tag currently points to',
      cell: ({ tag }) => ifKnown(tag.pullCount, count),
    },
    { heading: 'Trend', className: 'spark wide', hint: 'pulls a day', cell: (row) => trend(trendOf?.(row)) },
    { heading: 'Digest', className: 'wide', cell: ({ tag }) => (tag.digest === undefined ? undefined : digest(tag.digest, tag.name)) },
  ];
}

function heading({ sorting }: TagTableParts, { heading: text, sort, className, hint }: Column): Html {
  const title = hint === undefined ? '' : html`title="${hint}"`;
  if (!sorting || sort === undefined)
    return html`<th scope="col" role="columnheader" class="${className} ${sorting ? 'unsorted' : ''}" ${title}>${text}</th>`;
  const direction = sorting.sort === sort ? html`aria-sort="${sorting.descending ? 'descending' : 'ascending'}"` : '';
  return html`<th scope="col" role="columnheader" class="${className}" ${title} ${direction}>
    <a href="${sorting.addressOf(sort)}" data-view>${text}</a>
  </th>`;
}

function tagRow(row: TagRow, columns: readonly Column[]): Html {
  const { registry, repo, tag } = row;
  return html`<tr role="row" data-key="${JSON.stringify([registry, repo, tag.name])}">
    <th scope="row" role="rowheader" title="${tag.name}">${tag.name}</th>
    ${columns.map(({ className, cell }) => {
      const content = cell(row);
      return html`<td role="cell" class="${className} ${content === undefined ? 'nothing' : ''}">${content ?? '—'}</td>`;
    })}
  </tr>`;
}

/** So many are shown one by one. */
const maxPlatforms = 3;

function platforms(all: readonly Platform[]): Html {
  const shown = all.map(
    (platform) =>
      html`<span class="platform"
        >${platformText(platform)}${platform.size === undefined ? '' : html`<span class="hint"> ${formatBytes(platform.size)}</span>`}</span
      >`,
  );
  if (all.length <= maxPlatforms) return html`${shown}`;
  return html`<details>
    <summary>${all.length} platforms</summary>
    ${shown}
  </details>`;
}

function trend(values: readonly (number | null)[] | undefined): Html | undefined {
  return values && values.length > 0 ? html`${raw(sparklineSvg(values))}` : undefined;
}

/** Shown cut, and copied whole, with the button or by hand. */
function digest(text: string, tag: string): Html {
  return html`<span class="digest"
    ><code>${text}</code> <button type="button" class="scripted" data-copy aria-label="Copy the digest of ${tag}">Copy</button></span
  >`;
}

/** How many tags are known of how many; `all`: how many there are, where that is known. */
export function tagCountText({ tags, cut = 0 }: ImageTags, all: number | undefined): string {
  const known = formatExact(tags.length);
  if (all !== undefined && all > tags.length) return `${known} of ${formatExact(all)} tags`;
  if (cut > 0) return `${known} of at least ${formatExact(tags.length + cut)} tags`;
  return `${known} tag${tags.length === 1 ? '' : 's'}`;
}
