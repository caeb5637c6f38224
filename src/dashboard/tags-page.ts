/** The page of the tags of an image, or of the images of a group: how they are downloaded where that is counted, and all of them in a table. */
import { html } from 'hono/html';
import { imageKey } from '../core/model/image.ts';
import { formatExact } from '../core/views/format.ts';
import type { TrackedImage } from '../core/views/images.ts';
import type { ImageTags } from '../core/views/tags.ts';
import type { Page } from '../http/paging.ts';
import { titleOf, todayOf, type PageContext } from './context.ts';
import { figure } from './chart-figure.ts';
import { kept, rangeControls, registrySelect, select } from './controls.ts';
import { nameOn } from './image.ts';
import { imagePath, page, readable, tagsPath, type Html } from './layout.ts';
import { chartSubtitle } from './shown-chart.ts';
import type { TagChart } from './tag-chart.ts';
import { tagNotes } from './tag-notes.ts';
import type { TagRow } from './tag-rows.ts';
import { tagTable } from './tag-table.ts';
import { sortText, tagKinds, tagQuery, type TagSort, type TagView } from './tag-view.ts';
import { chartOptions, type View } from './view.ts';

/** Tags on one page. */
export const tagsOnPage = 100;

export interface TagsParts {
  /** The canonical name, or that of a group. */
  readonly repo: string;
  readonly images: readonly TrackedImage[];
  readonly tags: readonly ImageTags[];
  readonly view: TagView;
  readonly chart: TagChart | undefined;
  /** All that the view finds. */
  readonly found: readonly TagRow[];
  readonly shown: Page<TagRow>;
}

export function tagsPage(context: PageContext, parts: TagsParts): Html {
  const { repo, tags, view, chart, shown } = parts;
  const chosen = parts.images.filter(({ registry }) => view.view.registry === '' || view.view.registry === registry);
  const { basePath } = context;
  const path = tagsPath(basePath, repo);
  const name = readable(repo);
  const isFirst = shown.start === 0;
  return page(context, {
    title: `Tags of ${name}`,
    refreshSeconds: 60,
    url: isFirst ? path + tagQuery(view) : undefined,
    main: html`<nav aria-label="Path"><a href="${basePath}/">Images</a> / <a href="${imagePath(basePath, repo)}">${name}</a> /</nav>
      <h1>Tags of ${name}</h1>
      ${tags.some((image) => image.tags.length > 0) ? controls(context, parts, path) : ''}
      ${chart === undefined || chart.count === 0 ? '' : chartFigure(context, parts, chart, path)} ${tagNotes(context, chosen, tags, repo)}
      ${tags.some((image) => image.tags.length > 0) ? table(context, parts, path) : ''} ${pages(path, view, shown)}`,
  });
}

function controls(context: PageContext, { images, view: tagView, chart }: TagsParts, path: string): Html {
  const { view } = tagView;
  const own = new Set(images.map(({ registry }) => registry));
  const registries = context.registries.filter(({ id }) => own.has(id));
  return html`<form id="view" class="controls" method="get" action="${path}" autocomplete="off" data-view>
    <label class="search">Filter by tag <input type="search" name="q" value="${view.search}" autocomplete="off" /></label>
    ${registries.length > 1 ? registrySelect(registries, 'registry', '', view.registry) : kept('registry', view.registry, '')}
    ${chart === undefined ? '' : html`${select('kind', 'Chart', tagKinds, view.kind)} ${rangeControls(view)} ${kept('zoomed', view.zoomed, '')}`}
    ${kept('sort', sortText(tagView), '-pushed')}
    <button type="submit">Show</button>
  </form>`;
}

const titles = { daily: 'Daily pulls', average: 'Pulls a day, 7-day average', weekly: 'Weekly pulls', monthly: 'Monthly pulls', total: '' };

/** What the chart of the page is called. */
export function tagChartTitle({ kind }: View, repo: string): string {
  return `${titles[kind]} of tags of ${readable(repo)}`;
}

/** Which of the tags have a line, where not all have; undefined where they do. */
export function tagChartNote({ shown, count }: TagChart): string | undefined {
  const { length } = shown.chart.lines;
  return count > length && length > 0
    ? `The ${length} lines with the most pulls of ${formatExact(count)}; filter to see others`
    : undefined;
}

function chartFigure(context: PageContext, { repo, view: tagView }: TagsParts, chart: TagChart, path: string): Html {
  const { basePath } = context;
  const { view } = tagView;
  const { from, to } = chartOptions(view, todayOf(context), 1);
  const csv = new URLSearchParams({ repo, format: 'csv', ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  return figure({
    view,
    shown: chart.shown,
    title: tagChartTitle(view, repo),
    subtitle: chartSubtitle(chart.shown, view, titleOf(context, view.registry)),
    note: tagChartNote(chart),
    basePath,
    addressOf: (next) => path + tagQuery({ ...tagView, view: next }),
    csvPath: `${basePath}/api/tags/history?${csv.toString()}`,
    drawing: `${basePath}/data/tags.svg?${new URLSearchParams([['image', repo], ...new URLSearchParams(tagQuery(tagView))]).toString()}`,
  });
}

function table(context: PageContext, { repo, tags, view, chart, found, shown }: TagsParts, path: string): Html {
  const { basePath } = context;
  if (found.length === 0)
    return html`<p class="empty" data-key="no-match">
      No tags match ${view.view.search === '' ? 'this filter' : `“${view.view.search}”`}
    </p>`;
  const all = tags.reduce((sum, image) => sum + image.tags.length, 0);
  const csv = new URLSearchParams({ repo, ...(view.view.registry === '' ? {} : { registry: view.view.registry }), format: 'csv' });
  return html`<p class="exports"><a href="${basePath}/api/tags?${csv.toString()}" download>All tags as CSV</a></p>
    ${tagTable({
      rows: shown.rows,
      all: found,
      label: 'Tags',
      caption: caption(shown, found.length, all),
      now: context.clock.now(),
      placeOf: new Set(found.map(imageKey)).size > 1 ? (row) => nameOn(context, row, repo) : undefined,
      trendOf: chart?.trendOf,
      sorting: {
        ...view,
        addressOf: (sort: TagSort) => {
          // A click on the sorted column reverses it; names start with A, numbers with the largest.
          const descending = view.sort === sort ? !view.descending : sort !== 'name';
          return path + tagQuery({ ...view, sort, descending });
        },
      },
    })}`;
}

function caption({ rows, start }: Page<TagRow>, found: number, all: number): string {
  const of = found < all ? `${formatExact(found)} matching tag${found === 1 ? '' : 's'}` : `${formatExact(all)} tag${all === 1 ? '' : 's'}`;
  if (rows.length === found) return of;
  return `${formatExact(start + 1)}–${formatExact(start + rows.length)} of ${of}`;
}

function pages(path: string, view: TagView, { previous, next, start }: Page<TagRow>): Html {
  if (previous === undefined && next === undefined) return html``;
  return html`<nav class="pages" aria-label="More tags">
    ${start <= tagsOnPage ? '' : html`<a href="${path}${tagQuery(view)}" data-view>First</a>`}
    ${previous === undefined ? '' : html`<a href="${path}${previous}" rel="prev" data-view>Previous</a>`}
    ${next === undefined ? '' : html`<a href="${path}${next}" rel="next" data-view>Next</a>`}
  </nav>`;
}
