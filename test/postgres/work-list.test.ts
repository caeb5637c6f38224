/** The list of work in a real PostgreSQL: the contract, and what happens between processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import sql, { raw } from 'sql-template-tag';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/collect/engine.ts';
import { createHealth } from '../../src/collect/health.ts';
import { listing, tracked } from '../../src/collect/testing/fake-registry.ts';
import { describeWorkList, image, isRead, openRun, takeFrom } from '../../src/collect/testing/contract.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { AppError } from '../../src/core/model/errors.ts';
import { nextRunAt } from '../../src/core/numbers/run-schedule.ts';
import type { WorkList } from '../../src/core/ports.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { migrate } from '../../src/store/postgres/schema.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts';
import { createSharedPace } from '../../src/store/postgres/work-list/pace.ts';
import { nextStart } from '../../src/store/postgres/work-list/runs.ts';
import { createPostgresWorkList } from '../../src/store/postgres/work-list/work-list.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';

const hour = 3_600_000;
const silenceMs = 1_000;
let database: TestDatabase;
let store: PostgresStore;

beforeAll(async () => {
  database = await startPostgres();
  store = await openPostgresStore({
    url: await database.create(),
    migrations: await readMigrations(),
    clock: systemClock,
    log: createRecordingLog(),
  });
});

beforeEach(async () => {
  await store.database.query(
    raw('TRUNCATE runs, work_items, workers, registry_counts, paces, totals, events, snapshot_days, images CASCADE'),
  );
});

afterAll(async () => {
  await store.close();
  await database.dispose();
});

/** The list as another process has it. */
function createList(intervalMs = hour): WorkList {
  return createPostgresWorkList({ database: store.database, random: () => 0.5, intervalMs, silenceMs, pollMs: 100 });
}

async function all<T>(lists: readonly WorkList[], step: (list: WorkList) => Promise<T>): Promise<T[]> {
  return Promise.all(lists.map(step));
}

describeWorkList('that of a database', async () => ({ list: createList(), wait: (ms) => sleep(ms) }));

describe('processes that share a list of work', () => {
  it('begin one run together, and each item is taken by one of them', async () => {
    const lists = Array.from({ length: 5 }, () => createList());
    const [first] = lists;
    await all(lists, (list) => list.beat(['dockerhub']));

    const opened = await all(lists, (list) => list.open());
    const joined = await all(lists, (list) => list.open());
    const run = joined.map((each) => ('run' in each ? each.run : ''))[0] ?? '';
    const items = Array.from({ length: 200 }, (_, at) => image(`acme/app-${at}`));
    await first?.plan(run, items);
    const taken = (await all(lists, (list) => takeFrom(list, run))).flatMap((each) => each.items.map(({ name }) => name));

    expect(opened.filter((each) => 'run' in each && each.isToPlan)).toHaveLength(1);
    expect(new Set(joined.map((each) => 'run' in each && each.run)).size).toBe(1);
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
  });

  it('end a run once', async () => {
    const lists = Array.from({ length: 4 }, () => createList());
    const [first = createList()] = lists;
    const run = await openRun(first, [image('acme/a')]);
    await first.finish(run, [{ item: image('acme/a'), outcome: isRead }]);

    const ended = await all(lists, (list) => list.end());

    expect(ended.filter((record) => record)).toHaveLength(1);
    expect((await first.report()).counts).toMatchObject([{ totals: { cycles: { ok: 1, failed: 0 } } }]);
  });

  it('wait for what another one has taken, and do it when that one is dead', async () => {
    const [dead, living] = [createList(), createList()];
    const run = await openRun(dead, [image('acme/a')]);
    await takeFrom(dead, run);
    await living.beat(['dockerhub']);

    const early = await takeFrom(living, run);
    await sleep(silenceMs + 100);
    await living.beat(['dockerhub']);

    expect(early).toEqual({ items: [], waitMs: expect.any(Number) });
    expect((await takeFrom(living, run)).items).toMatchObject([{ name: 'acme/a', attempt: 1 }]);
  });

  it('do not take an outcome from a process that was thought to be dead, nor one of a run that is over', async () => {
    const [slow, living] = [createList(), createList()];
    const run = await openRun(slow, [image('acme/a')]);
    await takeFrom(slow, run);
    await living.finish(run, [{ item: image('acme/a'), outcome: isRead }]);
    await living.end();

    await slow.finish(run, [{ item: image('acme/a'), outcome: { kind: 'read', isRead: false }, found: [image('acme/late')] }]);

    expect((await slow.report()).finished).toMatchObject({ registries: [{ imagesRead: 1 }] });
    expect(await takeFrom(slow, run)).toEqual({ items: [] });
  });

  it('end a run in which work is left for a registry that nobody is configured for any more', async () => {
    const [before, after] = [createList(), createList()];
    const run = await openRun(before, [image('acme/a'), image('acme/b', { registry: 'ghcr' })]);
    await sleep(silenceMs + 100);
    await after.beat(['dockerhub']);
    await takeFrom(after, run);

    const early = await after.end();
    await after.finish(run, [{ item: image('acme/a'), outcome: isRead }]);

    expect(early).toBeUndefined();
    expect(await after.end()).toMatchObject({
      interrupted: false,
      registries: [
        { registry: 'dockerhub', imagesRead: 1 },
        { registry: 'ghcr', failures: [{ repo: 'acme/b', message: 'no collector finished it in this run' }] },
      ],
    });
  });

  it('end a run whose collectors have all died, without a judgement, and the next one begins at once', async () => {
    const [dead, looking, next] = [createList(), createList(), createList()];
    await openRun(dead, [image('acme/a')]);

    const early = await looking.end();
    await sleep(silenceMs + 100);
    const ended = await looking.end();
    await next.beat(['dockerhub']);

    expect(early).toBeUndefined();
    expect(ended).toMatchObject({ interrupted: true, registries: [{ failures: [] }] });
    expect(await looking.report()).toMatchObject({ finished: undefined, counts: [] });
    expect(await next.open()).toMatchObject({ isToPlan: true });
  });

  it('plan a run again whose planner has died', async () => {
    const [dead, living] = [createList(), createList()];
    await dead.beat(['dockerhub']);
    await living.beat(['dockerhub']);
    await dead.open();
    const early = await living.open();
    await store.database.query(raw(`UPDATE runs SET started_at = now() - interval '31 seconds'`));

    expect(early).toMatchObject({ isToPlan: false });
    expect(await living.open()).toMatchObject({ isToPlan: true });
  });

  it('begin one run only where there is no interval', async () => {
    const list = createList(0);
    await openRun(list, []);
    await list.end();
    await store.database.query(raw(`UPDATE runs SET started_at = now() - interval '100 days'`));

    expect('waitMs' in (await list.open())).toBe(true);
    expect((await list.report()).nextAt).toBeUndefined();
  });
});

