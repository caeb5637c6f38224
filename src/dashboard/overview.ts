/** The first page: totals, charts, and the table of images. */
import { html, raw } from 'hono/html';
import { sparklineSvg } from '../badge/chart.ts';
import { formatExact } from '../core/views/format.ts';
import type { ImageSums } from '../core/views/image-sums.ts';
import type { LatestImage } from '../core/model/history.ts';
import { advice } from './advice.ts';
import { titleOf, todayOf, type PageContext } from './context.ts';
import { chartControls, howToConfigure, offeredRegistries, registrySelect } from './controls.ts';
import { howPullsAreCounted } from './counting.ts';
import { figure } from './chart-figure.ts';
import { dayPanel } from './day-panel.ts';
import { change, count, exactCount, weekdayBefore } from './figures.ts';
import { ago, imagePath, page, readable, type Html } from './layout.ts';
import { failureOf, notices } from './notices.ts';
import type { Overview } from './overview-data.ts';
import { sparkline, type OverviewRow } from './overview-rows.ts';
import { chartSubtitle } from './shown-chart.ts';
import { chartCsvPath, keysOf, maxRows, rowsStep, sorts, splits, viewQuery, type Sort, type View } from './view.ts';

export function overviewPage(context: PageContext, view: View, overview: Overview): Html {
  const status = context.status();
  const empty = overview.all.images === 0 && context.howToConfigure !== undefined;
  const addressOf = (next: View): string => `${context.basePath}/${viewQuery(next)}`;
  const running = status.registries.some(({ progress }) => progress !== undefined);
  return page(context, {
    title: 'Images',
    section: 'images',
    refreshSeconds: running ? 3 : 30,
    url: `${context.basePath}/${viewQuery(view)}`,
    main: empty
      ? html`<h1>Images</h1>
          ${howToConfigure(context)}`
      : html`<h1>Images</h1>
          ${notices(context, overview.all)} ${tiles(overview.sums)} ${controls(context, view, overview)}
          ${figure({
            view,
            shown: overview.shown,
            subtitle: chartSubtitle(overview.shown, view, titleOf(context, view.registry)),
            basePath: context.basePath,
            addressOf,
            csvPath: csvPath(context, view, overview.found),
            day: dayPanel(context, view, overview.makers, addressOf({ ...view, day: '' })),
          })}
          ${table(context, view, overview)} ${howPullsAreCounted(context, new Set(overview.all.registries.keys()))}`,
  });
}

function tiles({ total, weekday: day, lastWeek: week, last30Days: month }: ImageSums): Html {
  return html`<dl class="tiles" data-key="tiles">
    <div>
      <dt>Total pulls</dt>
      <dd>${exactCount(total)}</dd>
    </div>
    <div>
      <dt>Yesterday</dt>
      <dd>${exactCount(day.pulls)}${change(day, weekdayBefore)}</dd>
    </div>
    <div>
      <dt>Last 7 days</dt>
      <dd>${exactCount(week.pulls)}${change(week, 'previous 7 days')}</dd>
    </div>
    <div>
      <dt>Last 30 days</dt>
      <dd>${exactCount(month.pulls)}${change(month, 'previous 30 days')}</dd>
    </div>
  </dl>`;
}

function controls(context: PageContext, view: View, { registries }: Overview): Html {
  const offered = offeredRegistries(context, registries, view.registry);
  return html`<form id="view" class="controls" method="get" action="${context.basePath}/" autocomplete="off" data-view>
    <label class="search">Filter by name <input type="search" name="q" value="${view.search}" autocomplete="off" /></label>
    ${offered.length > 1 ? registrySelect(offered, 'registry', '', view.registry) : ''} ${chartControls(view, splits)}
    ${view.rows === rowsStep ? '' : html`<input type="hidden" name="rows" value="${view.rows}" />`}
    <input type="hidden" name="sort" value="${view.descending ? '-' : ''}${view.sort}" />
    <button type="submit">Show</button>
  </form>`;
}

/** Servers and browsers take addresses of about this length. */
const maxAddressLength = 8_000;

/** The numbers of the chart; absent where the address would have to name more images than it can. */
function csvPath(context: PageContext, view: View, found: readonly OverviewRow[]): string | undefined {
  const names = view.repos.length > 0 || view.search === '' ? view.repos : found.slice(0, maxAddressLength).map(({ repo }) => repo);
  const path = context.basePath + chartCsvPath(view, todayOf(context), names);
  return path.length <= maxAddressLength ? path : undefined;
}

function table(context: PageContext, view: View, { found, rows, pinned, latestOf }: Overview): Html {
  const seen = new Set([...pinned, ...rows].map(({ repo }) => repo));
  const unseen = view.repos.filter((repo) => !seen.has(repo));
  // The roles stay what they are when a phone shows the rows as lines.
  return html`<div class="scroll" role="region" aria-label="Images" tabindex="0" data-key="table">
      ${unseen.map((repo) => html`<input type="hidden" form="view" name="repo" value="${repo}" />`)}
      <table class="images" role="table">
        <caption>
          ${tableCaption(found.length, rows.length)}${pinned.length > 0 ? `, and ${pinned.length} more in the chart` : ''}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader"><span class="unseen">In the chart</span></th>
            ${keysOf(sorts).map((sort) => heading(context, view, sort))}
            <th scope="col" role="columnheader" class="wide">Trend</th>
            <th scope="col" role="columnheader" class="wide">Last checked</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${pinned.map((row) => tableRow(context, view, { row, latest: latestOf(row), isPinned: true }))}
          ${rows.map((row) => tableRow(context, view, { row, latest: latestOf(row), isPinned: false }))}
        </tbody>
      </table>
    </div>
    ${moreRows(context, view, found.length)}
    ${found.length === 0 ? html`<p class="empty" data-key="no-match">No images match “${view.search}”</p>` : ''}`;
}

