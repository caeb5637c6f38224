/** GHCR as a source. ghcr.io publishes no download counts; they stand on github.com's web pages. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import { formatRepo, type ImageRef } from '../../core/model/image-ref.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import type { SourceDeps } from '../definition.ts';
import { createPackageLister } from './listing.ts';
import { createTagCounter, type TagCounter } from './oci.ts';
import { parsePackagePage } from './parse-package.ts';
import { tagsOf } from './parse-versions.ts';

export const githubUrl = {
  variable: 'GITHUB_URL',
  default: 'https://github.com',
  what: 'Address of GitHub, whose pages show the downloads',
} as const;
export const ghcrUrl = {
  variable: 'GHCR_URL',
  default: 'https://ghcr.io',
  what: 'Address of the registry itself, which tells the number of tags',
} as const;

const mebibyte = 1024 * 1024;
const githubJitter = 1.5;
/** What GitHub's staff asked of a crawler after a 429 (algolia/npm-search#993). */
const githubCooldownMs = 30 * 60_000;
const rateLimitText = /secondary rate limit|abuse detection|temporarily blocked/i;

export function createGhcrSource(settings: RegistrySettings, { createHttpClient, clock }: SourceDeps): Source {
  const githubBase = settings.urls[githubUrl.variable] ?? githubUrl.default;
  const ghcrBase = settings.urls[ghcrUrl.variable] ?? ghcrUrl.default;
  const github = createHttpClient({
    origins: [new URL(githubBase).origin],
    delayMs: settings.delayMs,
    jitter: githubJitter,
    maxBytes: 4 * mebibyte,
    cooldownMs: githubCooldownMs,
    isRateLimit,
  });
  const ghcr = createHttpClient({ origins: [new URL(ghcrBase).origin], delayMs: settings.delayMs / 4, maxBytes: mebibyte });
  const get = (url: string, signal?: AbortSignal): Promise<HttpAnswer> => getPage(github, url, signal);
  const lister = createPackageLister({ get, baseUrl: githubBase });
  const tagCounter = createTagCounter({ http: ghcr, baseUrl: ghcrBase });

  return {
    registry: 'ghcr',
    async list(owner, { signal } = {}) {
      return lister.list(owner, signal);
    },
    async read(ref, { signal } = {}) {
      // This form serves users and organisations; GitHub redirects it where the package is linked (Go tool, commit 99ba2b4).
      const path = `users/${encodeURIComponent(ref.owner)}/packages/container/package/${encodeURIComponent(ref.name)}`;
      const page = packagePageOf(await get(`${githubBase}/${path}`, signal));
      const reading: Reading = {
        registry: 'ghcr',
        repo: formatRepo(ref),
        pullCount: page.pullCount,
        readAt: new Date(clock.now()).toISOString(),
        lastUpdated: page.lastPublished,
        tags: page.versions.length > 0 ? tagsOf(page.versions) : undefined,
        recentDays: page.recentDays,
      };
      const { tagCount, flaw } = await countTags(tagCounter, ref, signal);
      return { reading: { ...reading, tagCount }, flaw };
    },
  };
}

function getPage(http: HttpClient, url: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
  return http.request(url, { headers: { Accept: 'text/html' }, signal });
}

/** GitHub says some of its rate limits with a 403 (seen by backage). */
function isRateLimit({ status, body }: HttpAnswer): boolean {
  return (status === 403 || status === 429) && rateLimitText.test(body);
}

function packagePageOf({ status, body }: HttpAnswer): ReturnType<typeof parsePackagePage> {
  if (status === 404) throw new AppError('not_found', 'not a public package on GHCR');
  if (status === 401 || status === 403) throw new AppError('unauthorized', `GitHub refuses the package page (answered ${status})`);
  if (status !== 200) throw new AppError('invalid_response', `GitHub answered ${status} for the package page`);
  return parsePackagePage(body);
}

/** A total without the number of tags is worth keeping. */
async function countTags(
  counter: TagCounter,
  ref: ImageRef,
  signal: AbortSignal | undefined,
): Promise<{ readonly tagCount?: number; readonly flaw?: AppError }> {
  try {
    return { tagCount: await counter.countTags(ref, signal) };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message, retryAfterMs } = toAppError(error);
    return { flaw: new AppError(code, `the tags could not be counted: ${message}`, { cause: error, retryAfterMs }) };
  }
}
