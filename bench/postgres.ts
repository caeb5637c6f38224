/** Measures the store in a real PostgreSQL: `npm run bench -- postgres` writes POSTGRES.md. */
import { writeFile } from 'node:fs/promises';
import sql, { raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { addDays, dayOf } from '../src/core/model/day.ts';
import { systemClock } from '../src/app/system-clock.ts';
import type { SnapshotStore } from '../src/core/ports.ts';
import { dayStatement, totalsStatement } from '../src/store/postgres/read.ts';
import type { Database } from '../src/store/postgres/database.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { readMigrations, startPostgres } from '../test/support/postgres.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';
import { machine, median, ms, ratio, size, table } from './report.ts';
import { documentOf } from '../src/store/testing/store-under-test.ts';

const quick = process.argv.includes('--quick');
const sizes = quick ? [50, 200] : [1_000, 10_000];
const days = quick ? 60 : 365;
const repeats = 5;
const importImages = quick ? 100 : 1_000;
const importPart = 50_000;

interface Figures {
  readonly images: number;
  readonly loadMs: number;
  readonly bytes: number;
  readonly latencies: ReadonlyMap<string, number>;
  readonly plans: readonly string[][];
}

const today = dayOf(Date.now());
const month = { from: addDays(today, -30), to: today };

/** What the API, a cycle and Grafana ask. */
const questions: readonly (readonly [name: string, ask: (store: SnapshotStore, database: Database) => Promise<unknown>])[] = [
  ['one image, all days (its page)', (store) => store.totals({ repos: new Set(['acme/app-7']) })],
  ['all images, 30 days (/api/pulls/daily?from=…)', (store) => store.totals({}, month)],
  ['all images, all days (/api/pulls)', (store) => store.totals({})],
  ['newest values of all (/api/summary)', (store) => store.latest({})],
  ['newest values of one', (store) => store.latest({ repos: new Set(['acme/app-7']) })],
  ['snapshot of a day', (store) => documentOf(store, addDays(today, -5))],
  ['save of one reading (a collector)', (store) => store.save([reading(7, today, 400)])],
  [
    'view daily_pulls, one image, 30 days',
    (_, database) => database.query(sql`SELECT * FROM daily_pulls WHERE repo = 'acme/app-7' AND day BETWEEN ${month.from} AND ${month.to}`),
  ],
];

/** The statements of the store: only the partitions of what is asked may be read. */
const explained: readonly (readonly [name: string, statement: Sql])[] = [
  ['all images, 30 days', totalsStatement({}, month)],
  ['one image, all days', totalsStatement({ repos: new Set(['acme/app-7']) })],
  ['snapshot of a day', dayStatement(addDays(today, -5), {})],
];

function reading(image: number, day: string, total: number) {
  return {
    registry: 'ghcr',
    repo: `acme/app-${image}`,
    pullCount: total + image,
    readAt: `${day}T10:00:00.000Z`,
    tagCount: 3,
    tags: [{ name: `1.${Math.floor(total / 30)}`, versionId: String(image) }],
  };
}

async function medianTime(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < repeats; at += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}

function partition(line: string): string {
  return /totals_\d+_\d+/.exec(line)?.[0] ?? '';
}

/** The partitions that a statement really read, and whether one was read from end to end. */
async function planOf(database: Database, statement: Sql): Promise<{ readonly read: number; readonly whole: number }> {
  const rows = z
    .array(z.object({ 'QUERY PLAN': z.string() }))
    .parse(await database.query(sql`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${statement}`));
  const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => /Scan.* on totals_\d/.test(line) && !line.includes('never executed'));
  return {
    read: new Set(scans.map(partition)).size,
    whole: new Set(scans.filter((line) => line.includes('Seq Scan')).map(partition)).size,
  };
}

