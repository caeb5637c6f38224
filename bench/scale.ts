/** Whole pages and answers of the program over PostgreSQL, for more and more images: `npm run bench -- scale` writes SCALE.md. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import sql, { raw } from 'sql-template-tag';
import { addDays, dayOf } from '../src/core/model/day.ts';
import { rebuildAll } from '../src/store/postgres/kept/rebuild.ts';
import { openPostgresStore, type PostgresStore } from '../src/store/postgres/store.ts';
import { readMigrations, startPostgres, type TestDatabase } from '../test/support/postgres.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';
import { once } from './load.ts';
import { createMemoryLimit } from './memory.ts';
import { machine, median, ms, size, table } from './report.ts';
import { measureSaves, readingsOf, type SaveFigures } from './saves.ts';
import { filesHeading, filesReport } from './scale-files.ts';
import { heapIn, startMeasured, waitForEvents, type MeasuredService } from './service.ts';

const quick = process.argv.includes('--quick');

interface Size {
  readonly images: number;
  readonly days: number;
  /** Of the API: for what is bounded, and for what grows with the images. */
  readonly limits: readonly [boundedBytes: number, streamedBytes: number];
}

const mebibyte = 1024 ** 2;
const sizes: readonly Size[] = [
  { images: 1_000, days: 365, limits: [128 * mebibyte, 192 * mebibyte] },
  { images: 10_000, days: 365, limits: [128 * mebibyte, 192 * mebibyte] },
  // Of fewer days: what is measured reads the newest ones, or sums of days.
  { images: 50_000, days: 60, limits: [384 * mebibyte, 512 * mebibyte] },
];
const quickSizes: readonly Size[] = [200, 1_000].map((images) => ({ images, days: 60, limits: [128 * mebibyte, 192 * mebibyte] }));
const today = dayOf(Date.now());
const month = addDays(today, -30);
/** Lists of tags that the images share. */
const tagSets = 100;

type Address = readonly [name: string, path: string];

/** What shows a bounded number of rows. */
const bounded: readonly Address[] = [
  ['overview', '/'],
  ['overview, sorted by growth', '/?sort=-month'],
  ['overview, searched for some images', '/?q=owner-7%2Fapp-7'],
  ['chart of all', '/data/chart.json?range=1y'],
  ['chart of all, by image', '/data/chart.json?range=1y&split=image'],
  ['an image', '/images/owner-7/app-7'],
  ['/api/summary?repo=…', '/api/summary?repo=owner-7/app-7'],
  ['/api/images?limit=100', '/api/images?limit=100'],
  ['/api/pulls/daily, one image, 30 days', `/api/pulls/daily?repo=owner-7/app-7&from=${month}`],
  ['/api/events?limit=100', '/api/events?limit=100'],
  ['events', '/events'],
  ['/api/tags?limit=100', '/api/tags?limit=100'],
  ['/api/overview', '/api/overview'],
];

/** What grows with the images: most of it streams. */
const streamed: readonly Address[] = [
  ['overview, searched for a ninth of the images', '/?q=app-7'],
  ['overview, what made a day', `/?day=${addDays(today, -9)}`],
  ['/metrics', '/metrics'],
  ['/api/summary', '/api/summary'],
  ['/api/events', '/api/events'],
  ['/api/pulls, all, 30 days', `/api/pulls?from=${month}`],
  ['/api/pulls/daily, all, 30 days', `/api/pulls/daily?from=${month}`],
  ['/api/pulls, all', '/api/pulls'],
  ['/api/pulls/monthly, all', '/api/pulls/monthly'],
];

/** How often each is asked for after another reading: the median leaves out what the collection of garbage adds to one of them. */
const changes = 5;

