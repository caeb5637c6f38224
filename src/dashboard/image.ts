/** The page of one image: its registries side by side, its history, tags and events, and what to embed. */
import { html } from 'hono/html';
import { deletedSince } from '../core/views/deleted.ts';
import { discrepancyText } from '../core/views/discrepancy.ts';
import { listEvents, type ImageEvent } from '../core/views/events.ts';
import type { FrozenSeries } from '../core/views/frozen-series.ts';
import { findGroup } from '../core/views/groups.ts';
import { buildChart } from '../core/numbers/chart.ts';
import { dayMakers } from '../core/numbers/day-makers.ts';
import { sumGrowth } from '../core/numbers/growth.ts';
import { sumWeekdays } from '../core/numbers/weekday.ts';
import { trackedImages, type KnownHistory, type KnownImages, type TrackedImage } from '../core/views/images.ts';
import type { Day } from '../core/model/day.ts';
import type { ImageName } from '../core/model/image.ts';
import type { RecordedEvent } from '../core/model/event.ts';
import type { ImageTags } from '../core/views/tags.ts';
import { advice } from './advice.ts';
import { titleOf, todayOf, type PageContext } from './context.ts';
import { chartControls, hiddenInputs } from './controls.ts';
import { howPullsAreCounted } from './counting.ts';
import { embedParameters, embedSection, type Embed } from './embed.ts';
import { figure } from './chart-figure.ts';
import { dayPanel } from './day-panel.ts';
import { change, count, exactCount, weekdayBefore } from './figures.ts';
import { headline } from './headline.ts';
import { ago, imagePath, page, readable, tagsPath, type Html } from './layout.ts';
import { failureOf } from './notices.ts';
import { chartSubtitle, shownChart, type ShownChart } from './shown-chart.ts';
import { tagRows } from './tag-rows.ts';
import { tagCountText, tagTable } from './tag-table.ts';
import { releasesOf } from './tags.ts';
import { chartCsvPath, splits, viewQuery, type View } from './view.ts';

/** Of each registry. */
const maxTags = 10;
const maxEvents = 50;

export interface ImageParts {
  /** The canonical name, or that of a group. */
  readonly repo: string;
  /** Cut to the image, or to the images of the group. */
  readonly known: KnownHistory & FrozenSeries;
  readonly recorded: readonly RecordedEvent[];
  readonly tags: readonly ImageTags[];
  readonly view: View;
  readonly embed: Embed;
  /** Where the service is reached from outside, as `https://stats.example`. */
  readonly origin: string;
}

/** The image in each of its registries, or the images of a group; empty when it is not tracked. */
export function registriesOf(context: PageContext, repo: string, known: KnownImages): readonly TrackedImage[] {
  const { clock, configured, groups, staleAfterMs } = context;
  const named = findGroup(groups, repo)?.members ?? configured.filter((image) => image.repo === repo);
  const images = trackedImages(known, named, { now: clock.now(), staleAfterMs });
  // An image that is no longer read still has its history.
  if (images.length > 0 || known.latest.length === 0) return images;
  return trackedImages(known, known.latest, { now: clock.now(), staleAfterMs });
}

export function imageChart(context: PageContext, view: View, known: KnownHistory): Promise<ShownChart> {
  return shownChart((options) => buildChart(known.series, options), view, todayOf(context), context.registries.length);
}

