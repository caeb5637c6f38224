/** Several processes that write to one database at the same time, and readings that PostgreSQL does not take as they are. */
import * as fc from 'fast-check';
import sql from 'sql-template-tag';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addDays, fromEpochDay } from '../../src/core/model/day.ts';
import { parseReadings } from '../../src/core/document/snapshot.ts';
import type { Clock } from '../../src/core/ports.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import type { SnapshotStore } from '../../src/core/ports.ts';
import type { Migration } from '../../src/store/postgres/schema.ts';
import { textColumn } from '../../src/store/postgres/array-parameter.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts';
import { event, reading } from '../../src/store/testing/readings.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { openSqlClient, readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';
import { documentOf } from '../../src/store/testing/store-under-test.ts';

let database: TestDatabase;
let migrations: readonly Migration[];
const opened: SnapshotStore[] = [];

beforeAll(async () => {
  [database, migrations] = await Promise.all([startPostgres(), readMigrations()]);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

afterAll(() => database.dispose());

async function open(url: string, clock: Pick<Clock, 'now'> = systemClock): Promise<PostgresStore> {
  const store = await openPostgresStore({ url, migrations, clock, log: createRecordingLog() });
  opened.push(store);
  return store;
}

/** Some day of so many. */
function dayWithin(days: number, at: number): string {
  return addDays('2024-01-01', at % days);
}

describe('writers at the same time', () => {
  it('make partitions while others save, and none is ended by the other', async () => {
    const url = await database.create();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    const rounds = Array.from({ length: 8 }, (_, at) => at);

    const saving = stores.map(async (store, writer) => {
      for (const round of rounds) {
        const numbers = Array.from({ length: 20 }, (_, at) => at);
        await store.save(
          numbers.map((at) => reading(`acme/app-${(at + writer) % 20}`, round, dayWithin(700, round * 31 + at * 10 + writer * 17))),
        );
      }
    });

    await expect(Promise.all(saving)).resolves.toHaveLength(3);
  });

  it('lose nothing to one that prunes: neither the image nor its tags', async () => {
    const url = await database.create();
    const [saves, prunes] = [await open(url), await open(url)];
    const numbers = Array.from({ length: 40 }, (_, at) => at);

    for (const at of numbers) {
      const tags = [{ name: `v${at}` }];
      await prunes.save([reading(`acme/app-${at}`, 1, '2026-03-10', { tags })]);
      await Promise.all([
        saves.save([reading(`acme/app-${at}`, 2, '2026-04-14', { tags })]),
        prunes.prune('2026-03-20', { withTotals: true }),
      ]);
    }

    const snapshot = await documentOf(saves, '2026-04-14');
    const stored = snapshot ? parseReadings(snapshot).map(({ repo, pullCount, tags }) => `${repo} ${pullCount} ${tags?.[0]?.name}`) : [];
    expect(stored.toSorted()).toEqual(numbers.map((at) => `acme/app-${at} 2 v${at}`).toSorted());
  });

  it('leave each day with its totals or without both, when it is saved and pruned at once', async () => {
    const url = await database.create();
    const [saves, prunes] = [await open(url), await open(url)];
    const both = [reading('acme/app', 1, '2026-01-10'), reading('acme/app', 1, '2026-03-10')];

    for (let round = 0; round < 30; round += 1) {
      await prunes.save(both);
      await Promise.all([saves.save(both), prunes.prune('2026-03-20', { withTotals: true })]);
      const withTotals = (await saves.totals({})).flatMap(({ days }) => Array.from(days, fromEpochDay));
      expect(await saves.days()).toEqual(withTotals);
    }
  });

  it('drop the partitions of months that are over', async () => {
    const store = await open(await database.createWithTables());
    await store.save(['2026-01-31', '2026-02-10', '2026-03-10', '2026-03-20'].map((day, at) => reading('acme/app', at, day)));

    expect(await store.prune('2026-03-15', { withTotals: true })).toEqual(['2026-01-31', '2026-02-10', '2026-03-10']);

    expect(
      await store.database.query(sql`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'totals'::regclass`),
    ).toEqual([{ name: 'totals_2026_03' }]);
  });
});

describe('columns as parameters', () => {
  it('come back as they were, whatever their text is', async () => {
    const { database: own } = await open(await database.createWithTables());
    const text = fc.option(
      fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0')),
      { nil: undefined },
    );

    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 30 }), async (texts) => {
        const rows = await own.query(
          sql`SELECT value FROM unnest(${textColumn(texts)}::text[]) WITH ORDINALITY AS row (value, at) ORDER BY at`,
        );
        const isEmpty = texts.every((each) => each === undefined);
        expect(rows.map(({ value }) => value ?? undefined)).toEqual(isEmpty ? [] : texts);
      }),
      { numRuns: 25 },
    );
  });
});

describe('what PostgreSQL does not take as it is', () => {
  it.each([
    ['a tag with a NUL', { tags: [{ name: 'a\0b' }] }, { tags: [{ name: 'a\ufffdb' }] }],
    ['half a surrogate pair', { lastUpdated: 'x\ud800' }, { lastUpdated: 'x\ufffd' }],
    ['a count of tags beyond 32 bits', { tagCount: 3_000_000_000 }, { tagCount: 3_000_000_000 }],
  ])('does not keep a save away: %s', async (_what, given, kept) => {
    const store = await open(await database.createWithTables());

    await store.save([reading('acme/odd', 1, '2026-03-14', given), reading('acme/plain', 2, '2026-03-14')]);

    const snapshot = await documentOf(store, '2026-03-14');
    expect(snapshot ? parseReadings(snapshot) : []).toMatchObject([{ repo: 'acme/odd', ...kept }, { repo: 'acme/plain' }]);
  });

  it('keeps an event whose text is longer than an index can hold, once a day that it was seen on', async () => {
    const store = await open(await database.createWithTables());
    const detail = Array.from({ length: 2_000 }, (_, at) => (at * at).toString(36)).join(' ');
    const first = event('registry_dark', '2026-03-13T09:00:00.000Z', { detail });
    const second = { ...first, seenAt: '2026-03-14T10:00:00.000Z' };

    await store.save([], [first, first]);
    await store.save([], [second, first]);

    expect(await store.events()).toEqual([first, second]);
    expect(await documentOf(store, '2026-03-14')).toMatchObject({ timestamp: '2026-03-14T10:00:00.000Z' });
  });

  it('has a month for every day of the calendar', async () => {
    const store = await open(await database.createWithTables(), createFixedClock('9999-12-30T12:00:00Z'));
    const days = ['0001-03-14', '0050-12-31', '2024-02-29', '9999-12-31'];

    await store.save(days.map((day) => reading('acme/app', 1, day, { readAt: `${day}T12:00:00Z` })));

    expect(await store.days()).toEqual(days);
  });
});

describe('a user without the right to make a schema', () => {
  it('can use one that was made for it', async () => {
    const url = await database.create();
    const admin = await openSqlClient(url);
    await admin.query(`CREATE ROLE app LOGIN PASSWORD 'app'; CREATE SCHEMA registry_stats AUTHORIZATION app`);
    await admin.end();

    const store = await open(url.replace('postgres:secret', 'app:app'));
    await store.save([reading('acme/app', 1, '2026-03-14')]);

    expect(await store.days()).toEqual(['2026-03-14']);
  });
});
