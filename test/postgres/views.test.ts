/** The views for Grafana, compared with the rows that the core makes of the same totals. */
import * as fc from 'fast-check';
import { raw } from 'sql-template-tag';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { addDays } from '../../src/core/model/day.ts';
import { pullsByDay, pullsByPeriod, totalsByDay, type SeriesRow } from '../../src/core/numbers/series.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts';
import { reading } from '../../src/store/testing/readings.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';

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

afterAll(async () => {
  await store.close();
  await database.dispose();
});

const viewRow = z.object({ day: z.string(), registry: z.string(), repo: z.string(), value: z.number() });

/** The rows of a view as lines, in no order. */
async function rowsOf(view: string, day: string, value: string): Promise<string[]> {
  const rows = await store.database.query(raw(`SELECT ${day}::text AS day, registry, repo, ${value}::float8 AS value FROM ${view}`));
  return z.array(viewRow).parse(rows).map(lineOf).toSorted();
}

function linesOf(rows: Iterable<SeriesRow>): string[] {
  return Array.from(rows, lineOf).toSorted();
}

function lineOf({ day, registry, repo, value }: Pick<SeriesRow, 'day' | 'registry' | 'repo' | 'value'>): string {
  return `${day} ${registry} ${repo} ${value}`;
}

const maxTotals = 40;
/** JavaScript adds up so many of these exactly; what is beyond it rounds at each step, and PostgreSQL only once. */
const largest = Math.floor(Number.MAX_SAFE_INTEGER / maxTotals);

const total = fc.record({
  registry: fc.constantFrom('dockerhub', 'ghcr'),
  repo: fc.constantFrom('acme/app', 'acme/tool'),
  day: fc.integer({ min: 0, max: 80 }).map((days) => addDays('2025-12-20', days)),
  pullCount: fc.oneof(fc.nat(500), fc.constant(largest)),
});

const toTotal = (at: number, pullCount: number) =>
  ({ registry: 'ghcr', repo: 'acme/app', day: addDays('2025-12-20', at), pullCount }) as const;

it('gives in the views what the core makes of the totals, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(total, { maxLength: maxTotals }), async (totals) => {
      await store.prune('2100-01-01');
      await store.save(totals.map(({ registry, repo, day, pullCount }) => reading(repo, pullCount, day, { registry })));
      const series = await store.totals({});

      expect(await rowsOf('image_totals', 'day', 'pull_count')).toEqual(linesOf(totalsByDay(series, { split: true })));
      expect(await rowsOf('daily_pulls', 'day', 'pulls')).toEqual(linesOf(pullsByDay(series, { split: true })));
      expect(await rowsOf('weekly_pulls', 'week', 'pulls')).toEqual(linesOf(pullsByPeriod(series, 'week', { split: true })));
      expect(await rowsOf('monthly_pulls', 'month', 'pulls')).toEqual(linesOf(pullsByPeriod(series, 'month', { split: true })));
    }),
    { numRuns: 15, examples: [[[0, Number.MAX_SAFE_INTEGER].map((pullCount, at) => toTotal(at, pullCount))]] },
  );
});

it('filters an image before the differences are taken', async () => {
  // Without any month there would be nothing to filter.
  await store.save([reading('acme/app', 1, '2026-03-14', { registry: 'ghcr' })]);
  const plan = await store.database.query(raw(`EXPLAIN SELECT * FROM daily_pulls WHERE repo = 'acme/app' AND registry = 'ghcr'`));
  const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');

  expect(text).toContain('WindowAgg');
  // Where it could not be applied before, the filter would stand above the window functions.
  expect(text.slice(0, text.indexOf('WindowAgg'))).not.toContain('Filter');
  expect(text.slice(text.indexOf('WindowAgg'))).toMatch(/(Filter|Cond): .*'acme\/app'/);
});
