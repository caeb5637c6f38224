/** The real service through many days of hourly cycles in simulated time, in a process of its own and inside a memory limit where one can be made. */
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { name as imageName, totalAt, writeFolder } from '../../bench/folder.ts';
import { createMemoryLimit, type MemoryLimit } from '../../bench/memory.ts';
import { addDays, dayOf, type Day } from '../../src/core/model/day.ts';
import { environmentOf } from '../support/environment.ts';
import { imageStart } from '../support/program.ts';
import { startSimulator } from '../../src/demo/simulator/index.ts';
import { storedRows, wrongDifferences, type StoredRow } from './account.ts';
import { createCourses, type Courses } from './courses.ts';
import { startLoad, type LoadResult } from './load.ts';
import type { Orders } from './service.ts';
import { createTrouble, type Trouble } from './trouble.ts';

export interface SoakOptions {
  readonly days: number;
  /** On Docker Hub; a tenth of them is on GHCR too, and on ECR Public. */
  readonly images: number;
  /** Days that the Go tool has left in the folder. */
  readonly historyDays: number;
  readonly limitBytes: number;
  /** Called once a simulated day. */
  readonly onDay?: (day: Day) => void;
}

/** What the process held at the end of a day; zeros where there is no /proc. */
export interface Sample {
  readonly day: Day;
  /** Memory of its own; files that it has mapped are left out. */
  readonly ownBytes: number;
  readonly descriptors: number;
}

export interface SoakResult {
  readonly cycles: number;
  readonly disturbed: ReturnType<Trouble['counts']>;
  /** Whether there was a limit. */
  readonly isLimited: boolean;
  readonly peakBytes: number;
  readonly samples: readonly Sample[];
  readonly load: LoadResult;
  /** Totals that are known to have to be there. */
  readonly checked: number;
  /** Days of which the total at their end is stored. */
  readonly closed: number;
  /** What is stored or served and was not so, and what is missing. */
  readonly findings: readonly string[];
  /** Errors in the log that no fault explains. */
  readonly complaints: readonly string[];
  readonly exitCode: number | null;
}

const started = z.object({ url: z.string() });
const over = z.object({ now: z.number(), ms: z.number() });

const first = Date.parse('2026-01-01T00:05:00.000Z');
const hourMs = 3_600_000;

/** @throws when the service ends early */
export async function soak({ days, images, historyDays, limitBytes, onDay }: SoakOptions): Promise<SoakResult> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-soak-'));
  const limit = await createMemoryLimit(limitBytes);
  const names = Array.from({ length: images }, (_, at) => imageName(at).split('/')[1] ?? '');
  const courses = createCourses(names, (at) => totalAt(at, historyDays + 1));
  const trouble = createTrouble(names);
  let nowMs = first;
  let service: Process | undefined;
  const simulator = await startSimulator({ world: courses.world, clock: { now: () => nowMs }, onHang: () => service?.tellHanging() });
  const env = environmentOf(simulator, directory, settingsFor(images));
  try {
    const lastDay = addDays(dayOf(first), -1);
    if (historyDays > 0) await writeFolder(env.DATA_DIR, { images, days: historyDays, tags: 2, ghcr: false }, lastDay);
    const before = historyDays > 0 ? await storedRows(env.DATA_DIR) : [];
    courses.begin(nowMs);
    service = await startProcess(directory, env, limit);
    const load = startLoad(service.url, imageName(0));
    const samples: Sample[] = [];
    let cycles = 0;
    for (;;) {
      const { now, ms } = await service.cycleOver();
      nowMs = now;
      cycles += 1;
      courses.end(nowMs);
      const day = dayOf(nowMs);
      if (samples.at(-1)?.day !== day) {
        samples.push({ day, ...(await held(service.pid)) });
        onDay?.(day);
      }
      if (nowMs - first > days * 24 * hourMs) break;
      simulator.clearFaults();
      simulator.forgetRequests();
      nowMs = Math.ceil(nowMs + ms) + trouble.jumpMs(nowMs);
      for (const rule of trouble.registries(nowMs)) simulator.inject(rule);
      courses.grow(nowMs);
      courses.begin(nowMs);
      service.goOn({ now: nowMs, disk: trouble.disk(nowMs) });
    }
    const loaded = await load.stop();
    const served: unknown = await (await fetch(`${service.url}/api/pulls/daily?split=registry`)).json();
    const exitCode = await service.stop();
    const stored = await storedRows(env.DATA_DIR);
    return {
      cycles,
      disturbed: trouble.counts(),
      isLimited: limit !== undefined,
      peakBytes: (await limit?.peakBytes()) ?? 0,
      samples,
      load: loaded,
      checked: [...courses.due().values()].reduce((sum, totals) => sum + totals.size, 0),
      closed: stored.filter((row) => row.closed).length,
      findings: [...inventedOrLost(stored, courses, before), ...wrongDifferences(stored, served)],
      complaints: service.complaints(),
      exitCode,
    };
  } finally {
    await simulator.close();
    await limit?.remove();
    await rm(directory, { recursive: true });
  }
}

