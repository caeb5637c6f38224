/** Badges and charts for READMEs. */
import type { Context } from 'hono';
import type { BadgePeriod, BadgeValue } from '../../badge/badge.ts';
import { chartSvg } from '../../badge/chart.ts';
import { pointsOf } from '../../badge/points.ts';
import { buildChart, isPartial, type ChartKind } from '../../core/numbers/chart.ts';
import { dayOf, fromEpochDay, toEpochDay } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { findGroup, queryImages, withGroups } from '../../core/views/groups.ts';
import { sumKnown } from '../../core/numbers/growth.ts';
import { canonicalRepo } from '../../core/model/image-ref.ts';
import type { TrackedImage } from '../../core/views/images.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import type { Content } from '../answers.ts';
import { embedHeaders, embedSeconds } from '../headers.ts';
import { parseChoice, parseFilter, parseRange } from '../query.ts';
import type { ImagesDeps } from './images.ts';

export interface EmbedDeps extends ImagesDeps {
  readonly registries: readonly string[];
}

interface Embedded {
  readonly query: SeriesQuery;
  /** `owner/name` or the name of a group, as the address has it. */
  readonly name: string;
  readonly format: string;
}

/**
 * The badge of `{registry or all}/{owner}/{name}.svg`, or `.json` for shields.io; 404 and grey for an image that is not tracked.
 * @throws AppError invalid_input
 */
export async function badgeContent(deps: EmbedDeps, { req }: Context): Promise<Content> {
  const { query, format } = embedded(deps, req.param('registry'), req.param('file'), ['svg', 'json']);
  // The library's tables of character widths take 4 MiB: those who never ask for a badge do not pay for them.
  const { badgeSvg, parseBadgeOptions, shieldsEndpoint } = await import('../../badge/badge.ts');
  const options = parseBadgeOptions(new URL(req.url).searchParams);
  const value = await badgeValue(deps, query, options.period);
  const text = format === 'svg' ? badgeSvg(value, options) : JSON.stringify(shieldsEndpoint(value, options, embedSeconds));
  return contentOf(format, text, value === 'not tracked' ? 404 : 200);
}

async function badgeValue(deps: EmbedDeps, query: SeriesQuery, period: BadgePeriod): Promise<BadgeValue> {
  const images = await queryImages(deps, query);
  return images.length === 0 ? 'not tracked' : (sumKnown(images.map(shownBy[period])) ?? 'no data yet');
}

const shownBy: Readonly<Record<BadgePeriod, (image: TrackedImage) => number | undefined>> = {
  total: ({ pullCount }) => pullCount,
  day: ({ lastDay }) => lastDay.pulls,
  week: ({ lastWeek }) => lastWeek.pulls,
  month: ({ last30Days }) => last30Days.pulls,
};

const kinds = ['total', 'daily', 'weekly', 'monthly'] as const;
const titles: Readonly<Record<ChartKind, string>> = {
  total: 'Total pulls',
  daily: 'Pulls by day',
  weekly: 'Pulls by week',
  monthly: 'Pulls by month',
};
/** Days that are shown where the address says nothing. */
const usualDays = 90;

/**
 * The chart of `{registry or all}/{owner}/{name}.svg`; 404 and empty for an image that is not tracked.
 * @throws AppError invalid_input
 */
export async function chartContent(deps: EmbedDeps, { req }: Context): Promise<Content> {
  const { query, name, format } = embedded(deps, req.param('registry'), req.param('file'), ['svg']);
  const kind = parseChoice('kind', req.queries('kind'), kinds) ?? 'daily';
  const theme = parseChoice('theme', req.queries('theme'), ['light', 'dark'] as const) ?? 'light';
  const today = toEpochDay(dayOf(deps.clock.now()));
  const { from = fromEpochDay(today - usualDays + 1), to } = parseRange(req.queries('from'), req.queries('to'));
  const asked = withGroups(query, deps.groups);
  const series = asked.named(await deps.store.totals(asked.query));
  const chart = buildChart(series, { kind, split: 'none', maxLines: 1, from, to });
  const svg = chartSvg({
    title: `${titles[kind]} of ${name}`,
    points: pointsOf(chart),
    kind,
    isPartial: isPartial(chart, kind, today),
    theme,
    width: 720,
    height: 240,
  });
  return contentOf(format, svg, series.length === 0 ? 404 : 200);
}

/** @throws AppError invalid_input for a registry or a file that is none, not_found for a name that is none */
function embedded({ registries, groups }: EmbedDeps, registry = '', file = '', formats: readonly string[] = []): Embedded {
  const [, name, format] = /^(.+)\.([a-z]+)$/.exec(file) ?? [];
  if (name === undefined || format === undefined || !(name.includes('/') || findGroup(groups, name)))
    throw new AppError('not_found', 'there is nothing at this address');
  if (!formats.includes(format)) throw new AppError('invalid_input', `"${format}" is not drawn here: valid are ${formats.join(', ')}`);
  if (registry !== 'all' && !registries.includes(registry)) {
    throw new AppError('invalid_input', `unknown registry ${JSON.stringify(registry)}: valid are all, ${registries.join(', ')}`);
  }
  const { registries: only } = parseFilter({ registry: registry === 'all' ? undefined : [registry] }, registries);
  return { query: { registries: only, repos: new Set([canonicalRepo(name)]) }, name, format };
}

function contentOf(format: string, text: string, status: 200 | 404): Content {
  return { type: format === 'svg' ? 'image/svg+xml' : 'application/json', chunks: [text], status, headers: embedHeaders };
}
