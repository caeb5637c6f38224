/** Quay.io as a source: its public JSON API. It has no lifetime total, only the counts of the last days. */
import { dayOf } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { canonicalRepo, formatRepo, type ImageRef } from '../../core/model/image-ref.ts';
import { isPullCount, type Reading } from '../../core/model/reading.ts';
import type { RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import type { SourceDeps } from '../definition.ts';
import { createQuayApi } from './api.ts';
import { believedDays } from './days.ts';
import { listRepositories } from './listing.ts';
import { repository } from './schema.ts';
import { readTags } from './tags.ts';

export const quayUrl = { variable: 'QUAY_URL', default: 'https://quay.io', what: 'Address of Quay.io' } as const;

const maxBytes = 1024 * 1024;

export function createQuaySource(settings: RegistrySettings, { createHttpClient, clock }: SourceDeps): Source {
  const baseUrl = settings.urls[quayUrl.variable] ?? quayUrl.default;
  const http = createHttpClient({ origins: [new URL(baseUrl).origin], delayMs: settings.delayMs, maxBytes });
  const api = createQuayApi(http, baseUrl);

  async function readDays(ref: ImageRef, signal: AbortSignal | undefined): Promise<Reading> {
    const repo = formatRepo(ref);
    const path = `repository/${ref.owner}/${ref.name}?includeStats=true&includeTags=false`;
    const { namespace, name, stats } = await api.get(path, repository, repo, signal);
    if (canonicalRepo(`${namespace}/${name}`) !== repo) {
      throw new AppError('invalid_response', `Quay.io answered with another repository than ${repo}`);
    }
    const recentDays = believedDays(stats, dayOf(clock.now()));
    const pullCount = recentDays.reduce((sum, { pulls }) => sum + pulls, 0);
    if (!isPullCount(pullCount)) throw new AppError('invalid_response', `the days of ${repo} add up to more than can be counted`);
    return {
      registry: 'quay',
      repo,
      pullCount,
      readAt: new Date(clock.now()).toISOString(),
      totalSince: recentDays.at(-1)?.day,
      recentDays,
    };
  }

  return {
    registry: 'quay',
    list: (owner, { signal } = {}) => listRepositories(api, owner, signal),
    async read(ref, { signal } = {}) {
      const total = await readDays(ref, signal);
      const { flaw, ...tags } = await readTags(api, ref, signal);
      const pushed = (tags.tags ?? []).flatMap(({ lastUpdated }) => lastUpdated ?? []).toSorted();
      return { reading: { ...total, ...tags, lastUpdated: pushed.at(-1) }, flaw };
    },
  };
}
