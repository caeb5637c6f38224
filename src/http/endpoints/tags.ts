import { startOfDay } from '../../core/model/day.ts';
import type { Platform } from '../../core/model/reading.ts';
import type { ImageTags, TagDay } from '../../core/views/tags.ts';
import type { Cell, Table } from '../../core/views/table.ts';

const tagColumns = ['registry', 'repo', 'tag', 'last_updated', 'digest', 'size', 'platforms', 'pull_count', 'version_id'];

/** One row a tag, by registry and image the newest first. */
export function tagsTable(images: readonly ImageTags[]): Table {
  const rows = images.flatMap(({ registry, repo, tags }) =>
    tags.map((tag): Cell[] => {
      const { name, lastUpdated, digest, fullSize, platforms, pullCount, versionId } = tag;
      return [registry, repo, name, lastUpdated, digest, fullSize, platforms?.map(platformText).join(' '), pullCount, versionId];
    }),
  );
  return { columns: tagColumns, rows };
}

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}

/** One row a tag and day. */
export async function tagHistoryTable(history: AsyncIterable<TagDay>): Promise<Table> {
  const rows: Cell[][] = [];
  for await (const { day, registry, repo, tag, pullCount, pulls, version, versionPullCount } of history) {
    rows.push([startOfDay(day), registry, repo, tag, pullCount, pulls, version, versionPullCount]);
  }
  return { columns: ['timestamp', 'registry', 'repo', 'tag', 'pull_count', 'daily_pulls', 'version', 'version_pull_count'], rows };
}
