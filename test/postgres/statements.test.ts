/** How many statements a run sends to PostgreSQL: some for each batch, none for each image. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/collect/engine.ts';
import { createHealth } from '../../src/collect/health.ts';
import { listing, tracked } from '../../src/collect/testing/fake-registry.ts';
import type { TrackedRegistry } from '../../src/collect/plan.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { addDays, dayOf } from '../../src/core/model/day.ts';
import type { RunRecord } from '../../src/core/model/run.ts';
import type { WorkList } from '../../src/core/ports.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { createPostgresWorkList } from '../../src/store/postgres/work-list/work-list.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await startPostgres();
});

afterAll(() => database.dispose());

const today = dayOf(systemClock.now());

/** Of two registries half of the images each: an owner that is listed, and packages that are named, which publish their days. */
function registriesOf(images: number): readonly TrackedRegistry[] {
  const repos = Array.from({ length: images / 2 }, (_, at) => `acme/app-${at}`);
  const totals = Object.fromEntries(repos.map((repo, at) => [repo, 1_000 + at]));
  const hub = tracked({ targets: ['acme/*'], listings: { acme: listing(repos) }, totals });
  const packages = tracked({ id: 'ghcr', targets: repos, totals });
  const recentDays = Array.from({ length: 5 }, (_, ago) => ({ day: addDays(today, -ago), pulls: 7 }));
  const read: TrackedRegistry['source']['read'] = async (ref, options) => {
    const { reading } = await packages.source.read(ref, options);
    return {
      reading: {
        ...reading,
        readAt: new Date(systemClock.now()).toISOString(),
        recentDays,
        tagCount: 1,
        tags: [{ name: '1.0', versionId: '7' }],
      },
    };
  };
  return [hub, { ...packages, source: { ...packages.source, read } }];
}

interface Count {
  readonly statements: number;
  /** How often work was taken and readings were stored. */
  readonly batches: number;
  readonly read: number;
}

/** A first run, and one that finds everything again. */
async function countRuns(images: number): Promise<readonly Count[]> {
  const log = createRecordingLog();
  const store = await openPostgresStore({ url: await database.create(), migrations: await readMigrations(), clock: systemClock, log });
  const own = createPostgresWorkList({ database: store.database, random: () => 0.5, intervalMs: 0, silenceMs: 60_000 });
  let batches = 0;
  const list: WorkList = { ...own, take: (query) => ((batches += 1), own.take(query)) };
  const registries = registriesOf(images);
  const descriptors = registries.map(({ descriptor }) => descriptor);
  const marker = { set: async () => undefined, clear: async () => undefined };
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));
  const engine = createEngine({
    registries,
    descriptors,
    list,
    store: { ...store, save: (...args) => ((batches += 1), store.save(...args)) },
    health: createHealth({ marker, clock: systemClock, intervalMs: 3_600_000, titles }),
    clock: systemClock,
    log,
    isCollector: true,
    intervalMs: 0,
    backfill: true,
    retentionDays: 30,
    keepTotals: true,
  });
  await list.beat(descriptors.map(({ id }) => id));
  const counts: Count[] = [];
  for (let run = 0; run < 2; run += 1) {
    await list.trigger(0);
    batches = 0;
    const sent = vi.spyOn(Client.prototype, 'query');
    const ended = await engine.runOnce(new AbortController().signal);
    counts.push({ statements: sent.mock.calls.length, batches, read: imagesRead(ended) });
    sent.mockRestore();
  }
  await store.close();
  return counts;
}

function imagesRead({ registries }: RunRecord): number {
  return registries.reduce((sum, each) => sum + each.imagesRead, 0);
}

describe('a run in PostgreSQL', () => {
  it('sends statements for each batch that is taken or stored, and none for each image', async () => {
    const [few, many] = [await countRuns(400), await countRuns(2_000)];

    for (const [at, { statements, batches, read }] of many.entries()) {
      const before = few[at];
      expect(read).toBe(2_000);
      expect(before?.read).toBe(400);
      const moreBatches = batches - (before?.batches ?? 0);
      expect(moreBatches).toBeLessThan(60);
      expect(statements - (before?.statements ?? 0)).toBeLessThanOrEqual(14 * moreBatches);
    }
  });
});
