/** The store in a real PostgreSQL. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { seriesValues } from '../../src/core/numbers/series-values.ts';
import type { Clock, SnapshotStore } from '../../src/core/ports.ts';
import { listMarks, type StoredReading } from '../../src/core/model/history.ts';
import { marks } from '../../src/core/model/mark.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { rebuildAll } from '../../src/store/postgres/kept/rebuild.ts';
import { readDailyTotals } from '../../src/store/postgres/daily-totals.ts';
import { verifyKept } from '../../src/store/postgres/kept/verify.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { migrate, type Migration } from '../../src/store/postgres/schema.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { describeStore } from '../../src/store/testing/contract.ts';
import { reopenable } from '../../src/store/testing/store-under-test.ts';
import { addedTotalsOf, sumsOf } from '../../src/store/testing/kept.ts';
import { reading } from '../../src/store/testing/readings.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { openSqlClient, readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let migrations: readonly Migration[];

beforeAll(async () => {
  [database, migrations] = await Promise.all([startPostgres(), readMigrations()]);
});

afterAll(() => database.dispose());

const open = (url: string, clock: Pick<Clock, 'now'> = systemClock): ReturnType<typeof openPostgresStore> =>
  openPostgresStore({ url, migrations, clock, log: createRecordingLog() });

describeStore('PostgreSQL', async (clock) => {
  const url = await database.createWithTables();
  return reopenable(() => open(url, clock));
});

describe('PostgreSQL with many images', () => {
  it('gives totals day by day, however many days are read with a statement', async () => {
    const store = await open(await database.create());
    const days = Array.from({ length: 9 }, (_, at) => addDays('2026-02-25', at));
    await store.save(days.flatMap((day, at) => ['a/a', 'b/b', 'c/c'].slice(at % 3).map((repo) => reading(repo, 10 + at, day))));
    const read = async (maxTotals: number): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const day of (await readDailyTotals(store.database, {}, { from: '2026-02-26' }, { maxTotals })).days) found.push(day);
      return found;
    };
    const whole = await read(1_000);

    expect(whole).toHaveLength(8);
    for (const maxTotals of [1, 3, 7, 9, 24]) expect(await read(maxTotals)).toEqual(whole);
    await store.close();
  });

  it('gives the readings of a day in their order, although their tags are read some images at a time', async () => {
    const store = await open(await database.create());
    const repos = Array.from({ length: 50 }, (_, at) => `acme/app-${String(at).padStart(2, '0')}`);
    const tags = [{ name: '1.0', digest: 'sha256:1' }];
    const saved = repos.map((repo, at) =>
      reading(repo, at, '2026-03-14', { registry: at % 2 === 0 ? 'ghcr' : 'dockerhub', tagCount: 600, tags }),
    );
    await store.save(saved);
    const found: string[] = [];
    for await (const { registry, repo, pullCount, tags: own } of store.readings({})) {
      found.push(`${registry} ${repo} ${pullCount} ${own?.[0]?.name}`);
    }

    expect(found).toEqual(saved.map(({ registry, repo, pullCount }) => `${registry} ${repo} ${pullCount} 1.0`).toSorted());
    await store.close();
  });
});

describe('PostgreSQL with the history of an image', () => {
  it.each([1, 2_000])('gives all of its readings by day, then registry, where each has %d tags', async (count) => {
    const store = await open(await database.createWithTables());
    const saved = Array.from({ length: 45 }, (_, at) => {
      const tags = Array.from({ length: count }, (__, tag) => ({
        name: `1.${at}`,
        digest: createHash('sha256').update(`${at} ${tag}`).digest('hex'),
      }));
      return reading('acme/app', at, addDays('2026-02-20', Math.floor((at * 2) / 3)), {
        registry: at % 3 === 0 ? 'ghcr' : 'dockerhub',
        tags,
      });
    });
    await store.save([...saved, reading('acme/other', 7, '2026-02-25')]);
    const found: string[] = [];
    for await (const { day, registry, repo, tags } of store.readings({ repos: new Set(['acme/app']) }, { to: '2026-03-20' }))
      found.push(`${day} ${registry} ${repo} ${tags?.[0]?.name}`);

    const expected = saved
      .slice(0, -1)
      .map(({ readAt, registry, repo, tags }) => `${readAt.slice(0, 10)} ${registry} ${repo} ${tags?.[0]?.name}`);
    expect(found).toEqual(expected.toSorted());
    await store.close();
  });
});

describe('events of an older version', () => {
  it('get their order, whatever form their times have', async () => {
    const url = await database.create();
    const old = openDatabase({ url, log: createRecordingLog() });
    const before = migrations.findIndex(({ name }) => name.startsWith('0014'));
    await migrate(old, migrations.slice(0, before));
    const times = ['2026-03-13T22:00:00.5Z', '2026-03-13T23:00:00+02:00', '2026-03-13T22:00:00.123456Z', 'Fri, 13 Mar 2026 20:00:00 GMT'];
    for (const [at, time] of [...times, 'no time at all'].entries()) {
      await old.query(sql`INSERT INTO events (hash, time, seen_at, seen_day, registry, kind)
        VALUES (decode(${`0${at}`}, 'hex'), ${time}, '2026-03-14T10:00:00.000Z', '2026-03-14', 'ghcr', 'registry_dark')`);
    }
    await old.close();
    const store = await open(url);

    expect((await store.events()).map(({ time }) => time)).toEqual([times[3], times[1], times[2], times[0], 'no time at all']);
    await store.close();
  });
});

async function allOf(store: SnapshotStore): Promise<unknown[]> {
  const readings: StoredReading[] = [];
  for await (const each of store.readings({})) readings.push(each);
  const series = await store.totals({});
  const plain = series.map((each) => ({
    ...each,
    days: Array.from(each.days),
    totals: Array.from(each.totals),
    marks: listMarks(each),
  }));
  return [readings, plain, await store.latest({}), await store.days(), await sumsOf(store)];
}

describe('PostgreSQL beside the store in memory', () => {
  const any = fc.record(
    {
      registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
      repo: fc.constantFrom('acme/app', 'acme/a%2Fb'),
      pullCount: fc.oneof(fc.nat(), fc.constant(2 ** 46)),
      readAt: fc
        // Days that are near each other, and some that are further apart than recent pulls are kept.
        .tuple(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 200 })), fc.integer({ min: 0, max: 23 }))
        .map(([days, hour]) => `${addDays('2026-02-20', days)}T${String(hour).padStart(2, '0')}:00:00.000Z`),
      tagCount: fc.nat(9),
      lastUpdated: fc.constantFrom('2026-01-01T00:00:00.123456789Z', '2026-01-02'),
      totalSince: fc.constant('2026-01-01'),
      mark: fc.constantFrom(...marks),
      tags: fc.array(fc.record({ name: fc.constantFrom('a', 'b'), versionId: fc.constantFrom('7', '8'), pullCount: fc.nat(9) }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ['registry', 'repo', 'pullCount', 'readAt'] },
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ save: fc.array(any, { maxLength: 6 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ prune: fc.integer({ min: 0, max: 40 }).map((days) => addDays('2026-02-20', days)), withTotals: fc.boolean() }),
    },
  );

  it('gives the same answers after whatever was saved and pruned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const [memory, store] = [createMemoryStore(), await open(await database.createWithTables())];
        try {
          for (const each of steps) {
            for (const target of [memory, store]) await ('save' in each ? target.save(each.save) : target.prune(each.prune, each));
          }
          expect(await allOf(store)).toEqual(await allOf(memory));
          expect(await verifyKept(store.database)).toEqual([]);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('tags that have no room', () => {
  it('lose their oldest, say how many, are stored once, and keep no total from being stored', async () => {
    const store = await open(await database.createWithTables());
    const tags = Array.from({ length: 1_000 }, (_, at) => ({
      name: `v${at}`,
      lastUpdated: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
      platforms: ['amd64', 'arm64', 'arm'].map((architecture) => ({ architecture, os: 'linux', digest: `sha256:${'a'.repeat(64)}` })),
    }));
    const repos = Array.from({ length: 60 }, (_, at) => `acme/app-${at}`);

    await store.save(repos.flatMap((repo) => ['13', '14'].map((day) => reading(repo, 1, `2026-03-${day}`, { tags, tagCount: 1_000 }))));

    const stored: StoredReading[] = [];
    for await (const each of store.readings({})) stored.push(each);
    expect(stored).toHaveLength(120);
    for (const { tags: kept = [], tagsCut, tagCount } of stored) {
      expect([kept.length + (tagsCut ?? 0), tagCount, kept.at(-1)?.name]).toEqual([1_000, 1_000, 'v999']);
      expect(kept.length).toBeGreaterThanOrEqual(100);
      expect(kept.length).toBeLessThan(150);
    }
    expect(await store.database.query(sql`SELECT count(*)::int AS count FROM tag_sets`)).toEqual([{ count: 1 }]);
    await store.close();
  });
});

describe('what is kept beside the totals', () => {
  it('is told where it differs from them, and is right again when it was worked out anew, for those too who know it already', async () => {
    const store = await open(await database.createWithTables());
    await store.save([reading('acme/app', 5, '2026-03-14'), reading('acme/app', 9, '2026-03-15'), reading('acme/tool', 7, '2026-03-15')]);
    const right = [await sumsOf(store), await store.latest({})];

    await store.database.query(sql`UPDATE day_sums SET pulls = pulls + 3, change = change + 1 WHERE day = '2026-03-15'`);
    await store.database.query(sql`UPDATE image_values SET first_seen = '2026-03-10', change = change + 1 WHERE pull_count = 7`);
    await store.database.query(sql`UPDATE changes SET count = count + 1`);

    expect((await verifyKept(store.database)).toSorted()).toEqual([
      expect.stringMatching(/^acme\/tool \(dockerhub\): the kept values/),
      expect.stringMatching(/^sums of dockerhub on 2026-03-15: the totals have -3 pulls/),
    ]);
    await rebuildAll(store.database);
    expect(await verifyKept(store.database)).toEqual([]);
    await expect.poll(async () => [await sumsOf(store), await store.latest({})]).toEqual(right);
    await store.close();
  });
});

describe('two writers', () => {
  it('keep what the totals of both add up to, and both know it', async () => {
    const url = await database.create();
    const [a, b] = [await open(url), await open(url)];
    const repos = Array.from({ length: 20 }, (_, at) => `acme/app-${at}`);
    const day = (of: number, total: number): Reading[] => repos.map((repo) => reading(repo, total, addDays('2026-03-10', of)));

    await Promise.all([
      a.save(day(4, 50)),
      b.save(day(1, 20)),
      a.save(day(2, 30)),
      b.save(day(4, 60)),
      a.save(day(0, 10)),
      b.save(day(3, 35)),
    ]);
    await Promise.all([a.save(day(5, 70)), b.prune(addDays('2026-03-10', 2), { withTotals: true })]);
    await a.save([reading('acme/app-0', 99, '2026-03-20')]);

    for (const store of [a, b]) {
      await expect.poll(() => sumsOf(store)).toEqual(await addedTotalsOf(a));
      const latest = (await a.totals({})).map((series) => ({ repo: series.repo, ...seriesValues(series) }));
      expect(await store.latest({})).toMatchObject(latest.toSorted((x, y) => (x.repo < y.repo ? -1 : 1)));
    }
    await Promise.all([a.close(), b.close()]);
  });

  it('never lose a newer value, and never wait for each other for ever', async () => {
    const url = await database.create();
    const [a, b] = [await open(url), await open(url)];
    const repos = Array.from({ length: 30 }, (_, at) => `acme/app-${at}`);
    const at = (minute: number): Reading[] =>
      repos.map((repo) => reading(repo, minute, `2026-03-14T10:${String(minute).padStart(2, '0')}:00`));

    await Promise.all([a.save(at(20)), b.save(at(30).toReversed()), a.save(at(10)), b.save(at(40)), a.save(at(39)), b.save(at(5))]);

    const totals = (await a.totals({})).flatMap((each) => Array.from(each.totals));
    expect(totals).toEqual(repos.map(() => 40));
    await Promise.all([a.close(), b.close()]);
  });

  it('see each other change at once', async () => {
    const url = await database.create();
    const [a, b] = [await open(url), await open(url)];
    const before = b.version();

    await a.save([reading('acme/app', 1, '2026-03-14')]);

    await expect.poll(() => b.version(), { interval: 5 }).not.toBe(before);
    expect(b.version()).toBe(a.version());
    await Promise.all([a.close(), b.close()]);
  });
});

describe('what is wrong with a database', () => {
  it.each([
    ['a password', () => database.urlOf('postgres', 'postgres:wrong'), 'misconfigured', 'refuses the password'],
    ['a name', () => database.urlOf('nothing'), 'misconfigured', 'the database nothing on 127.0.0.1'],
    ['a host', () => 'postgres://postgres:secret@127.0.0.1:1/x', 'unreachable', 'nothing listens there'],
  ])('is said for %s, without the password', async (_what, url, code, message) => {
    const opening = open(url());

    await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringMatching(/secret|wrong/) });
  });

  it('is said for a right that is missing', async () => {
    const url = await database.create();
    const client = await openSqlClient(url);
    await client.query(`DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'r'`);
    await client.end();

    await expect(open(url.replace('postgres:secret', 'reader:r'))).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('GRANT CREATE'),
    });
  });

  it('is said for a schema that is newer, or was changed', async () => {
    const url = await database.create();
    await (await open(url)).close();
    const [first, ...others] = migrations;
    const openWith = (own: readonly Migration[]): Promise<unknown> =>
      openPostgresStore({ url, migrations: own, clock: systemClock, log: createRecordingLog() });

    await expect(openWith(migrations.slice(0, 1))).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('newer registry-stats'),
    });
    await expect(openWith([{ name: first?.name ?? '', sql: '-- other' }, ...others])).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('was changed'),
    });
  });

  it('is brought up to date once by processes that start together', async () => {
    const url = await database.create();
    const stores = await Promise.all([open(url), open(url), open(url)]);

    for (const store of stores) expect(await store.days()).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('a database that goes away', () => {
  it('is told as unreachable, and everything goes on when it is back', async () => {
    const url = await database.create();
    const store = await open(url);
    await store.save([reading('acme/app', 1, '2026-03-14')]);

    await database.stop();
    const away: unknown = await store.days().catch((error: unknown) => error);
    await database.start();

    expect(away).toMatchObject({ code: 'unreachable' });
    await expect.poll(() => store.days().catch(() => []), { interval: 100 }).toEqual(['2026-03-14']);
    const other = await open(url);
    await other.save([reading('acme/app', 2, '2026-03-15')]);
    await expect.poll(() => store.version(), { interval: 50 }).toBe(other.version());
    await Promise.all([store.close(), other.close()]);
  });
});

describe('the views for Grafana', () => {
  it('have the rows that the core makes', async () => {
    const url = await database.create();
    const store = await open(url);
    await store.save([
      ...[100, 110, 105, 120].map((total, at) => reading('acme/app', total, addDays('2026-02-27', at))),
      reading('acme/app', 150, '2026-03-09'),
    ]);
    await store.close();
    const client = await openSqlClient(url);

    expect(await client.query(sql`SELECT day::text, pulls::int FROM daily_pulls ORDER BY day`)).toEqual([
      { day: '2026-02-27', pulls: 0 },
      { day: '2026-02-28', pulls: 10 },
      { day: '2026-03-01', pulls: 0 },
      { day: '2026-03-02', pulls: 15 },
      { day: '2026-03-09', pulls: 30 },
    ]);
    expect(await client.query(sql`SELECT week::text, pulls::int FROM weekly_pulls ORDER BY week`)).toEqual([
      { week: '2026-02-23', pulls: 10 },
      { week: '2026-03-02', pulls: 15 },
      { week: '2026-03-09', pulls: 30 },
    ]);
    expect(await client.query(sql`SELECT month::text, pulls::int FROM monthly_pulls ORDER BY month`)).toEqual([
      { month: '2026-02-01', pulls: 10 },
      { month: '2026-03-01', pulls: 45 },
    ]);
    expect(await client.query(sql`SELECT known, mark, count(*)::int AS rows FROM image_totals GROUP BY known, mark`)).toEqual([
      { known: 'read', mark: 'read', rows: 5 },
    ]);
    await client.end();
  });
});
