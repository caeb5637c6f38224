/** Amazon ECR Public as a source: the JSON API behind its gallery. */
import { formatRepo } from '../../core/model/image-ref.ts';
import type { RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import type { SourceDeps } from '../definition.ts';
import { createGalleryApi } from './api.ts';
import { listRepositories } from './listing.ts';
import { catalogData } from './schema.ts';
import { readTags } from './tags.ts';

export const ecrPublicUrl = {
  variable: 'ECR_PUBLIC_URL',
  default: 'https://api.us-east-1.gallery.ecr.aws',
  what: "Address of the API behind Amazon ECR Public's gallery",
} as const;

const maxBytes = 1024 * 1024;

export function createEcrPublicSource(settings: RegistrySettings, { createHttpClient, clock }: SourceDeps): Source {
  const baseUrl = settings.urls[ecrPublicUrl.variable] ?? ecrPublicUrl.default;
  const http = createHttpClient({ origins: [new URL(baseUrl).origin], delayMs: settings.delayMs, maxBytes });
  const api = createGalleryApi(http, baseUrl);

  return {
    registry: 'ecr-public',
    list: (owner, { signal } = {}) => listRepositories(api, owner, signal),
    async read(ref, { signal } = {}) {
      const repo = formatRepo(ref);
      const parameters = { registryAliasName: ref.owner, repositoryName: ref.name };
      const { insightData } = await api.call('getRepositoryCatalogData', parameters, catalogData, repo, signal);
      const readAt = new Date(clock.now()).toISOString();
      const { flaw, ...tags } = await readTags(api, ref, signal);
      const pushed = (tags.tags ?? []).flatMap(({ lastUpdated }) => lastUpdated ?? []);
      const lastUpdated = pushed.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
      return { reading: { registry: 'ecr-public', repo, pullCount: insightData.downloadCount, readAt, lastUpdated, ...tags }, flaw };
    },
  };
}