async function finishedRun(): Promise<WorkList> {
  const list = createList();
  const run = await openRun(list, [image('acme/a')]);
  await list.finish(run, [{ item: image('acme/a'), outcome: isRead }]);
  await list.end();
  return list;
}

describe('the next run by the clock of the database', () => {
  it.each([1, 6, 22.5, 24, 25])('is due when the rule says, with an interval of %d h', async (hours) => {
    const runs = Array.from({ length: 200 }, (_, at) => ({
      startedAt: Date.UTC(2026, 9, 24, 0, 0, 1) + at * 37 * 61_000,
      durationMs: (at % 9) * 2.5 * hour,
      jitter: 0.9 + (at % 21) / 100,
    }));
    const rows = JSON.stringify(runs);
    const due = await store.database.query(sql`
      SELECT (extract(epoch FROM ${nextStart(hours * hour)}) * 1000)::float8 AS at FROM (
        SELECT to_timestamp("startedAt" / 1000) AS started_at, to_timestamp(("startedAt" + "durationMs") / 1000) AS finished_at, jitter
        FROM jsonb_to_recordset(${rows}::text::jsonb) AS each ("startedAt" float8, "durationMs" float8, jitter float8)) AS runs`);

    expect(due.map(({ at }) => Math.round(Number(at)))).toEqual(runs.map((run) => Math.round(nextRunAt(run, hours * hour))));
  });
});

describe('a clock of the database that was ahead', () => {
  it('keeps the next run away for no longer than an interval', async () => {
    const list = await finishedRun();
    await store.database.query(raw(`UPDATE runs SET started_at = now() + interval '300 days', finished_at = now() + interval '300 days'`));

    await list.open();
    const { nextAt = 0, finishedAgoMs } = await list.report();
    await store.database.query(raw(`UPDATE runs SET started_at = started_at - interval '61 minutes'`));

    expect(nextAt - Date.now()).toBeLessThan(1.2 * hour);
    expect(finishedAgoMs).toBeLessThan(10_000);
    expect(await list.open()).toMatchObject({ isToPlan: true });
  });

  it('holds no run open, keeps no dead collector alive and no item back', async () => {
    const [dead, living] = [createList(), createList()];
    const run = await openRun(dead, [image('acme/a'), image('acme/b')]);
    await takeFrom(dead, run, [], 1);
    await living.beat(['dockerhub']);
    await store.database.query(sql`UPDATE workers SET seen_at = now() + interval '300 days'`);
    await store.database.query(sql`UPDATE work_items SET available_at = now() + interval '300 days'`);
    await store.database.query(sql`UPDATE runs SET started_at = now() + interval '300 days'`);
    await living.beat(['dockerhub']);

    expect(await living.open()).toMatchObject({ run });
    expect((await takeFrom(living, run)).items.map(({ name }) => name)).toEqual(['acme/a', 'acme/b']);
    await living.finish(run, [
      { item: image('acme/a'), outcome: isRead },
      { item: image('acme/b'), outcome: isRead },
    ]);
    expect(await living.end()).toMatchObject({ id: run, interrupted: false });
  });

  it('lets requests to a registry wait for a day at most', async () => {
    const pace = createSharedPace({ database: store.database, address: 'fra1' });
    await pace.reserve('hub.docker.com', 500);
    await store.database.query(raw(`UPDATE paces SET next_at = now() + interval '300 days'`));

    expect(await pace.reserve('hub.docker.com', 500)).toBeLessThanOrEqual(24 * hour);
  });
});

