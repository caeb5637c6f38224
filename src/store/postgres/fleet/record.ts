/** The record of cycles that the processes of a fleet keep together. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import { errorCodes } from '../../../core/model/errors.ts';
import type {
  CycleRecord,
  FleetRecord,
  FleetReport,
  ImageOutcome,
  ListingOutcome,
  RegistryCount,
  RegistryRecord,
} from '../../../core/fleet.ts';
import type { Database } from '../database.ts';
import { noTotals, type RegistryTotals } from '../../../core/model/outcome.ts';

export interface FleetRecordDeps {
  readonly database: Database;
}

/** Cycles whose details are kept: the running one, the one that is shown, and the one before. */
const keptCycles = 3;
const lost = 'no process came to an end with it in this cycle';

const imageRow = z.object({
  registry: z.string(),
  repo: z.string(),
  is_read: z.boolean().nullable(),
  code: z.enum(errorCodes).nullable(),
  message: z.string().nullable(),
  missing: z.enum(['total', 'details']).nullable(),
  doubt: z.enum(['frozen', 'restated']).nullable(),
});
const listingRow = z.object({
  registry: z.string(),
  owner: z.string(),
  listed: z.number().nullable(),
  expected: z.number().nullable(),
  complete: z.boolean().nullable(),
  code: z.enum(errorCodes).nullable(),
  message: z.string().nullable(),
  unlisted: z.array(z.string()),
});
const cycleRow = z.object({ id: z.string(), started_at: z.date(), finished_at: z.date().nullable() });
const countRow = z.object({
  registry: z.string(),
  cycles_ok: z.coerce.number(),
  cycles_failed: z.coerce.number(),
  errors: z.partialRecord(z.enum(errorCodes), z.number()),
  last_success: z.date().nullable(),
});