function moreRows({ basePath }: PageContext, view: View, all: number): Html {
  if (all <= view.rows) return html``;
  const next = Math.min(rowsStep, all - view.rows);
  const path = `${basePath}/${viewQuery(view, { rows: view.rows + rowsStep })}`;
  const allPath = `${basePath}/${viewQuery(view, { rows: maxRows })}`;
  return html`<p class="more" data-key="more">
    <a href="${path}" data-view>Show ${formatExact(next)} more images</a> · <a href="${allPath}" data-view>Show all</a> (to print them)
  </p>`;
}

function tableCaption(all: number, shown: number): string {
  if (all > shown) return `Showing ${formatExact(shown)} of ${formatExact(all)} images; filter to narrow down`;
  return `${formatExact(all)} image${all === 1 ? '' : 's'}`;
}

function heading({ basePath }: PageContext, view: View, sort: Sort): Html {
  const current = view.sort === sort;
  // A click on the sorted column reverses it; names start with A, numbers with the largest.
  const descending = current ? !view.descending : sort !== 'name';
  const direction = current ? (view.descending ? html`aria-sort="descending"` : html`aria-sort="ascending"`) : '';
  const path = `${basePath}/${viewQuery(view, { sort, descending })}`;
  return html`<th scope="col" role="columnheader" class="${columnClass[sort]}" ${direction}>
    <a href="${path}" data-view>${sorts[sort]}</a>
  </th>`;
}

const columnClass: Readonly<Record<Sort, string>> = {
  name: '',
  total: 'number',
  day: 'number',
  week: 'number',
  month: 'number',
  tags: 'number',
  pushed: '',
};

interface ShownRow {
  readonly row: OverviewRow;
  readonly latest: readonly LatestImage[];
  /** Whether it is there only because it is in the chart. */
  readonly isPinned: boolean;
}

function tableRow(context: PageContext, view: View, { row, latest, isPinned }: ShownRow): Html {
  const now = context.clock.now();
  const name = readable(row.repo);
  return html`<tr role="row" data-key="${row.repo}" class="${isPinned ? 'pinned' : ''}">
    <td role="cell" class="choice">
      <input
        type="checkbox"
        form="view"
        name="repo"
        value="${row.repo}"
        aria-label="${name} in the chart"
        ${view.repos.includes(row.repo) ? html`checked` : ''}
      />
    </td>
    <th scope="row" role="rowheader">
      <a href="${imagePath(context.basePath, row.repo)}" title="${name}">${name}</a>
      ${isPinned ? html`<span class="hint">not in the filter</span>` : ''} ${unread(context, row)} ${flags(context, row)}
      ${row.registries.map((id) => html`<span class="registry" title="${titleOf(context, id)}">${id}</span>`)}
    </th>
    <td role="cell" class="number total">${count(row.total)}</td>
    <td role="cell" class="number" data-label="Yesterday">${count(row.day.pulls)}${change(row.day, weekdayBefore)}</td>
    <td role="cell" class="number wide">${count(row.week.pulls)}${change(row.week, 'previous 7 days')}</td>
    <td role="cell" class="number" data-label="30 days">${count(row.month.pulls)}${change(row.month, 'previous 30 days')}</td>
    <td role="cell" class="number wide">${count(row.tags)}</td>
    <td role="cell" class="wide">${ago(row.pushed, now)}</td>
    <td role="cell" class="spark wide">${raw(sparklineSvg(sparkline(latest, todayOf(context))))}</td>
    <td role="cell" class="wide">${ago(row.lastRead, now, 'never checked')}</td>
  </tr>`;
}

/** Why a row has no numbers. */
function unread(context: PageContext, { repo, registries, total }: OverviewRow): Html {
  if (total !== undefined) return html``;
  const status = context.status();
  const failure = registries.map((registry) => failureOf(status, { registry, repo })).find((found) => found !== undefined);
  return failure ? html`<span class="flag bad" title="${failure.message}. ${advice[failure.code]}">${failure.message}</span>` : html``;
}

function flags(context: PageContext, { repo, registries, stale, doubt, total }: OverviewRow): Html {
  const { registries: known } = context.status();
  if (known.some(({ registry, deleted }) => registries.includes(registry) && deleted.includes(repo)))
    return html`<span class="flag bad" title="no longer in the registry; its history is kept">deleted</span>`;
  // What was never checked is not old.
  return html`${stale && total !== undefined ? html` <span class="flag bad" title="not checked recently: see the status page">stale</span>` : ''}${doubt ? html` <span class="flag" title="total inconsistent with the registry's daily counts">${doubt}</span>` : ''}`;
}
