/** The snapshot of a day as text: its tags, which are most of it, are read some images at a time. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import type { Day } from '../../core/model/day.ts';
import { textOfMembers } from '../../core/document/document-text.ts';
import { mergeEvents } from '../../core/document/snapshot-events.ts';
import { mergeReadings } from '../../core/document/snapshot.ts';
import { rowShape, toRow } from '../../core/document/snapshot-row.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { Queries } from './database.ts';
import { readEvents } from './events.ts';
import { readDay } from './read.ts';

/** Each may have thousands of tags. */
const imagesAtOnce = 20;

const nameRow = z.object({ registry: z.string(), repo: z.string(), read_at: z.string() });

/** Resolves to undefined where the day has no snapshot. */
export async function readSnapshot(database: Queries, day: Day): Promise<AsyncIterable<string> | undefined> {
  const [[isThere], names, events] = await Promise.all([
    database.query(sql`SELECT FROM snapshot_days WHERE day = ${day} AND NOT pruned`),
    database.select(
      nameRow,
      sql`
      SELECT registry, repo, read_at FROM totals JOIN images ON images.id = image_id
      WHERE day = ${day} ORDER BY registry COLLATE "C", repo COLLATE "C"`,
    ),
    readEvents(database, { seen: { from: day, to: day } }),
  ]);
  // The three are asked one by one: a prune may come between.
  if (!isThere || (names.length === 0 && events.length === 0)) return undefined;
  const light = names.map(({ registry, repo, read_at: readAt }): Reading => ({ registry, repo, readAt, day, pullCount: 0 }));
  const document = light.length > 0 ? mergeReadings(undefined, light) : undefined;
  const outline = document && events.length === 0 ? document : mergeEvents(document, events);
  const registries = new Map(light.map(({ registry }) => [rowShape(registry).member, registry]));
  return textOfMembers(
    Object.entries(outline).map(([member, value]) => {
      const registry = registries.get(member);
      const repos = names.filter((name) => name.registry === registry).map(({ repo }) => repo);
      return [member, registry === undefined ? value : rowsOf(database, day, registry, repos)];
    }),
  );
}

async function* rowsOf(database: Queries, day: Day, registry: string, repos: readonly string[]): AsyncGenerator<readonly unknown[]> {
  for (let at = 0; at < repos.length; at += imagesAtOnce) {
    const query = { registries: new Set([registry]), repos: new Set(repos.slice(at, at + imagesAtOnce)) };
    yield (await readDay(database, day, query)).map((reading) => toRow(reading));
  }
}
