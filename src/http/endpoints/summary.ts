import { AppError } from '../../core/model/errors.ts';
import type { GroupedQuery } from '../../core/views/groups.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { compareImages } from '../../core/model/image.ts';
import { parseReadings } from '../../core/document/snapshot.ts';
import { currentImages } from '../../core/views/summary.ts';
import type { Table } from '../../core/views/table.ts';

interface Counted {
  readonly registry: string;
  readonly repo: string;
  readonly pullCount: number;
  readonly tagCount?: number | undefined;
}

/**
 * The newest totals, or exactly those of one day, ordered by registry, then name.
 * @throws AppError not_found when that day has no snapshot
 */
export async function summaryTable(store: SnapshotStore, asked: GroupedQuery, date: string | undefined): Promise<Table> {
  const images = date === undefined ? await newest(store, asked) : await ofDay(store, date);
  const sorted = images.filter(asked.has).toSorted(compareImages);
  return {
    columns: ['registry', 'name', 'pull_count', 'tag_count'],
    rows: sorted.map(({ registry, repo, pullCount, tagCount }) => [registry, repo, pullCount, tagCount ?? 0]),
  };
}

async function newest(store: SnapshotStore, { query }: GroupedQuery): Promise<readonly Counted[]> {
  const newestDay = (await store.days()).at(-1);
  return newestDay === undefined ? [] : currentImages(await store.latest(query), newestDay);
}

async function ofDay(store: SnapshotStore, date: string): Promise<readonly Counted[]> {
  const snapshot = await store.snapshot(date);
  if (!snapshot) throw new AppError('not_found', `there is no snapshot of ${date}`);
  return parseReadings(snapshot);
}