async function measure(url: string, images: number): Promise<Figures> {
  const store = await openPostgresStore({ url, migrations: await readMigrations(), clock: systemClock, log: createRecordingLog() });
  const { database } = store;
  const start = performance.now();
  for (let ago = days - 1; ago >= 0; ago -= 1) {
    const day = addDays(today, -ago);
    await store.save(Array.from({ length: images }, (_, at) => reading(at, day, (days - ago) * 3)));
  }
  const loadMs = performance.now() - start;
  await database.query(raw('VACUUM ANALYZE'));
  const latencies = new Map<string, number>();
  for (const [name, ask] of questions) {
    await ask(store, database);
    latencies.set(name, await medianTime(() => ask(store, database)));
  }
  const plans: string[][] = [];
  for (const [name, statement] of explained) {
    const { read, whole } = await planOf(database, statement);
    plans.push([`${images.toLocaleString('en')} images`, name, String(read), String(whole)]);
  }
  const [sizeRow] = z
    .array(z.object({ bytes: z.number() }))
    .parse(await database.query(sql`SELECT pg_database_size(current_database())::float8 AS bytes`));
  await store.close();
  return { images, loadMs, bytes: sizeRow?.bytes ?? 0, latencies, plans };
}

interface ImportFigures {
  readonly wallMs: number;
  /** Of this process; the rest is the server's. */
  readonly cpuMs: number;
}

/** As `import` does it: totals without tags, in parts of so many. */
async function measureImport(url: string): Promise<readonly ImportFigures[]> {
  const store = await openPostgresStore({ url, migrations: await readMigrations(), clock: systemClock, log: createRecordingLog() });
  const readings = Array.from({ length: importImages * days }, (_, at) => {
    const day = addDays(today, Math.floor(at / importImages) - days);
    const image = at % importImages;
    return { registry: 'ghcr', repo: `acme/app-${image}`, pullCount: at, readAt: `${day}T10:00:00.000Z`, day, mark: 'imported' as const };
  });
  const figures: ImportFigures[] = [];
  for (let times = 0; times < 2; times += 1) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    for (let at = 0; at < readings.length; at += importPart) await store.save(readings.slice(at, at + importPart));
    const { user, system } = process.cpuUsage(cpu);
    figures.push({ wallMs: performance.now() - start, cpuMs: (user + system) / 1000 });
  }
  await store.close();
  return figures;
}

export async function benchPostgres(): Promise<void> {
  const database = await startPostgres({ isDurable: true });
  try {
    const figures: Figures[] = [];
    for (const images of sizes) {
      process.stderr.write(`${images} images × ${days} days\n`);
      figures.push(await measure(await database.create(), images));
    }
    const imports = await measureImport(await database.create());
    const [small, large] = figures;
    if (!small || !large) return;
    const text = [
      '<!-- Written by npm run bench -- postgres; do not edit. -->',
      '# Results with PostgreSQL',
      '',
      `${machine(new Date())} PostgreSQL 18 beside it, with fsync and its default settings.`,
      '',
      table(
        'Load and size',
        ['Images × days', 'Totals', 'Load', 'Totals a second', 'On disk', 'Bytes a total'],
        figures.map(({ images, loadMs, bytes }) => [
          `${images.toLocaleString('en')} × ${days}`,
          (images * days).toLocaleString('en'),
          ms(loadMs),
          Math.round((images * days * 1000) / loadMs).toLocaleString('en'),
          size(bytes),
          String(Math.round(bytes / (images * days))),
        ]),
      ),
      table(
        `Import of ${(importImages * days).toLocaleString('en')} totals, in parts of ${importPart.toLocaleString('en')}`,
        ['', 'Time', 'Totals a second', "CPU of the program's own"],
        imports.map(({ wallMs, cpuMs }, at) => [
          at === 0 ? 'new' : 'again, all replaced',
          ms(wallMs),
          Math.round((importImages * days * 1000) / wallMs).toLocaleString('en'),
          ms(cpuMs),
        ]),
      ),
      table(
        'Latency, median of five',
        ['Question', `${small.images.toLocaleString('en')} images`, `${large.images.toLocaleString('en')} images`, 'Grows by'],
        questions.map(([name]) => {
          const [a, b] = [small.latencies.get(name) ?? 0, large.latencies.get(name) ?? 0];
          return [name, ms(a), ms(b), ratio(b / a)];
        }),
      ),
      table(
        'Partitions that a statement reads, of the months there are',
        ['Size', 'Statement', 'Read', 'From end to end'],
        figures.flatMap(({ plans }) => plans),
      ),
    ].join('\n');
    if (quick) process.stdout.write(text);
    else await writeFile('bench/POSTGRES.md', text);
  } finally {
    await database.dispose();
  }
}
