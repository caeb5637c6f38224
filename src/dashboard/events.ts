/** The page of what happened to all images, the newest first, with filters. */
import { html } from 'hono/html';
import { compareIdentities, eventIdentity, eventKinds, type EventKind } from '../core/model/event.ts';
import type { EventFilter } from '../core/views/event-lists.ts';
import type { ImageEvent } from '../core/views/events.ts';
import { formatExact, momentText } from '../core/views/format.ts';
import { eventAddress, eventParameters } from '../http/event-filter.ts';
import type { Order, Page } from '../http/paging.ts';
import { titleOf, type PageContext } from './context.ts';
import { dateInputs, rangeProblem, select } from './controls.ts';
import type { EventsView } from './events-view.ts';
import { imagePath, page, readable, type Html } from './layout.ts';

const kindTitles: Readonly<Record<EventKind, string>> = {
  first_seen: 'First seen',
  counter_went_down: 'Counter reset',
  frozen: 'Counter not updated',
  inconsistent: 'Inconsistent',
  milestone: 'Milestone',
  unusual_day: 'Unusual day',
  tag_pushed: 'Tag pushed',
  image_gone: 'Deleted',
  image_back: 'Back',
  registry_dark: 'Outage',
  registry_back: 'Outage ended',
  collecting_failed: 'Images not read',
  collecting_restored: 'Images read again',
  storing_failed: 'Storing failed',
  storing_restored: 'Storing works again',
  notification_failed: 'Notification given up',
};

/** Events on one page. */
export const eventsOnPage = 100;

/** The newest first. */
export const newestFirst: Order<ImageEvent> = {
  name: 'events-page',
  key: eventIdentity,
  compare: (a, b) => compareIdentities(b, a),
};

export interface EventsParts {
  readonly view: EventsView;
  readonly shown: Page<ImageEvent>;
  /** How many match, on all pages. */
  readonly count: number;
}

export function eventsPage(context: PageContext, { view, shown, count }: EventsParts): Html {
  const { basePath } = context;
  const { filter, problem } = view;
  const path = `${basePath}/events`;
  return page(context, {
    title: 'Events',
    section: 'events',
    description: 'Tags pushed, milestones, counter resets, outages: what happened to container images',
    refreshSeconds: 60,
    url: shown.start === 0 ? eventAddress(path, filter) : undefined,
    feed: eventAddress('/feed.atom', filter),
    main: html`<h1>Events</h1>
      ${filterForm(context, path, view)}
      <p class="exports">
        <a href="${eventAddress(`${basePath}/feed.atom`, filter)}">Atom feed</a>
        <a href="${eventAddress(`${basePath}/api/events`, filter, [['format', 'csv']])}" download>CSV</a>
      </p>
      ${shown.rows.length > 0 ? table(context, shown, count) : problem === undefined ? noEvents(filter) : ''} ${pages(path, filter, shown)}`,
  });
}

function pages(path: string, filter: EventFilter, { start, previous, next }: Page<ImageEvent>): Html {
  if (previous === undefined && next === undefined) return html``;
  return html`<nav class="pages" aria-label="More events">
    ${start === 0 ? '' : html`<a href="${eventAddress(path, filter)}" data-view>Newest</a>`}
    ${previous === undefined || start <= eventsOnPage ? '' : html`<a href="${path}${previous}" rel="prev" data-view>Newer</a>`}
    ${next === undefined ? '' : html`<a href="${path}${next}" rel="next" data-view>Older</a>`}
  </nav>`;
}

function filterForm({ registries, groups }: PageContext, path: string, { filter, problem }: EventsView): Html {
  const { from = '', to = '' } = filter.range;
  const [kind, registry, repo] = ['kind', 'registry', 'repo'].map((name) => valueOf(filter, name));
  return html`<form id="view" class="controls" method="get" action="${path}" autocomplete="off" data-view>
    ${select(
      'kind',
      'Kind',
      choices(
        'All kinds',
        eventKinds.map((each) => [each, kindTitles[each]]),
        kind,
      ),
      kind ?? '',
    )}
    ${select(
      'registry',
      'Registry',
      choices(
        'All registries',
        registries.map(({ id, title }) => [id, title]),
        registry,
      ),
      registry ?? '',
    )}
    <label class="search"
      >Image${groups.length > 0 ? ' or group' : ''}
      <input type="search" name="repo" value="${readable(repo ?? '')}" placeholder="owner/name"
    /></label>
    ${dateInputs({ from, to, problem })} ${rangeProblem({ problem })}
    <button type="submit">Show</button>
  </form>`;
}

function valueOf(filter: EventFilter, parameter: string): string | undefined {
  return eventParameters(filter).find(([name]) => name === parameter)?.[1];
}

/** What an address may name beyond one of them, such as two registries, is a choice of its own. */
function choices(all: string, known: readonly (readonly [string, string])[], chosen = ''): Record<string, string> {
  return { '': all, [chosen]: chosen === '' ? all : chosen, ...Object.fromEntries(known) };
}

function noEvents(filter: EventFilter): Html {
  return html`<p class="notice" role="status">
    ${eventParameters(filter).length === 0 ? 'No events yet.' : 'No events match these filters.'}
  </p>`;
}

function table(context: PageContext, { rows, start }: Page<ImageEvent>, count: number): Html {
  const all = `${formatExact(count)} event${count === 1 ? '' : 's'}`;
  const shown = rows.length < count ? `${formatExact(start + 1)}–${formatExact(start + rows.length)} of ${all}` : all;
  // The roles stay what they are when a phone shows the rows as blocks.
  return html`<div class="scroll" role="region" aria-label="Events" tabindex="0">
    <table class="event-list" role="table">
      <caption>
        ${shown}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Time (UTC)</th>
          <th scope="col" role="columnheader">Kind</th>
          <th scope="col" role="columnheader">Image</th>
          <th scope="col" role="columnheader">What happened</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((event) => row(context, event))}
      </tbody>
    </table>
  </div>`;
}

function row(context: PageContext, { time, kind, registry, repo, text }: ImageEvent): Html {
  const title = html`<span class="registry">${titleOf(context, registry)}</span>`;
  return html`<tr role="row" data-key="${JSON.stringify([time, registry, repo, kind, text])}">
    <td role="cell"><time datetime="${time}">${timeText(time)}</time></td>
    <td role="cell">${kindTitles[kind]}</td>
    <th scope="row" role="rowheader">
      ${repo === undefined ? title : html`<a href="${imagePath(context.basePath, repo)}">${readable(repo)}</a> ${title}`}
    </th>
    <td role="cell">${text}</td>
  </tr>`;
}

/** Where only the day is known, that is all. */
function timeText(time: string): string {
  const written = new Date(time).toISOString();
  return written.endsWith('T00:00:00.000Z') ? written.slice(0, 10) : momentText(written);
}
