/** Weeks of hourly cycles in simulated time, with everything going wrong that can, and an account of its own of what has to be stored. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp, descriptors } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { dayOf, isDay } from '../../src/core/day.ts';
import type { Clock } from '../../src/core/ports.ts';
import { environmentOf } from '../support/environment.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { pageChanges, type Fault } from '../support/simulator/faults.ts';
import { createSeededRandom } from '../support/simulator/seeded-random.ts';
import { startSimulator, type ServerName, type Simulator } from '../support/simulator/index.ts';
import { addDownloads, emptyWorld, ghcrPackage, ghcrVersion, hubRepo, hubTag, publicTotals } from '../support/simulator/world.ts';

// `SOAK=400` runs that many days; a few are enough to see that nothing has broken.
const days = Number(process.env['SOAK'] ?? 10);
const imagesEach = 4;
const hourMs = 3_600_000;
const first = Date.parse('2026-01-01T00:05:00.000Z');

let directory: string;
let simulator: Simulator;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-soak-'));
});

afterEach(async () => {
  await simulator.close();
  await rm(directory, { recursive: true });
});

const faults: readonly Fault[] = [
  { kind: 'status', status: 429, headers: { 'retry-after': '2' }, body: '' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1800' }, body: '' },
  { kind: 'status', status: 500, body: 'oops' },
  { kind: 'status', status: 404, body: '{}' },
  { kind: 'hang' },
  { kind: 'cut' },
  { kind: 'oversize', bytes: 5 * 1024 * 1024 },
  { kind: 'redirect', location: 'http://169.254.169.254/' },
  { kind: 'markup', transform: pageChanges.profilePage },
  { kind: 'json', transform: () => ({ results: 'none' }) },
];

/** A total and from when on it was one. */
type Course = { readonly since: number; readonly total: number }[];

/** The world, with a memory of every total that it ever had. */
function createCourses(now: () => number) {
  const names = Array.from({ length: imagesEach }, (_, at) => `app-${at}`);
  const world = {
    ...emptyWorld(),
    dockerHub: [
      { name: 'acme', repos: names.map((name, at) => hubRepo({ name, pulls: 1000 * (at + 1), tags: [hubTag({ name: 'latest' })] })) },
    ],
    ghcr: [
      {
        login: 'acme',
        kind: 'user' as const,
        packages: names.map((name, at) => ghcrPackage({ name, versions: [ghcrVersion({ id: at + 1, downloads: 500, tags: ['1'] })] })),
      },
    ],
    ecrPublic: [{ name: 'acme', repos: names.map((name) => ({ name, downloads: 70, tags: [] })) }],
  };
  const courses = new Map<string, Course>();
  const note = (): void => {
    for (const [registry, totals] of Object.entries(publicTotals(world, now()))) {
      for (const [repo, total] of totals) {
        const course = courses.get(`${registry} ${repo}`) ?? [];
        courses.set(`${registry} ${repo}`, course);
        if (course.at(-1)?.total !== total) course.push({ since: now(), total });
      }
    }
  };
  note();
  return {
    world,
    /** An hour of pulls; some counters stand still, and one is restated now and then. */
    grow(random: () => number): void {
      for (const repo of world.dockerHub[0]?.repos ?? []) repo.pulls += random() < 0.2 ? 0 : Math.floor(random() * 50);
      for (const one of world.ghcr[0]?.packages ?? []) addDownloads(one, random() < 0.2 ? 0 : Math.floor(random() * 20));
      for (const repo of world.ecrPublic[0]?.repos ?? []) repo.downloads += Math.floor(random() * 5);
      const restated = world.dockerHub[0]?.repos[Math.floor(random() * 400)];
      if (restated) restated.pulls = Math.floor(restated.pulls * 0.9);
      note();
    },
    totalAt: (key: string, at: number): number | undefined => courses.get(key)?.findLast(({ since }) => since <= at)?.total,
    keys: () => [...courses.keys()],
  };
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true }));
}

