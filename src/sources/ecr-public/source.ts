/** Amazon ECR Public as a source: the JSON API behind its gallery. */
import { AppError, toAppError } from '../../core/errors.ts';
import { formatRepo, isRepo, parseRepo, type ImageRef } from '../../core/image-ref.ts';
import type { ListedImage, Listing, Tag } from '../../core/model.ts';
import type { RegistrySettings, Source } from '../../core/ports.ts';
import type { SourceDeps } from '../definition.ts';
import { createGalleryApi } from './api.ts';
import { catalogData, listedRepository, repositoryPage, tag as tagSchema, tagPage } from './schema.ts';

export const ecrPublicUrl = {
  variable: 'ECR_PUBLIC_URL',
  default: 'https://api.us-east-1.gallery.ecr.aws',
  what: "Address of the API behind Amazon ECR Public's gallery",
} as const;

const maxBytes = 1024 * 1024;
/** Bounds, not limits of the gallery. */
const mostListPages = 50;
const mostTagPages = 10;

export function createEcrPublicSource(settings: RegistrySettings, { createHttpClient, clock }: SourceDeps): Source {
  const baseUrl = settings.urls[ecrPublicUrl.variable] ?? ecrPublicUrl.default;
  const http = createHttpClient({ origins: [new URL(baseUrl).origin], delayMs: settings.delayMs, maxBytes });
  const api = createGalleryApi(http, baseUrl);

  /** All pages of the list; those before one that fails are kept. */
  async function list(owner: string, signal: AbortSignal | undefined): Promise<Listing> {
    const images = new Map<string, ListedImage>();
    let nextToken: string | undefined;
    let shortfall: AppError | undefined;
    for (let page = 1; page <= mostListPages; page += 1) {
      try {
        const parameters = { registryAliasName: owner, maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) };
        const answer = await api.call('describeRepositoryCatalogData', parameters, repositoryPage, `the list of ${owner}`, signal);
        for (const image of answer.repositories.flatMap((row) => listedImage(row, owner))) images.set(formatRepo(image.ref), image);
        nextToken = answer.nextToken ?? undefined;
        if (nextToken === undefined) break;
      } catch (error) {
        signal?.throwIfAborted();
        if (page === 1) throw error;
        shortfall = toAppError(error);
        break;
      }
    }
    if (images.size === 0) throw new AppError('not_found', `${owner} has no repositories in the gallery of Amazon ECR Public`);
    if (nextToken !== undefined)
      shortfall ??= new AppError('invalid_response', `the list of ${owner} has more than ${mostListPages} pages`);
    return { images: [...images.values()], complete: nextToken === undefined, shortfall };
  }

  /** Rejects only with the signal's reason. */
  async function readTags(
    { owner, name }: ImageRef,
    signal: AbortSignal | undefined,
  ): Promise<{ tags?: readonly Tag[]; tagCount?: number; flaw?: AppError }> {
    const tags = new Map<string, Tag>();
    let nextToken: string | undefined;
    for (let page = 1; page <= mostTagPages; page += 1) {
      try {
        const parameters = {
          registryAliasName: owner,
          repositoryName: name,
          maxResults: 1000,
          ...(nextToken === undefined ? {} : { nextToken }),
        };
        const answer = await api.call('describeImageTags', parameters, tagPage, 'the list of tags', signal);
        for (const each of answer.imageTagDetails.flatMap(tagOf)) tags.set(each.name, each);
        nextToken = answer.nextToken ?? undefined;
        if (nextToken === undefined) return { tags: [...tags.values()], tagCount: tags.size };
      } catch (error) {
        signal?.throwIfAborted();
        const { code, message, retryAfterMs } = toAppError(error);
        const read = page === 1 ? 'the tags could not be read' : `only ${tags.size} tags could be read`;
        const flaw = new AppError(code, `${read}: ${message}`, { cause: error, retryAfterMs });
        return page === 1 ? { flaw } : { tags: [...tags.values()], flaw };
      }
    }
    return { tags: [...tags.values()] };
  }

  return {
    registry: 'ecr-public',
    list: (owner, { signal } = {}) => list(owner, signal),
    async read(ref, { signal } = {}) {
      const repo = formatRepo(ref);
      const parameters = { registryAliasName: ref.owner, repositoryName: ref.name };
      const { insightData } = await api.call('getRepositoryCatalogData', parameters, catalogData, repo, signal);
      const readAt = new Date(clock.now()).toISOString();
      const { flaw, ...tags } = await readTags(ref, signal);
      const pushed = (tags.tags ?? []).flatMap(({ lastUpdated }) => lastUpdated ?? []);
      const lastUpdated = pushed.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
      return { reading: { registry: 'ecr-public', repo, pullCount: insightData.downloadCount, readAt, lastUpdated, ...tags }, flaw };
    },
  };
}

function listedImage(row: unknown, owner: string): ListedImage[] {
  const { data } = listedRepository.safeParse(row);
  const repo = `${owner}/${data?.repositoryName ?? ''}`;
  return isRepo(repo) ? [{ ref: parseRepo(repo) }] : [];
}

/** Nothing for a row of another shape: tags are decoration. */
function tagOf(row: unknown): Tag[] {
  const { data } = tagSchema.safeParse(row);
  if (!data) return [];
  const { imageTag: name, createdAt, imageDetail } = data;
  return [
    {
      name,
      lastUpdated: imageDetail?.imagePushedAt ?? createdAt,
      digest: imageDetail?.imageDigest,
      fullSize: imageDetail?.imageSizeInBytes,
    },
  ];
}
