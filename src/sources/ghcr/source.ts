/** GHCR as a source. ghcr.io publishes no download counts; they stand on github.com's web pages. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import { formatRepo, type ImageRef } from '../../core/model/image-ref.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import type { SourceDeps } from '../definition.ts';
import { isRateLimit, readPage } from './answers.ts';
import { createPackageLister } from './listing.ts';
import { createTagLister, type TagList, type TagLister } from './oci.ts';
import { parsePackagePage } from './parse-package.ts';
import { newestVersionId, tagsOf } from './parse-versions.ts';

export const githubUrl = {
  variable: 'GITHUB_URL',
  default: 'https://github.com',
  what: 'Address of GitHub, whose pages show the downloads',
} as const;
export const ghcrUrl = {
  variable: 'GHCR_URL',
  default: 'https://ghcr.io',
  what: 'Address of the registry itself, for the number of tags',
} as const;

const mebibyte = 1024 * 1024;
const githubJitter = 1.5;
/** What GitHub's staff asked of a crawler after a 429 (algolia/npm-search#993). */
const githubCooldownMs = 30 * 60_000;

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
  const tagLister = createTagLister({ http: ghcr, baseUrl: ghcrBase, clock });

  return {
    registry: 'ghcr',
    async list(owner, { signal } = {}) {
      return lister.list(owner, signal);
    },
    async read(ref, { signal } = {}) {
      // This form serves users and organizations; GitHub redirects it where the package is linked (Go tool, commit 99ba2b4).
      const path = `users/${encodeURIComponent(ref.owner)}/packages/container/package/${encodeURIComponent(ref.name)}`;
      const page = readPage(await get(`${githubBase}/${path}`, signal), 'package page', parsePackagePage);
      if (!page) throw new AppError('not_found', 'not a public package on GHCR');
      const tags = tagsOf(page.versions);
      const reading: Reading = {
        registry: 'ghcr',
        repo: formatRepo(ref),
        pullCount: page.pullCount,
        readAt: new Date(clock.now()).toISOString(),
        lastUpdated: page.lastPublished,
        // None where all versions of the page are signatures: what is known of the tags stays.
        tags: tags.length > 0 ? tags : undefined,
        recentDays: page.recentDays,
      };
      const { list, flaw } = await listTags(tagLister, ref, signal);
      const hasOnlySignatures = tags.length === 0 && page.versions.length > 0;
      const listedTags = list && hasOnlySignatures ? { names: list.newest, newestVersionId: newestVersionId(page.versions) } : undefined;
      return { reading: { ...reading, tagCount: list?.count, listedTags }, flaw };
    },
  };
}

function getPage(http: HttpClient, url: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
  return http.request(url, { headers: { Accept: 'text/html' }, signal });
}

/** A total without its tags is worth keeping. */
async function listTags(
  lister: TagLister,
  ref: ImageRef,
  signal: AbortSignal | undefined,
): Promise<{ readonly list?: TagList; readonly flaw?: AppError }> {
  try {
    return { list: await lister.listTags(ref, signal) };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message, retryAfterMs } = toAppError(error);
    return { flaw: new AppError(code, `the tags could not be counted: ${message}`, { cause: error, retryAfterMs }) };
  }
}