export async function imagePage(context: PageContext, parts: ImageParts): Promise<Html> {
  const { repo, known, recorded, tags } = parts;
  // One image has no other images beside it.
  const split = parts.view.split === 'image' ? 'none' : parts.view.split;
  const view = { ...parts.view, split, repos: [repo] } as const;
  const { basePath } = context;
  const name = readable(repo);
  const images = registriesOf(context, repo, known);
  const ended = endedText(context, known, recorded, repo);
  const isOver = known.latest.every((image) => deletedSince(recorded, image) !== undefined);
  const path = imagePath(basePath, repo);
  const kept = [...new URLSearchParams(viewQuery(view, { repos: [] }))];
  const shown = await imageChart(context, view, known);
  const own = new Set([...images.map(({ registry }) => registry), parts.embed.registry]);
  const offering = { ...context, registries: context.registries.filter(({ id }) => own.has(id)) };
  const makers = view.day === '' ? undefined : dayMakers(known.series, view.day, view.kind);
  const addressOf = (next: View): string => path + viewQuery({ ...next, repos: [] });
  const address = new URLSearchParams([...kept, ...embedParameters(parts.embed)]).toString();
  return page(context, {
    title: name,
    refreshSeconds: 30,
    url: path + (address === '' ? '' : `?${address}`),
    main: html`<nav aria-label="Path"><a href="${basePath}/">Images</a> /</nav>
      <h1>${name}</h1>
      ${headline(context, images, known, { repo, ended: isOver ? ended : undefined })}
      <div class="cards" data-key="registries">
        ${images.map((image) => registryCard(context, image, { repo, since: deletedSince(recorded, image) }))}
      </div>
      ${howPullsAreCounted(context, new Set(images.map(({ registry }) => registry)))}
      <form id="view" class="controls" method="get" action="${path}" autocomplete="off" data-view>
        ${hiddenInputs(embedParameters(parts.embed))} ${chartControls(view, { none: splits.none, registry: splits.registry })}
        <button type="submit">Show</button>
      </form>
      ${figure({
        view,
        shown,
        subtitle: chartSubtitle(shown, view, titleOf(context, view.registry)),
        note: ended,
        basePath,
        addressOf,
        csvPath: basePath + chartCsvPath(view, todayOf(context), [repo]),
        releases: releasesOf(
          tags.map((image) => image.tags),
          view.kind,
        ),
        day: dayPanel(context, view, makers, addressOf({ ...view, day: '' })),
      })}
      ${tagsSection(context, tags, images, repo)}
      ${eventsSection(context, listEvents(known.series, { recorded, freezes: known.freezes }), repo)}
      ${embedSection(offering, repo, parts.embed, parts.origin, kept)}`,
  });
}

/** Which of the images are deleted, and since when; undefined where none is. */
function endedText(context: PageContext, { latest }: KnownHistory, recorded: readonly RecordedEvent[], shown: string): string | undefined {
  const ended = latest.flatMap((image) => {
    const since = deletedSince(recorded, image);
    return since === undefined ? [] : [{ name: nameOn(context, image, shown), since }];
  });
  if (ended.length === 0) return undefined;
  if (latest.length === 1) return `No longer in the registry since ${ended[0]?.since}`;
  return `No longer in the registry: ${ended.map(({ name, since }) => `${name} since ${since}`).join(', ')}`;
}

/** What a page shows: its name, and since when the image is deleted. */
interface Subject {
  readonly repo: string;
  readonly since: Day | undefined;
}