/** The engine of another process, on real time. */
function createProcess(registry: ReturnType<typeof tracked>, isCollector = true) {
  const failing = { ...store, prune: () => Promise.reject(new AppError('internal', 'read-only')) };
  const log = createRecordingLog();
  const health = createHealth({
    marker: { set: async () => undefined, clear: async () => undefined },
    clock: systemClock,
    intervalMs: hour,
    titles: new Map([['dockerhub', 'Docker Hub']]),
  });
  const { descriptor } = registry;
  const parts = { registries: [registry], descriptors: [descriptor], store: failing, health, clock: systemClock, log };
  return createEngine({
    ...parts,
    list: createList(),
    isCollector,
    intervalMs: hour,
    backfill: false,
    retentionDays: 30,
    keepTotals: true,
  });
}

describe('engines that share a list of work', () => {
  it('read each image once, and all know what the run came to: it ends once, and old snapshots that stay make nobody unhealthy', async () => {
    const repos = Array.from({ length: 60 }, (_, at) => `acme/app-${at}`);
    const answers = {
      targets: ['acme/*'],
      listings: { acme: listing(repos) },
      totals: Object.fromEntries(repos.map((repo, at) => [repo, at])),
      onRead: () => sleep(5),
    };
    // Retention counts from days that were read, and believes a day only beside another one.
    const earlier = [24, 48].map((hours) => new Date(systemClock.now() - hours * hour).toISOString());
    await store.save(earlier.map((readAt) => ({ registry: 'dockerhub', repo: 'acme/app-0', pullCount: 0, readAt })));
    const registries = [tracked(answers), tracked(answers), tracked(answers)];
    const engines = registries.map((registry, at) => createProcess(registry, at < 2));

    for (const engine of engines) engine.start();
    for (const engine of engines) {
      await expect
        .poll(() => engine.status(), { interval: 50 })
        .toMatchObject({ health: { healthy: true }, retentionError: 'read-only', registries: [{ state: 'ok', imagesRead: 60 }] });
    }
    await Promise.all(engines.map((engine) => engine.stop()));

    const asked = registries.flatMap((registry) => registry.requested);
    expect(asked.toSorted()).toEqual(repos.toSorted());
    expect(registries.map((registry) => registry.requested.length > 0)).toEqual([true, true, false]);
    expect((await store.latest({})).map(({ repo }) => repo)).toEqual(repos.toSorted());
    expect(await store.database.query(raw('SELECT count(*) FROM runs'))).toEqual([{ count: 1 }]);
  });

  it('give back what they have begun when they are stopped, and another goes on with it', async () => {
    const totals = { 'acme/a': 1, 'acme/b': 2 };
    const stuck = tracked({
      targets: ['acme/a', 'acme/b'],
      totals,
      onRead: (_, signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped')))),
    });
    const first = createProcess(stuck);
    first.start();
    await expect.poll(() => stuck.requested, { interval: 20 }).toEqual(['acme/a']);

    await first.stop();
    const [open] = await store.database.query(
      raw('SELECT count(*) FROM work_items WHERE taken_by IS NULL AND done_at IS NULL AND attempt = 0'),
    );
    const second = createProcess(tracked({ targets: ['acme/a', 'acme/b'], totals }));
    second.start();

    expect(open).toEqual({ count: 2 });
    await expect.poll(() => second.status(), { interval: 50 }).toMatchObject({ registries: [{ state: 'ok', imagesRead: 2 }] });
    await second.stop();
  });
});

describe('the migration from the queue of version 1', () => {
  it('keeps what was counted and the pace', async () => {
    const migrations = await readMigrations();
    const url = await database.create();
    const before = openDatabase({ url, log: createRecordingLog() });
    await migrate(before, migrations.slice(0, 3));
    await before.query(raw(`INSERT INTO registry_counts (registry, cycles_ok, errors) VALUES ('ghcr', 7, '{"not_found": 3}')`));
    await before.query(
      raw(`INSERT INTO cycles DEFAULT VALUES; CREATE SCHEMA registry_stats_jobs; CREATE TABLE registry_stats_jobs.job (id int)`),
    );
    await before.close();

    const after = await openPostgresStore({ url, migrations, clock: systemClock, log: createRecordingLog() });
    const list = createPostgresWorkList({ database: after.database, random: () => 0.5, intervalMs: hour, silenceMs });

    expect((await list.report()).counts).toMatchObject([{ registry: 'ghcr', totals: { cycles: { ok: 7 }, errors: { not_found: 3 } } }]);
    expect(await after.database.query(raw(`SELECT to_regnamespace('registry_stats_jobs') AS jobs`))).toEqual([{ jobs: null }]);
    await after.close();
  });
});
