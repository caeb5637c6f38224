/** Amazon ECR Public as a source: the JSON API behind its gallery. */
import { AppError } from '../../core/model/errors.ts';
import { formatRepo, type ImageRef } from '../../core/model/image-ref.ts';
import type { RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import type { SourceDeps } from '../definition.ts';
import { createGalleryApi, isThrottled, lacksCatalogText } from './api.ts';
import { listRepositories } from './listing.ts';
import { catalogData, tagPage } from './schema.ts';
import { readTags } from './tags.ts';

export const ecrPublicUrl = {
  variable: 'ECR_PUBLIC_URL',
  default: 'https://api.us-east-1.gallery.ecr.aws',
  what: "Address of the API behind Amazon ECR Public's gallery",
} as const;

const maxBytes = 1024 * 1024;

export function createEcrPublicSource(settings: RegistrySettings, { createHttpClient, clock }: SourceDeps): Source {
  const baseUrl = settings.urls[ecrPublicUrl.variable] ?? ecrPublicUrl.default;
  const http = createHttpClient({ origins: [new URL(baseUrl).origin], delayMs: settings.delayMs, maxBytes, isRateLimit: isThrottled });
  const api = createGalleryApi(http, baseUrl);

  async function readCount(ref: ImageRef, signal: AbortSignal | undefined): Promise<number> {
    const repo = formatRepo(ref);
    const parameters = { registryAliasName: ref.owner, repositoryName: ref.name };
    try {
      const { insightData } = await api.call('getRepositoryCatalogData', parameters, catalogData, repo, signal);
      return insightData.downloadCount;
    } catch (error) {
      if (!lacksCatalogText(error)) throw error;
      // Whether the repository is there, its tags say.
      await api.call('describeImageTags', { ...parameters, maxResults: 1 }, tagPage, repo, signal);
      throw new AppError('invalid_response', `${repo} is there, but the gallery of Amazon ECR Public shows no downloads of it`, {
        cause: error,
      });
    }
  }

  return {
    registry: 'ecr-public',
    list: (owner, { signal } = {}) => listRepositories(api, owner, signal),
    async read(ref, { signal } = {}) {
      const repo = formatRepo(ref);
      const pullCount = await readCount(ref, signal);
      const readAt = new Date(clock.now()).toISOString();
      const { flaw, ...tags } = await readTags(api, ref, signal);
      const pushed = (tags.tags ?? []).flatMap(({ lastUpdated }) => lastUpdated ?? []);
      const lastUpdated = pushed.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
      return { reading: { registry: 'ecr-public', repo, pullCount, readAt, lastUpdated, ...tags }, flaw };
    },
  };
}