export function createFleetRecord({ database }: FleetRecordDeps): FleetRecord {
  async function recordOf(row: unknown): Promise<CycleRecord> {
    const { id, started_at: startedAt, finished_at: finishedAt } = cycleRow.parse(row);
    const [images, listings] = await Promise.all([
      database.query(
        sql`SELECT registry, repo, is_read, code, message, missing, doubt FROM cycle_images WHERE cycle_id = ${id} ORDER BY registry, repo`,
      ),
      database.query(
        sql`SELECT registry, owner, listed, expected, complete, code, message, unlisted FROM cycle_listings WHERE cycle_id = ${id} ORDER BY registry, owner`,
      ),
    ]);
    return {
      id,
      startedAt: startedAt.getTime(),
      finishedAt: finishedAt?.getTime(),
      registries: registryRecords(z.array(imageRow).parse(images), z.array(listingRow).parse(listings)),
    };
  }

  return {
    begin: async (intervalMs) => {
      // One that nobody finished to plan is planned again: that adds nothing twice.
      const [unplanned] = await database.query(
        sql`SELECT id::text FROM cycles WHERE finished_at IS NULL AND planned_at IS NULL AND started_at < now() - interval '30 seconds'`,
      );
      if (unplanned) return z.object({ id: z.string() }).parse(unplanned).id;
      const isDue =
        intervalMs === 0
          ? sql`NOT EXISTS (SELECT FROM cycles)`
          : sql`NOT EXISTS (SELECT FROM cycles WHERE started_at > now() - ${intervalMs} * interval '1 millisecond')`;
      const [begun] = await database.query(
        sql`INSERT INTO cycles (started_at) SELECT now() WHERE ${isDue} ON CONFLICT DO NOTHING RETURNING id::text`,
      );
      return begun && z.object({ id: z.string() }).parse(begun).id;
    },
    planned: async (cycle) => void (await database.query(sql`UPDATE cycles SET planned_at = now() WHERE id = ${cycle}`)),
    expect: async (cycle, work) => {
      const rows = work.map(({ registry, name }) => [registry, name] as const);
      const images = rows.filter((_, at) => work[at]?.kind === 'read');
      const owners = rows.filter((_, at) => work[at]?.kind === 'list');
      await database.query(sql`
        INSERT INTO cycle_images (cycle_id, registry, repo)
        SELECT ${cycle}, registry, repo FROM unnest(${images.map(([registry]) => registry)}::text[], ${images.map(([, repo]) => repo)}::text[]) AS work (registry, repo)
        ON CONFLICT DO NOTHING`);
      await database.query(sql`
        INSERT INTO cycle_listings (cycle_id, registry, owner)
        SELECT ${cycle}, registry, owner FROM unnest(${owners.map(([registry]) => registry)}::text[], ${owners.map(([, owner]) => owner)}::text[]) AS work (registry, owner)
        ON CONFLICT DO NOTHING`);
    },
    isOpen: async ({ cycle, registry, kind, name }) => {
      const [row] =
        kind === 'read'
          ? await database.query(
              sql`SELECT FROM cycle_images JOIN cycles ON id = cycle_id WHERE cycle_id = ${cycle} AND registry = ${registry} AND repo = ${name} AND is_read IS NULL AND finished_at IS NULL`,
            )
          : await database.query(
              sql`SELECT FROM cycle_listings JOIN cycles ON id = cycle_id WHERE cycle_id = ${cycle} AND registry = ${registry} AND owner = ${name} AND complete IS NULL AND finished_at IS NULL`,
            );
      return row !== undefined;
    },
    noteImage: (cycle, outcome) => noteImage(database, cycle, outcome),
    noteListing: (cycle, listing) => noteListing(database, cycle, listing),
    end: async (longestMs) => {
      const [ended] = await database.query(sql`
        UPDATE cycles SET finished_at = now()
        WHERE finished_at IS NULL AND (
          started_at < now() - ${longestMs} * interval '1 millisecond'
          OR (planned_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM cycle_listings WHERE cycle_id = id AND complete IS NULL)
            AND NOT EXISTS (SELECT FROM cycle_images WHERE cycle_id = id AND is_read IS NULL)))
        RETURNING id::text, started_at, finished_at`);
      if (!ended) return undefined;
      const record = await recordOf(ended);
      for (const each of record.registries) await addCount(database, each);
      await database.query(sql`DELETE FROM cycles WHERE id IN (SELECT id FROM cycles ORDER BY id DESC OFFSET ${keptCycles})`);
      return record;
    },
    report: async (): Promise<FleetReport> => {
      const [finished] = await database.query(
        sql`SELECT id::text, started_at, finished_at FROM cycles WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
      );
      const [running] = await database.query(sql`SELECT id::text, started_at, finished_at FROM cycles WHERE finished_at IS NULL`);
      return {
        finished: finished && (await recordOf(finished)),
        running: running && (await recordOf(running)),
        counts: await counts(database),
      };
    },
  };
}

async function noteImage(database: Database, cycle: string, { registry, repo, isRead, failure, doubt }: ImageOutcome): Promise<void> {
  const { code = null, message = null, missing = null } = failure ?? {};
  await database.query(sql`
    UPDATE cycle_images SET is_read = ${isRead}, code = ${code}, message = ${message}, missing = ${missing}, doubt = ${doubt ?? null}
    WHERE cycle_id = ${cycle} AND registry = ${registry} AND repo = ${repo} AND is_read IS NULL`);
}

async function noteListing(database: Database, cycle: string, listing: ListingOutcome): Promise<void> {
  const { registry, owner, listed, expected = null, complete, shortfall, unlisted } = listing;
  await database.query(sql`
    UPDATE cycle_listings SET listed = ${listed}, expected = ${expected}, complete = ${complete},
      code = ${shortfall?.code ?? null}, message = ${shortfall?.message ?? null}, unlisted = ${[...unlisted]}
    WHERE cycle_id = ${cycle} AND registry = ${registry} AND owner = ${owner} AND complete IS NULL`);
}

function registryRecords(images: readonly z.infer<typeof imageRow>[], listings: readonly z.infer<typeof listingRow>[]): RegistryRecord[] {
  const registries = [...new Set([...images, ...listings].map(({ registry }) => registry))];
  return registries.map((registry) => {
    const own = images.filter((image) => image.registry === registry);
    const lists = listings.filter((listing) => listing.registry === registry);
    return {
      registry,
      progress: { done: own.filter((image) => image.is_read !== null).length, total: own.length },
      readRepos: own.filter((image) => image.is_read).map(({ repo }) => repo),
      failures: own.flatMap(({ repo, is_read: isRead, code, message, missing }) =>
        code === null && isRead !== false
          ? []
          : [{ repo, code: code ?? 'internal', message: message ?? lost, missing: missing ?? 'total' }],
      ),
      listings: lists.map(({ owner, listed, expected, complete, code, message, unlisted }) => ({
        registry,
        owner,
        listed: listed ?? 0,
        expected: expected ?? undefined,
        complete: complete ?? false,
        shortfall: code === null ? undefined : { code, message: message ?? '' },
        unlisted,
      })),
      doubts: own.flatMap(({ repo, doubt }) => (doubt === null ? [] : [{ repo, doubt }])),
    };
  });
}

async function addCount(database: Database, { registry, readRepos, failures }: RegistryRecord): Promise<void> {
  const isOk = readRepos.length > 0;
  const codes = failures.filter(({ missing }) => missing === 'total').map(({ code }) => code);
  await database.query(sql`
    INSERT INTO registry_counts (registry, cycles_ok, cycles_failed, last_success)
    VALUES (${registry}, ${Number(isOk)}, ${Number(!isOk)}, ${isOk ? sql`now()` : null})
    ON CONFLICT (registry) DO UPDATE SET
      cycles_ok = registry_counts.cycles_ok + EXCLUDED.cycles_ok,
      cycles_failed = registry_counts.cycles_failed + EXCLUDED.cycles_failed,
      last_success = coalesce(EXCLUDED.last_success, registry_counts.last_success)`);
  for (const code of new Set(codes)) {
    const count = codes.filter((each) => each === code).length;
    await database.query(sql`
      UPDATE registry_counts SET errors = jsonb_set(errors, ARRAY[${code}::text], to_jsonb(coalesce((errors ->> ${code})::bigint, 0) + ${count}))
      WHERE registry = ${registry}`);
  }
}

async function counts(database: Database): Promise<RegistryCount[]> {
  const rows = z
    .array(countRow)
    .parse(await database.query(sql`SELECT registry, cycles_ok, cycles_failed, errors, last_success FROM registry_counts`));
  return rows.map(({ registry, cycles_ok: ok, cycles_failed: failed, errors, last_success: lastSuccess }) => {
    const totals: RegistryTotals = { cycles: { ok, failed }, errors: { ...noTotals.errors, ...errors } };
    return { registry, totals, lastSuccess: lastSuccess?.toISOString() };
  });
}