interface Answer {
  readonly coldMs: number;
  /** After a reading was stored. */
  readonly changedMs: number;
  readonly cachedMs: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

interface Figures {
  readonly of: Size;
  /** From the start of the program to its first page, and to its first answer about events. */
  readonly firstPageMs: number;
  readonly firstEventsMs: number;
  readonly answers: ReadonlyMap<string, Answer | string>;
  /** The most memory of the API: with what is bounded, and with what grows. */
  readonly boundedBytes: number;
  readonly streamedBytes: number;
  readonly saves: SaveFigures;
}

/** Half of the images are on GHCR with closed days and, in the last week, three tags; half on Docker Hub without any; of a hundred owners. A tag of each is pushed every week. */
async function fill({ database }: PostgresStore, { images, days }: Size): Promise<void> {
  await database.query(
    sql`INSERT INTO images (registry, repo) SELECT CASE WHEN i % 2 = 0 THEN 'dockerhub' ELSE 'ghcr' END, 'owner-' || i % 100 || '/app-' || i FROM generate_series(1, ${images}::int) AS i`,
  );
  await database.query(sql`
    INSERT INTO tag_sets (hash, tags)
    SELECT sha256(i::text::bytea), jsonb_agg(jsonb_build_object('name', '1.' || tag, 'last_updated', '2026-01-0' || tag || 'T00:00:00Z', 'version_id', (i * 10 + tag)::text, 'pull_count', i * tag))
    FROM generate_series(1, ${tagSets}::int) AS i, generate_series(1, 3) AS tag GROUP BY i ORDER BY i`);
  for (let name = addDays(today, 1 - days).slice(0, 7); name <= today.slice(0, 7);) {
    const [year = 0, number = 0] = name.split('-').map(Number);
    const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
    await database.query(
      raw(`CREATE TABLE totals_${name.replace('-', '_')} PARTITION OF totals FOR VALUES FROM ('${name}-01') TO ('${next}-01')`),
    );
    await database.withLock(7, (connection) =>
      connection.query(sql`
        INSERT INTO totals (image_id, day, pull_count, known, worth, read_at, read_ms, tag_count, last_updated, tag_set_id)
        SELECT id, d::date, 1000 * (id % 97) + (d::date - DATE '2020-01-01') * (1 + id % 53) + (id * 31 + (d::date - DATE '2020-01-01') * 17) % 7,
          CASE WHEN registry = 'ghcr' THEN 'closed' ELSE 'read' END, CASE WHEN registry = 'ghcr' THEN 3 ELSE 2 END,
          to_char(d, 'YYYY-MM-DD') || 'T10:00:00.000Z', extract(epoch FROM d)::bigint * 1000 + 36000000, 3, '2026-01-01T00:00:00Z',
          CASE WHEN registry = 'ghcr' AND d > ${addDays(today, -7)}::date THEN 1 + id % ${tagSets}::int END
        FROM images, generate_series(greatest(${`${name}-01`}::date, ${addDays(today, 1 - days)}::date), least(${`${next}-01`}::date - 1, ${today}::date), '1 day') AS d`),
    );
    name = next;
  }
  await database.query(sql`
    INSERT INTO events (hash, at, time, seen_at, seen_day, registry, repo, kind, detail)
    SELECT sha256((id || ' ' || d)::bytea), extract(epoch FROM d)::bigint * 1000 + 28800000, to_char(d, 'YYYY-MM-DD') || 'T08:00:00.000000Z',
      to_char(d, 'YYYY-MM-DD') || 'T10:00:00.000Z', d::date, registry, repo, 'tag_pushed', 'latest'
    FROM images, generate_series(${addDays(today, 1 - days)}::date, ${today}::date, '1 day') AS d WHERE (d::date - DATE '2020-01-01') % 7 = id % 7`);
  await database.query(sql`INSERT INTO snapshot_days (day) SELECT DISTINCT day FROM totals WHERE image_id = 1`);
  await database.withLock(7, (connection) => connection.query(raw('VACUUM ANALYZE')));
  await rebuildAll(database);
  await database.withLock(7, (connection) => connection.query(raw('VACUUM ANALYZE')));
}

async function measureAddress(service: MeasuredService, store: PostgresStore, path: string): Promise<Answer | string> {
  try {
    const cold = await once(service.url + path);
    const changed: { readonly ms: number; readonly cpuMs: number }[] = [];
    for (let at = 0; at < changes; at += 1) changed.push(await measureChange(service, store, path));
    const cached = await once(service.url + path);
    return {
      coldMs: cold.ms,
      changedMs: median(changed.map(({ ms: each }) => each)),
      cachedMs: cached.ms,
      cpuMs: median(changed.map(({ cpuMs }) => cpuMs)),
      bytes: cold.bytes,
    };
  } catch (error) {
    return String(error);
  }
}

async function measureChange(
  service: MeasuredService,
  store: PostgresStore,
  path: string,
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  // One of Docker Hub: what is closed takes no reading of the same day.
  await store.save(readingsOf(today, 23, 7, 8));
  // The service hears of it.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = await service.figures();
  const { ms: changedMs } = await once(service.url + path);
  const after = await service.figures();
  return { ms: changedMs, cpuMs: after.cpuMs - before.cpuMs };
}

async function measure({ create }: Pick<TestDatabase, 'create'>, of: Size): Promise<Figures> {
  const url = await create();
  const store = await openPostgresStore({ url, migrations: await readMigrations(), clock: Date, log: createRecordingLog() });
  await fill(store, of);
  const answers = new Map<string, Answer | string>();
  const peaks: number[] = [];
  let [firstPageMs, firstEventsMs] = [0, 0];
  for (const [at, addresses] of [bounded, streamed].entries()) {
    const limitBytes = of.limits[at] ?? 0;
    const limit = await createMemoryLimit(limitBytes);
    const service = await startMeasured('/tmp', limit, { DATABASE_URL: url, ROLE: 'api', ...heapIn(limitBytes) });
    firstPageMs = service.startMs + (await once(`${service.url}/`)).ms;
    firstEventsMs = firstPageMs + (await waitForEvents(service));
    for (const [name, path] of addresses) answers.set(name, await measureAddress(service, store, path));
    peaks.push((await service.figures()).peakRssBytes);
    await service.stop().catch(() => undefined);
    await limit?.remove();
  }
  const saves = await measureSaves(store, await create(), of.images, today);
  await store.close();
  const [boundedBytes = 0, streamedBytes = 0] = peaks;
  return { of, firstPageMs, firstEventsMs, answers, boundedBytes, streamedBytes, saves };
}

/** How time grows: 1 with the number of images, 0 not at all. */
function exponent(first: Answer | string | undefined, last: Answer | string | undefined, growth: number): string {
  if (typeof first !== 'object' || typeof last !== 'object') return '';
  return (Math.log(last.changedMs / first.changedMs) / Math.log(growth)).toFixed(2);
}

/** With `files` among the arguments only the part of folders, which is then replaced in the file. */
export async function benchScale(): Promise<void> {
  execFileSync(process.execPath, [...process.execArgv, 'scripts/build.ts']);
  const before = process.argv.includes('files') ? (await readFile('bench/SCALE.md', 'utf8')).split(filesHeading)[0] : undefined;
  const text = `${before ?? `${await databaseReport()}\n`}${await filesReport(quick)}`;
  if (quick) process.stdout.write(text);
  else await writeFile('bench/SCALE.md', text);
}

async function databaseReport(): Promise<string> {
  const database = await startPostgres({ isDurable: true });
  try {
    const figures: Figures[] = [];
    for (const each of quick ? quickSizes : sizes) {
      process.stderr.write(`${each.images} images × ${each.days} days\n`);
      figures.push(await measure(database, each));
    }
    return report(figures);
  } finally {
    await database.dispose();
  }
}

function perSecond(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}

function cell(answer: Answer | string | undefined): string {
  if (typeof answer !== 'object') return answer ?? '';
  return `${ms(answer.coldMs)} / ${ms(answer.changedMs)} / ${ms(answer.cachedMs)}, ${ms(answer.cpuMs)} CPU, ${size(answer.bytes)}`;
}

function report(figures: readonly Figures[]): string {
  const growth = (figures.at(-1)?.of.images ?? 1) / (figures[0]?.of.images ?? 1);
  const headings = figures.map(
    ({ of: { images, days, limits } }) => `${images.toLocaleString('en')} images × ${days} days, API in ${limits.map(size).join(' and ')}`,
  );
  return [
    '<!-- Written by npm run bench -- scale; do not edit. -->',
    '# Results with more and more images',
    '',
    `${machine(new Date())} PostgreSQL 18 beside it, with fsync; the API started anew for each size, for what shows a bounded number of rows and for the rest, with the heap that the image gives it in such a limit.`,
    `Once the events of all images are known: first answer / after a reading was stored, the median of ${changes} / repeated; processor time of the program for the second; size of the body.`,
    '',
    table(
      'Answers',
      ['Address', ...headings, 'Exponent'],
      [
        ...[...bounded, ...streamed].map(([name]) => [
          name,
          ...figures.map(({ answers }) => cell(answers.get(name))),
          exponent(figures[0]?.answers.get(name), figures.at(-1)?.answers.get(name), growth),
        ]),
        ['from the start to the first page', ...figures.map(({ firstPageMs }) => ms(firstPageMs)), ''],
        ['from the start to the first events', ...figures.map(({ firstEventsMs }) => ms(firstEventsMs)), ''],
        ['most memory of the API: what is bounded', ...figures.map(({ boundedBytes }) => size(boundedBytes)), ''],
        ['what grows with the images', ...figures.map(({ streamedBytes }) => size(streamedBytes)), ''],
        ['readings saved a second: new images', ...figures.map(({ saves }) => perSecond(saves.first)), ''],
        ['the first of a day', ...figures.map(({ saves }) => perSecond(saves.newDay)), ''],
        ['later ones of a day', ...figures.map(({ saves }) => perSecond(saves.repeated)), ''],
      ],
    ),
  ].join('\n');
}