describe('the service over weeks', () => {
  it(
    'stores every total that was there at the end of each day, none that was not, and serves their differences',
    async () => {
      let nowMs = first;
      let cycles = 0;
      const random = createSeededRandom(5);
      const log = createRecordingLog();
      const courses = createCourses(() => nowMs);
      /** What was true when the last undisturbed cycle of each day was over, by day and image. */
      const truth = new Map<string, Map<string, number>>();
      const ended = new EventTarget();
      const isOver = new Promise((resolve) => ended.addEventListener('ended', resolve, { once: true }));

      function disturb(): void {
        simulator.clearFaults();
        // The last hours of a day are quiet, so that it is known what has to be stored at its end.
        if (new Date(nowMs).getUTCHours() >= 20 || random() < 0.4) return;
        for (const server of ['dockerhub', 'github', 'ghcr', 'ecr'] satisfies ServerName[]) {
          const fault = faults[Math.floor(random() * faults.length * 2)];
          if (fault)
            simulator.inject({
              server,
              match: random() < 0.5 ? '' : `app-${Math.floor(random() * imagesEach)}`,
              times: 1 + Math.floor(random() * 6),
              fault,
            });
        }
      }

      const clock: Clock = {
        now: () => nowMs,
        async sleep(ms, signal) {
          signal?.throwIfAborted();
          await new Promise((resolve) => setImmediate(resolve));
          signal?.throwIfAborted();
          // The log of progress must not drive the time on while a cycle waits for answers.
          if (ms === 10_000) await untilAborted(signal);
          // Only the scheduler waits for so long: a cycle is over.
          if (ms > hourMs / 2) {
            cycles += 1;
            const day = dayOf(nowMs);
            if (new Date(nowMs).getUTCHours() >= 22)
              truth.set(day, new Map(courses.keys().map((key) => [key, courses.totalAt(key, nowMs) ?? -1])));
            if (nowMs - first > days * 24 * hourMs) {
              ended.dispatchEvent(new Event('ended'));
              await untilAborted(signal);
            }
            courses.grow(random);
            disturb();
          }
          nowMs += ms;
        },
      };
      simulator = await startSimulator({ world: courses.world, clock });
      const env = environmentOf(simulator, directory, {
        DOCKERHUB_REPOS: 'acme/*',
        GHCR_REPOS: 'acme/*',
        ECR_PUBLIC_REPOS: 'acme/*',
        BACKFILL: 'off',
        RETENTION_DAYS: '0',
        LISTEN_ADDR: '127.0.0.1:0',
        // Slow enough that cycles run over midnight.
        GHCR_DELAY_MS: '60000',
      });
      const app = createApp(loadConfig({ env, descriptors, readTextFile: () => '' }), { clock, random, log, httpTimeoutMs: 100 });
      const filesBefore = (await readdir('/proc/self/fd')).length;

      await app.start();
      const asking = setInterval(() => void fetch(`${app.url()}/api/pulls/daily`).then((answer) => answer.arrayBuffer()), 50);
      await isOver;
      clearInterval(asking);

      const rows = z.array(z.object({ timestamp: z.string(), repo: z.string(), registry: z.string(), daily_pulls: z.number() }));
      const served = rows.parse(await (await fetch(`${app.url()}/api/pulls/daily?split=registry`)).json());
      await app.close();

      expect(cycles).toBeGreaterThan(days * 18);
      const stored = await storedRows(env.DATA_DIR);
      const invented = stored.filter(({ key, readAt, total }) => courses.totalAt(key, Date.parse(readAt)) !== total);
      expect(invented).toEqual([]);
      const byDay = new Map(stored.map(({ day, key, total }) => [`${day} ${key}`, total]));
      const wrong: string[] = [];
      for (const [day, totals] of truth) {
        for (const [key, total] of totals) {
          // The next cycle may have read it once more before midnight.
          const valid = [total, courses.totalAt(key, Date.parse(`${day}T23:59:59.999Z`))];
          const found = byDay.get(`${day} ${key}`);
          if (!valid.includes(found)) wrong.push(`${day} ${key}: ${found} is none of ${valid.join(', ')}`);
        }
      }
      expect(truth.size).toBeGreaterThanOrEqual(days - 1);
      expect(wrong).toEqual([]);
      expect(
        served
          .map(({ timestamp, repo, registry, daily_pulls: pulls }) => `${timestamp.slice(0, 10)} ${registry} ${repo} ${pulls}`)
          .toSorted(),
      ).toEqual(differences(stored).toSorted());
      expect(log.lines.filter(({ level, message }) => level === 'error' && !/registry is in trouble/.test(message))).toEqual([]);
      expect((await readdir('/proc/self/fd')).length).toBeLessThan(filesBefore + 20);
    },
    Math.max(120_000, days * 10_000),
  );
});

interface StoredRow {
  readonly day: string;
  readonly key: string;
  readonly total: number;
  readonly readAt: string;
}

const hubRow = z.object({ repo: z.string(), pull_count: z.number(), read_at: z.string() });
const document = z.object({
  docker_hub: z.array(hubRow).default([]),
  ghcr: z.array(z.object({ package: z.string(), download_count: z.number(), read_at: z.string() })).default([]),
  'ecr-public': z.array(hubRow).default([]),
});

/** What stands in the files, read without the program's own code. */
async function storedRows(folder: string): Promise<StoredRow[]> {
  const names = (await readdir(folder)).filter((name) => isDay(name.replace('.json', ''))).toSorted();
  const rows = await Promise.all(
    names.map(async (name) => {
      const day = name.replace('.json', '');
      const { docker_hub: hub, ghcr, 'ecr-public': ecr } = document.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      return [
        ...hub.map((row) => ({ day, key: `dockerhub ${row.repo}`, total: row.pull_count, readAt: row.read_at })),
        ...ghcr.map((row) => ({ day, key: `ghcr ${row.package}`, total: row.download_count, readAt: row.read_at })),
        ...ecr.map((row) => ({ day, key: `ecr-public ${row.repo}`, total: row.pull_count, readAt: row.read_at })),
      ];
    }),
  );
  return rows.flat();
}

/** Each total less the one before; the first counts 0, and so does a fall. */
function differences(rows: readonly StoredRow[]): string[] {
  const before = new Map<string, number>();
  return rows.map(({ day, key, total }) => {
    const pulls = Math.max(0, total - (before.get(key) ?? total));
    before.set(key, total);
    return `${day} ${key} ${pulls}`;
  });
}