function settingsFor(images: number): Record<string, string> {
  return {
    DOCKERHUB_REPOS: 'acme/*',
    GHCR_REPOS: 'acme/*',
    ECR_PUBLIC_REPOS: 'acme/*',
    BACKFILL: 'off',
    RETENTION_DAYS: '0',
    LISTEN_ADDR: '127.0.0.1:0',
    LOG_LEVEL: 'error',
    // Slow enough that cycles run over midnight.
    GHCR_DELAY_MS: String(Math.ceil(60_000 / images)),
    SOAK_START: String(first),
  };
}

interface Process {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the running cycle has ended. */
  cycleOver(): Promise<{ readonly now: number; readonly ms: number }>;
  goOn(orders: Orders): void;
  /** A registry has taken a request that it will not answer. */
  tellHanging(): void;
  /** Resolves to the exit code. */
  stop(): Promise<number | null>;
  complaints(): readonly string[];
}

/** Errors that are the right answer to what goes wrong here. */
const expectedErrors = /registry failing|snapshot could not be stored/;

/** As the program is built, with the service of a soak in the place of its entry. */
async function bundleService(file: string): Promise<void> {
  await build({
    entryPoints: ['test/soak/service.ts'],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['pg-native'],
  });
}

async function startProcess(directory: string, env: Readonly<Record<string, string>>, limit: MemoryLimit | undefined): Promise<Process> {
  const file = join(directory, 'service.cjs');
  await bundleService(file);
  const image = await imageStart();
  const words = [process.execPath, ...image.nodeOptions, file];
  const [command = '', ...args] = limit ? ['bash', '-c', `${limit.shellPrefix}; exec "$@"`, 'bash', ...words] : words;
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...image.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const messages = on(child, 'message');

  async function reported<T>(shape: z.ZodType<T>): Promise<T> {
    const message = await Promise.race([messages.next(), exited.then((code) => Promise.reject(new Error(`ended with ${code}:\n${log}`)))]);
    return shape.parse(z.array(z.unknown()).parse(message.value)[0]);
  }

  const { url } = await reported(started);
  return {
    url,
    pid: child.pid ?? 0,
    cycleOver: () => reported(over),
    goOn: (orders) => void child.send(orders),
    tellHanging: () => void child.send('hanging'),
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    complaints: () => log.split('\n').filter((line) => line.includes('"level":"error"') && !expectedErrors.test(line)),
  };
}

/** What the kernel says of the process. */
async function held(pid: number): Promise<Omit<Sample, 'day'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return { ownBytes: Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024, descriptors: descriptors.length };
}

/** Rows that stand there and were never so, and those that have to be there and are not. */
function inventedOrLost(stored: readonly StoredRow[], courses: Courses, before: readonly StoredRow[]): string[] {
  const byDay = new Map(stored.map((row) => [`${row.day} ${row.key}`, row]));
  const old = new Set(before.map(({ day, key, total }) => `${day} ${key} ${total}`));
  const findings: string[] = [];
  for (const { day, key, total, readAt, closed } of stored) {
    const read = closed ?? { total, readAt };
    const isKnown = read.readAt === undefined ? old.has(`${day} ${key} ${total}`) : courses.was(key, read.total, Date.parse(read.readAt));
    if (!isKnown) findings.push(`invented: ${day} ${key} ${read.total}, read at ${read.readAt}`);
    const end = courses.endOf(key, day);
    if (closed && total !== end) findings.push(`not the end of the day: ${day} ${key} ${total}, not ${end}`);
  }
  for (const { day, key, total } of before) if (!byDay.has(`${day} ${key}`)) findings.push(`lost: ${day} ${key} ${total}`);
  for (const [day, totals] of courses.due()) {
    for (const [key, valid] of totals) {
      const row = byDay.get(`${day} ${key}`);
      const found = row?.closed?.total ?? row?.total;
      if (found === undefined || !valid.includes(found)) findings.push(`wrong: ${day} ${key} is ${found}, not ${valid.join(' or ')}`);
    }
  }
  return findings;
}
