/** Holds the files and the answers against what the registries said, without the program's own code. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isDay, type Day } from '../../src/core/model/day.ts';
import { expectedDaily, type Observation } from '../support/oracle.ts';

export interface StoredRow {
  readonly day: Day;
  /** `<registry> <image>` */
  readonly key: string;
  readonly total: number;
  /** Absent in the files that were there before. */
  readonly readAt: string | undefined;
  /** Where the total is that of the end of the day: what was read on it. */
  readonly closed?: { readonly total: number; readonly readAt: string } | undefined;
  /** The day's own pulls, where the total fell. */
  readonly ownPulls?: number | undefined;
}

const hubRow = z.object({ repo: z.string(), pull_count: z.number(), read_at: z.optional(z.string()) });
const observed = z.object({ pull_count: z.number(), read_at: z.string() });
const ghcrRow = z.object({
  package: z.string(),
  download_count: z.number(),
  read_at: z.optional(z.string()),
  observed: z.optional(observed),
  day_pulls: z.optional(z.number()),
});
const document = z.object({
  docker_hub: z.array(hubRow).default([]),
  ghcr: z.array(ghcrRow).default([]),
  'ecr-public': z.array(hubRow).default([]),
});

/** What stands in the folder, by day. */
export async function storedRows(folder: string): Promise<StoredRow[]> {
  const names = (await readdir(folder)).filter((name) => isDay(name.replace('.json', ''))).toSorted();
  const rows: StoredRow[] = [];
  for (const name of names) {
    const day = name.replace('.json', '');
    const { docker_hub: hub, ghcr, 'ecr-public': ecr } = document.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
    rows.push(
      ...hub.map((row) => ({ day, key: `dockerhub ${row.repo}`, total: row.pull_count, readAt: row.read_at })),
      ...ghcr.map((row) => ({
        day,
        key: `ghcr ${row.package}`,
        total: row.download_count,
        readAt: row.read_at,
        closed: row.observed && { total: row.observed.pull_count, readAt: row.observed.read_at },
        ownPulls: row.day_pulls,
      })),
      ...ecr.map((row) => ({ day, key: `ecr-public ${row.repo}`, total: row.pull_count, readAt: row.read_at })),
    );
  }
  return rows;
}

const dailyRows = z.array(z.object({ timestamp: z.string(), repo: z.string(), registry: z.string(), daily_pulls: z.number() }));

/** Parsed, their columns stand in the same order. */
function texts(rows: unknown): Set<string> {
  return new Set(dailyRows.parse(rows).map((row) => JSON.stringify(row)));
}

/** The rows of `/api/pulls/daily?split=registry` that do not follow from what is stored, and those that are missing. */
export function wrongDifferences(stored: readonly StoredRow[], served: unknown): string[] {
  const history = stored.map(({ day, key, total, readAt, closed, ownPulls }): Observation => {
    const [registry = '', repo = ''] = key.split(' ');
    // A day is closed by a page of a later one.
    const at = closed ? `${day}T23:59:59.999Z` : (readAt ?? `${day}T12:00:00Z`);
    return { at, registry, repo, total, ownPulls };
  });
  const [right, answered] = [texts(expectedDaily(history, { split: true })), texts(served)];
  return [
    ...[...answered].filter((row) => !right.has(row)).map((row) => `served, but wrong: ${row}`),
    ...[...right].filter((row) => !answered.has(row)).map((row) => `not served: ${row}`),
  ];
}
