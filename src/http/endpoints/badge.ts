import type { BadgeValue } from '../../badge/badge.ts';
import { parseBadgeOptions, periods, styles, type BadgeOptions, type BadgePeriod } from '../../badge/options.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import { sumKnown } from '../../core/numbers/growth.ts';
import { queryImages, type Tracking } from '../../core/views/groups.ts';
import { agedSince, type TrackedImage } from '../../core/views/images.ts';
import type { ApiDeps } from '../deps.ts';
import { ageLimit, embedParams, embedResponses, parseEmbedded } from '../embed.ts';
import { endpoint } from '../endpoint.ts';
import { embedHeaders, embedSeconds } from '../headers.ts';
import type { Field } from '../query.ts';
import { count, flag, named, object, oneOf, optional, text } from '../schema.ts';

const options: Field<BadgeOptions> = {
  parameters: {
    period: oneOf(periods),
    label: text({ maxLength: 64 }),
    color: text({ description: 'A name of shields.io, or a color such as 2496ed' }),
    labelColor: text(),
    style: oneOf(styles),
  },
  parse: parseBadgeOptions,
};

/** See https://shields.io/badges/endpoint-badge. */
const shieldsEndpoint = named(
  'ShieldsEndpoint',
  object({
    schemaVersion: { type: 'number', enum: [1] },
    label: text(),
    message: text(),
    color: text(),
    labelColor: optional(text()),
    style: text(),
    isError: optional({ ...flag(), enum: [true] }),
    cacheSeconds: count(),
  }),
);

export const badgeEndpoint = endpoint({
  path: '/badge/:registry/:file{.+}',
  summary: 'A badge for a README',
  params: embedParams('owner/name.svg, or owner/name.json for the endpoint badge of shields.io'),
  query: { options },
  responses: embedResponses({ 'image/svg+xml': text(), 'application/json': shieldsEndpoint }),
  headers: embedHeaders,
  async handle({ params, query }, deps: Tracking & Pick<ApiDeps, 'registries' | 'status'>) {
    const embedded = parseEmbedded(params, deps, ['svg', 'json']);
    const value = await badgeValue(deps, embedded.query, query.options.period);
    // The library's tables of character widths take 4 MiB: those who never ask for a badge do not pay for them.
    const badge = await import('../../badge/badge.ts');
    const status = value === 'not tracked' ? 404 : 200;
    return embedded.format === 'svg'
      ? { type: 'image/svg+xml', chunks: [badge.badgeSvg(value, query.options)], status }
      : { type: 'application/json', chunks: [JSON.stringify(badge.shieldsEndpoint(value, query.options, embedSeconds))], status };
  },
});

async function badgeValue(deps: Tracking & Pick<ApiDeps, 'status'>, query: SeriesQuery, period: BadgePeriod): Promise<BadgeValue> {
  const images = await queryImages(deps, query);
  if (images.length === 0) return 'not tracked';
  const value = sumKnown(images.map(shownBy[period]));
  const day = agedSince(images, ageLimit(deps));
  return value === undefined || day === undefined ? (value ?? 'no data yet') : { value, day };
}

const shownBy: Readonly<Record<BadgePeriod, (image: TrackedImage) => number | undefined>> = {
  total: ({ pullCount }) => pullCount,
  day: ({ lastDay }) => lastDay.pulls,
  week: ({ lastWeek }) => lastWeek.pulls,
  month: ({ last30Days }) => last30Days.pulls,
};