function registryCard(context: PageContext, image: TrackedImage, { repo: shown, since }: Subject): Html {
  const now = context.clock.now();
  const title = nameOn(context, image, shown);
  const isStale = image.stale && image.pullCount !== undefined;
  const flag = since === undefined ? (isStale ? 'stale' : '') : 'deleted';
  return html`<section class="card" data-key="${image.registry} ${image.repo}">
    <h2>
      ${title}${flag === '' ? '' : html` <span class="flag bad">${flag}</span>`}${image.doubt ? html` <span class="flag">${image.doubt}</span>` : ''}
    </h2>
    ${image.pullCount === undefined ? html`<p class="notice ${failureOf(context.status(), image) ? 'bad' : ''}">${unreadText(context, image)}</p>` : ''}
    ${since === undefined ? '' : html`<p>No longer in the registry since ${since}; its history is kept.</p>`}
    ${image.discrepancy ? html`<p>${discrepancyText(image.discrepancy.kind, image.discrepancy)}</p>` : ''}
    <dl class="facts">
      <div>
        <dt>Total</dt>
        <dd>
          ${exactCount(image.pullCount)}${image.totalSince === undefined ? '' : html` <span class="hint">since ${image.totalSince}</span>`}
        </dd>
      </div>
      <div>
        <dt>Yesterday</dt>
        <dd>${exactCount(image.lastDay.pulls)}${change(sumWeekdays([image.weekday]), weekdayBefore)}</dd>
      </div>
      <div>
        <dt>7 days</dt>
        <dd>${exactCount(image.lastWeek.pulls)}${change(sumGrowth([image.lastWeek]), 'previous 7 days')}</dd>
      </div>
      <div>
        <dt>30 days</dt>
        <dd>${exactCount(image.last30Days.pulls)}${change(sumGrowth([image.last30Days]), 'previous 30 days')}</dd>
      </div>
      <div>
        <dt>Tags</dt>
        <dd>${count(image.tagCount)}</dd>
      </div>
      <div>
        <dt>Last push</dt>
        <dd>${ago(image.lastUpdated, now)}</dd>
      </div>
      <div>
        <dt>History since</dt>
        <dd>
          ${image.historySince ?? '—'}${image.backfilledDays > 0 ? html` <span class="hint">(${image.backfilledDays} days backfilled)</span>` : ''}${image.importedDays > 0 ? html` <span class="hint">(${image.importedDays} days imported)</span>` : ''}
        </dd>
      </div>
      <div>
        <dt>Last checked</dt>
        <dd>${ago(image.lastRead, now, 'never checked')}</dd>
      </div>
    </dl>
  </section>`;
}

/** Why an image has no numbers. */
export function unreadText(context: PageContext, image: ImageName): string {
  const failure = failureOf(context.status(), image);
  return failure ? `Not read: ${failure.message}. ${advice[failure.code]}` : 'Not read yet: its numbers appear with the next run.';
}

/** What a thing on the page of an image or a group belongs to. */
export function nameOn(context: PageContext, { registry, repo }: ImageName, shown: string): string {
  const title = titleOf(context, registry);
  return repo === shown ? title : `${title}: ${readable(repo)}`;
}

/** The newest tags of each registry; all of them have a page of their own. */
function tagsSection(context: PageContext, tags: readonly ImageTags[], images: readonly TrackedImage[], shown: string): Html {
  const listed = tags.filter((image) => image.tags.length > 0);
  if (listed.length === 0) return html``;
  return html`<section aria-labelledby="tags" data-key="tags-section">
    <h2 id="tags">Tags</h2>
    ${listed.map((image) => {
      const name = nameOn(context, image, shown);
      const { tagCount } = images.find(({ registry, repo }) => registry === image.registry && repo === image.repo) ?? {};
      const all = tagRows(image);
      const part = all.length > maxTags ? `; the newest ${maxTags} are shown` : '';
      const caption = `${name}: ${tagCountText(image, tagCount)}${part}`;
      return tagTable({ rows: all.slice(0, maxTags), all, label: `Tags on ${name}`, caption, now: context.clock.now() });
    })}
    <p><a href="${tagsPath(context.basePath, shown)}">All tags, with search and sort</a></p>
  </section>`;
}

function eventsSection(context: PageContext, events: readonly ImageEvent[], shown: string): Html {
  if (events.length === 0) return html``;
  return html`<section aria-labelledby="events" data-key="events-section">
    <h2 id="events">Events</h2>
    <ul class="events">
      ${events
        .toReversed()
        .slice(0, maxEvents)
        .map(
          ({ time, registry, repo = shown, text }) =>
            html`<li>
              <time datetime="${time}">${time.slice(0, 10)}</time>
              <span class="registry">${nameOn(context, { registry, repo }, shown)}</span> ${text}
            </li>`,
        )}
    </ul>
  </section>`;
}
