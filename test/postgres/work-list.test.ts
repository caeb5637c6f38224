/** The list of work in a real PostgreSQL: the contract, and what happens between processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import sql, { raw } from 'sql-template-tag';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWorkList, image, isRead, openRun, takeFrom } from '../../src/collect/testing/work-list-contract.ts';
import type { WorkList } from '../../src/core/ports.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts';
import { createSharedPace } from '../../src/store/postgres/work-list/pace.ts';
import { createPostgresWorkList } from '../../src/store/postgres/work-list/work-list.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';

const hour = 3_600_000;
const silenceMs = 1_000;
let database: TestDatabase;
let store: PostgresStore;

beforeAll(async () => {
  database = await startPostgres();
  store = await openPostgresStore({ url: await database.create(), migrations: await readMigrations(), log: createRecordingLog() });
}, 60_000);

beforeEach(async () => {
  await store.database.query(raw('TRUNCATE runs, work_items, workers, registry_counts, paces'));
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

describe('the migration from the queue of version 1', () => {
  it('keeps what was counted and the pace', async () => {
    const migrations = await readMigrations();
    const url = await database.create();
    const before = await openPostgresStore({ url, migrations: migrations.slice(0, 3), log: createRecordingLog() });
    await before.database.query(raw(`INSERT INTO registry_counts (registry, cycles_ok, errors) VALUES ('ghcr', 7, '{"not_found": 3}')`));
    await before.database.query(
      raw(`INSERT INTO cycles DEFAULT VALUES; CREATE SCHEMA registry_stats_jobs; CREATE TABLE registry_stats_jobs.job (id int)`),
    );
    await before.close();

    const after = await openPostgresStore({ url, migrations, log: createRecordingLog() });
    const list = createPostgresWorkList({ database: after.database, random: () => 0.5, intervalMs: hour, silenceMs });

    expect((await list.report()).counts).toMatchObject([{ registry: 'ghcr', totals: { cycles: { ok: 7 }, errors: { not_found: 3 } } }]);
    expect(await after.database.query(raw(`SELECT to_regnamespace('registry_stats_jobs') AS jobs`))).toEqual([{ jobs: null }]);
    await after.close();
  });
});
