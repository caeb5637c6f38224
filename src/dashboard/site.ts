/** Which address shows which page. Framework-free: the API serves what this answers. */
import { chartSvg } from '../badge/chart.ts';
import { pointsOf } from '../badge/points.ts';
import { isPartial, type Chart } from '../core/numbers/chart.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import { withGroups, type GroupedQuery } from '../core/views/groups.ts';
import type { KnownImages } from '../core/views/images.ts';
import type { SeriesQuery } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { newestTags, type ImageTags } from '../core/views/tags.ts';
import type { Site, SiteAnswer, SiteRequest } from '../core/views/site.ts';
import type { Assets } from './assets.ts';
import { todayOf, type PageContext } from './context.ts';
import { parseEmbed } from './embed.ts';
import { imageChart, imagePage, registriesOf } from './image.ts';
import { errorPage, readable, type Html } from './layout.ts';
import { overviewOf, overviewPage } from './overview.ts';
import { statusPage } from './status.ts';
import { releasesOf } from './tags.ts';
import { chartTitle, parseView } from './view.ts';

export interface SiteDeps extends Omit<PageContext, 'asset'> {
  readonly store: SnapshotStore;
  readonly assets: Assets;
}

const assetPrefix = '/assets/';
const imagePrefix = '/images/';

export function createSite({ store, assets, ...rest }: SiteDeps): Site {
  const context: PageContext = { ...rest, asset: (name) => `${rest.basePath}${assetPrefix}${assets.nameOf(name)}` };
  const ids = context.registries.map(({ id }) => id);

  async function known(query: SeriesQuery = {}): Promise<KnownImages> {
    const [latest, series, days] = await Promise.all([store.latest(query), store.totals(query), store.days()]);
    return { latest, series, newestDay: days.at(-1) };
  }

  async function knownOf({ query, has }: GroupedQuery): Promise<KnownImages> {
    const all = await known(query);
    return { ...all, latest: all.latest.filter(has), series: all.series.filter(has) };
  }

  async function tagsOf({ query, has }: GroupedQuery): Promise<readonly ImageTags[]> {
    return (await newestTags(store, query)).filter(has);
  }

  async function overview({ query }: SiteRequest): Promise<SiteAnswer> {
    return pageAnswer(overviewPage(context, parseView(query, ids), await known()));
  }

  async function image(request: SiteRequest): Promise<SiteAnswer> {
    const repo = canonicalRepo(decoded(request.path.slice(imagePrefix.length)));
    const asked = withGroups({ repos: new Set([repo]) }, context.groups);
    const images = await knownOf(asked);
    if (registriesOf(context, repo, images).length === 0) {
      throw new AppError('not_found', `${readable(repo)} is not tracked. Check the spelling, or add it to the configuration`);
    }
    const [tags, events] = await Promise.all([tagsOf(asked), store.events()]);
    const recorded = events.filter(asked.hasEvent);
    const view = parseView(request.query, ids);
    return pageAnswer(
      imagePage(context, { repo, known: images, recorded, tags, view, embed: parseEmbed(request.query, ids), origin: request.origin }),
    );
  }

  /** The chart of a view, with the releases where it is of one image. */
  async function chartJson({ query }: SiteRequest): Promise<SiteAnswer> {
    const view = parseView(query, ids);
    const [only, ...others] = view.repos;
    if (only === undefined || others.length > 0) return jsonAnswer(overviewOf(context, view, await known()).chart);
    const asked = withGroups({ ...registryOf(view.registry), repos: new Set([only]) }, context.groups);
    const [images, tags] = await Promise.all([knownOf(asked), tagsOf(asked)]);
    return jsonAnswer(imageChart(context, view, images), {
      releases: releasesOf(
        tags.map((each) => each.tags),
        view.kind,
      ),
    });
  }

  async function chartImage({ query }: SiteRequest): Promise<SiteAnswer> {
    const view = { ...parseView(query, ids), split: 'none' } as const;
    const { chart } = overviewOf(context, view, await known());
    const theme = query.get('theme') === 'dark' ? 'dark' : 'light';
    const svg = chartSvg({
      title: chartTitle(view),
      points: pointsOf(chart),
      kind: view.kind,
      isPartial: isPartial(chart, view.kind, todayOf(context)),
      theme,
      width: 960,
      height: 320,
    });
    return { kind: 'data', status: 200, type: 'image/svg+xml', text: svg };
  }

  async function routed(request: SiteRequest): Promise<SiteAnswer | undefined> {
    const { path } = request;
    if (path === '/') return overview(request);
    if (path === '/status') return pageAnswer(statusPage(context));
    if (path === '/data/chart.json') return chartJson(request);
    if (path === '/data/chart.svg') return chartImage(request);
    return path.startsWith(imagePrefix) ? image(request) : undefined;
  }

  return {
    asset: (path) => (path.startsWith(assetPrefix) ? assets.find(path.slice(assetPrefix.length)) : undefined),
    async answer(request) {
      try {
        return await routed(request);
      } catch (error) {
        // People asked for a page, and get one; programs get the API's errors.
        if (!(error instanceof AppError) || request.path.startsWith('/data/')) throw error;
        if (error.code !== 'not_found' && error.code !== 'invalid_input') throw error;
        return error.code === 'not_found'
          ? pageAnswer(errorPage(context, 'Page not found', error.message), 404)
          : pageAnswer(errorPage(context, 'Invalid request', error.message), 400);
      }
    },
  };
}

function registryOf(registry: string): SeriesQuery {
  return registry === '' ? {} : { registries: new Set([registry]) };
}

async function pageAnswer(html: Html, status: SiteAnswer['status'] = 200): Promise<SiteAnswer> {
  return { kind: 'page', status, type: 'text/html; charset=utf-8', text: String(await html) };
}

function jsonAnswer({ days, lines, remarks }: Chart, more: object = {}): SiteAnswer {
  const text = JSON.stringify({ days, lines, remarks: Object.fromEntries(remarks), ...more });
  return { kind: 'data', status: 200, type: 'application/json', text };
}

/** @throws AppError not_found for an escape that is none */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new AppError('not_found', 'this address does not exist', { cause: error });
  }
}
