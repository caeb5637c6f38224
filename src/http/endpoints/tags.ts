import type { Platform } from '../../core/model/reading.ts';
import { withGroups } from '../../core/views/groups.ts';
import type { Cell } from '../../core/views/table.ts';
import { newestTags } from '../../core/views/tags.ts';
import type { ApiDeps } from '../deps.ts';
import { imageFilter } from '../parameters.ts';
import { pulls, registry, repo } from '../responses.ts';
import { integer, named, nullable, object, text } from '../schema.ts';
import { columnsOf, tableEndpoint } from '../table-endpoint.ts';

const row = named(
  'Tag',
  object({
    registry,
    repo,
    tag: text(),
    last_updated: nullable(text({ description: 'When it was pushed, as the registry writes it' })),
    digest: nullable(text()),
    size: nullable(integer({ description: 'Compressed, in bytes' })),
    platforms: nullable(text({ example: 'linux/amd64 linux/arm64/v8' })),
    pull_count: { ...pulls, description: 'Of the version that it points at; null where the registry does not count versions' },
    version_id: nullable(text()),
  }),
);

export const tagsEndpoint = tableEndpoint({
  path: '/api/tags',
  summary: 'The newest known tags',
  description: 'By registry and image, the newest first; tags that were not read for 7 days are not there.',
  query: { images: imageFilter },
  row,
  order: 'registry, repo, newest first',
  async handle({ query: { images } }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
    const { query, has } = withGroups(images, groups);
    const tagged = (await newestTags(store, query)).filter(has);
    const rows = tagged.flatMap((image) =>
      image.tags.map((tag): Cell[] => {
        const { name, lastUpdated, digest, fullSize, platforms, pullCount, versionId } = tag;
        const written = platforms?.map(platformText).join(' ');
        return [image.registry, image.repo, name, lastUpdated, digest, fullSize, written, pullCount, versionId];
      }),
    );
    return { columns: columnsOf(row), rows };
  },
});

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}
