/** Whatever was read, and whatever is asked: the API says what a second, plain working out of the same rules says. */
import * as fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPastDays } from '../src/collect/past-days.ts';
import { canonicalRepo } from '../src/core/model/image-ref.ts';
import type { DailyPulls, Reading } from '../src/core/model/reading.ts';
import type { SnapshotStore } from '../src/core/ports.ts';
import { nodeFileSystem, type FileSystem } from '../src/store/json-files/file-system.ts';
import { createTestFolder, type TestFolder } from '../src/store/json-files/testing/folder.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { setUp } from './support/api.ts';
import { createFixedClock } from './support/fixed-clock.ts';
import {
  expectedDaily,
  expectedMonthly,
  expectedPulls,
  expectedSummary,
  expectedWeekly,
  type Observation,
  type Question,
  type Row,
} from './support/oracle.ts';
import { createRecordingLog } from './support/recording-log.ts';

const registries = ['dockerhub', 'ghcr', 'quay'];
const repos = ['acme/app', 'acme/app-b', 'acme/charts%2Fapp', 'b/x'];
const span = 45;

interface History {
  /** The files of the Go tool, which were there before. */
  readonly goTool: readonly Observation[];
  readonly saves: readonly (readonly Observation[])[];
  readonly firstDay: string;
}

/** One attempt to read one image: on most days nothing is tried, on some several times. */
const attempt = fc.record({
  registry: fc.constantFrom(...registries),
  repo: fc.constantFrom(...repos),
  day: fc.nat({ max: span }),
  minute: fc.nat({ max: 1439 }),
  // Small totals go up and down and are often 0; the others mostly grow.
  count: fc.oneof(fc.nat({ max: 60 }), fc.constantFrom(0, 2 ** 31, 2 ** 40)),
  grows: fc.boolean(),
  kind: fc.constantFrom('read', 'read', 'read', 'backfilled', 'unread', 'goTool', 'goTool'),
  inCapitals: fc.boolean(),
});

/** The day at this distance from another, as the text that the API takes. */
function dayAt(firstDay: string, distance: number): string {
  return new Date(Date.parse(firstDay) + distance * 86_400_000).toISOString().slice(0, 10);
}

function observationOf(firstDay: string, { registry, repo, day, minute, count, grows, kind, inCapitals }: AttemptValue): Observation {
  const date = dayAt(firstDay, day);
  const total = grows ? day * 100 + count : count;
  if (kind === 'goTool' && registry !== 'quay') {
    return { at: `${date}T12:00:00.123456789Z`, registry, repo: inCapitals ? repo.toUpperCase() : repo, total, goTool: true };
  }
  if (kind === 'backfilled') return { at: `${date}T23:59:59.999Z`, registry, repo, total, backfilled: true };
  const at = new Date(Date.parse(date) + minute * 60_000).toISOString();
  return { at, registry, repo, total: kind === 'unread' ? undefined : total };
}

type AttemptValue = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never;

const histories: fc.Arbitrary<History> = fc
  .record({
    // Over new year, a leap day, the end of a short month.
    firstDay: fc.constantFrom('2025-12-10', '2024-02-01', '2026-02-20'),
    attempts: fc.array(attempt, { maxLength: 60, size: 'max' }),
    saveSize: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ firstDay, attempts, saveSize }) => {
    const seen = attempts.map((each) => observationOf(firstDay, each));
    const reads = seen.filter(({ goTool }) => !goTool);
    const saves = Array.from({ length: Math.ceil(reads.length / saveSize) }, (_, at) => reads.slice(at * saveSize, (at + 1) * saveSize));
    return { firstDay, goTool: seen.filter(({ goTool }) => goTool), saves };
  });

const endpoints = ['pulls', 'pulls/daily', 'pulls/weekly', 'pulls/monthly', 'summary', 'summary of a day'] as const;

const questions = fc.array(
  fc.record({
    endpoint: fc.constantFrom(...endpoints),
    registries: fc.option(fc.subarray(registries, { minLength: 1 }), { nil: undefined, freq: 2 }),
    repos: fc.option(fc.subarray([...repos, 'no/such'], { minLength: 1 }), { nil: undefined, freq: 2 }),
    range: fc.tuple(fc.nat({ max: span }), fc.nat({ max: span })).map((ends) => ends.toSorted((a, b) => a - b)),
    hasFrom: fc.boolean(),
    hasTo: fc.boolean(),
    split: fc.boolean(),
    listStyle: fc.constantFrom('a,b', '{a,b}', 'a&b', 'A,B'),
    dayStyle: fc.constantFrom('day', 'moment', 'milliseconds'),
  }),
  { minLength: 4, maxLength: 8 },
);

type QuestionValue = typeof questions extends fc.Arbitrary<readonly (infer Value)[]> ? Value : never;

interface Case {
  readonly path: string;
  /** Absent where there is no such snapshot. */
  readonly rows: Row[] | undefined;
}

type Expected = (history: readonly Observation[], question: Question, day: string) => Row[] | undefined;

const oracle: Readonly<Record<QuestionValue['endpoint'], Expected>> = {
  pulls: expectedPulls,
  'pulls/daily': expectedDaily,
  'pulls/weekly': expectedWeekly,
  'pulls/monthly': expectedMonthly,
  summary: (history, question) => expectedSummary(history, question),
  'summary of a day': expectedSummary,
};

/** The request, and what has to come back. */
function caseOf(history: readonly Observation[], firstDay: string, value: QuestionValue): Case {
  const { endpoint, listStyle, dayStyle } = value;
  const [first = 0, last = 0] = value.range;
  const ofDay = endpoint === 'summary of a day';
  const isChart = endpoint.startsWith('pulls');
  const from = isChart && value.hasFrom ? dayAt(firstDay, first) : undefined;
  const to = isChart && value.hasTo ? dayAt(firstDay, last) : undefined;
  const question: Question = { registries: value.registries, repos: value.repos, from, to, split: isChart && value.split };

  const parameters = new URLSearchParams();
  for (const text of written(value.registries, listStyle)) parameters.append('registry', text);
  for (const text of written(value.repos, listStyle)) parameters.append('repo', text);
  if (from !== undefined) parameters.set('from', writtenDay(from, dayStyle));
  if (to !== undefined) parameters.set('to', writtenDay(to, dayStyle));
  if (question.split) parameters.set('split', 'registry');
  if (ofDay) parameters.set('date', dayAt(firstDay, first));
  const path = `/api/${ofDay ? 'summary' : endpoint}?${parameters.toString()}`;
  return { path, rows: oracle[endpoint](history, question, dayAt(firstDay, first)) };
}

function written(list: readonly string[] | undefined, style: QuestionValue['listStyle']): readonly string[] {
  if (!list) return style === 'a,b' ? [] : ['$__all'];
  if (style === 'a&b') return list;
  const text = list.join(',');
  return [style === '{a,b}' ? `{${text}}` : style === 'A,B' ? text.toUpperCase() : text];
}

function writtenDay(day: string, style: QuestionValue['dayStyle']): string {
  if (style === 'moment') return `${day}T17:30:00Z`;
  return style === 'milliseconds' ? String(Date.parse(day) + 3_600_000) : day;
}

/** What the API answers to the requests of these cases. */
async function answers(store: SnapshotStore, cases: readonly Case[]): Promise<unknown[]> {
  const { fetch } = await setUp([], { store, registries });
  const given: unknown[] = [];
  for (const { path } of cases) {
    const response = await fetch(path);
    const body: unknown = await response.json();
    given.push({ path, rows: response.status === 404 ? undefined : body });
  }
  return given;
}

/** What a store is given to save: unread attempts never come so far. */
function readingsOf(observations: readonly Observation[]): Reading[] {
  const readings: Reading[] = [];
  for (const { registry, repo, total, at, backfilled } of observations) {
    if (total !== undefined)
      readings.push({ registry, repo: canonicalRepo(repo), pullCount: total, readAt: at, mark: backfilled ? 'backfilled' : undefined });
  }
  return readings;
}

/** A day's file as the Go tool writes it. */
function goDocument(observations: readonly Observation[]): string {
  const of = (registry: string): readonly Observation[] => observations.filter((seen) => seen.registry === registry);
  const hub = of('dockerhub').map(({ repo, total }) => ({ repo, last_updated: '', tags: null, pull_count: total }));
  const packages = of('ghcr').map(({ repo, total }) => ({ package: repo, download_count: total }));
  const timestamp = observations[0]?.at;
  return JSON.stringify({ timestamp, ...(hub.length > 0 && { docker_hub: hub }), ...(packages.length > 0 && { ghcr: packages }) });
}

async function writeGoFiles(folder: TestFolder, observations: readonly Observation[]): Promise<void> {
  const days = new Map<string, Observation[]>();
  for (const seen of observations) days.set(seen.at.slice(0, 10), [...(days.get(seen.at.slice(0, 10)) ?? []), seen]);
  for (const [day, own] of days) await folder.write(`${day}.json`, goDocument(own));
}

/** The file system without waiting for the disk. */
const fastFiles: FileSystem = {
  ...nodeFileSystem,
  async create(path) {
    return { ...(await nodeFileSystem.create(path)), sync: async () => undefined };
  },
  syncFolder: async () => undefined,
};

describe('the API and the oracle', () => {
  it('agree on any history in memory and any question', async () => {
    await fc.assert(
      fc.asyncProperty(histories, questions, async ({ firstDay, goTool, saves }, asked) => {
        const store = createMemoryStore();
        // This store reads no files: of what the Go tool stored it gets what was really read.
        const imported = goTool
          .filter(({ registry, total }) => registry !== 'ghcr' || total !== 0)
          .map((seen): Observation => ({ ...seen, goTool: false }));
        for (const save of [imported, ...saves]) await store.save(readingsOf(save));

        const history = [...imported, ...saves.flat()];
        const cases = asked.map((value) => caseOf(history, firstDay, value));
        expect(await answers(store, cases)).toEqual(cases);
      }),
      { numRuns: 250 },
    );
  });

  it('agree on any history in a folder that the Go tool began, before and after it is opened anew', async () => {
    await fc.assert(
      fc.asyncProperty(histories, questions, async ({ firstDay, goTool, saves }, asked) => {
        const folder = await createTestFolder();
        try {
          await writeGoFiles(folder, goTool);
          const options = { files: fastFiles, clock: createFixedClock('2026-12-31T10:00:00Z') };
          const store = await folder.open(options);
          for (const save of saves) await store.save(readingsOf(save));
          const history = [...goTool, ...saves.flat()];
          const cases = asked.map((value) => caseOf(history, firstDay, value));

          expect(await answers(store, cases)).toEqual(cases);
          await store.close();
          const reopened = await folder.open(options);
          expect(await answers(reopened, cases)).toEqual(cases);
          await reopened.close();
        } finally {
          await folder.remove();
        }
      }),
      { numRuns: 60 },
    );
  });
});

interface ExampleDay {
  readonly day: string;
  /** The texts of its cells. */
  readonly hub: string;
  readonly ghcr: string;
  readonly numbers: Readonly<Record<'hub' | 'ghcr' | 'hubPulls' | 'ghcrPulls' | 'pullCount' | 'dailyPulls', number | undefined>>;
}

interface Example {
  readonly days: readonly ExampleDay[];
  readonly periods: readonly {
    readonly from: string;
    readonly to: string;
    readonly weekly?: number | undefined;
    readonly monthly?: number | undefined;
  }[];
}

/** The tables of the worked example. */
async function readExample(): Promise<Example> {
  const text = await readFile(new URL('../docs/how-numbers-are-made.md', import.meta.url), 'utf8');
  const example = text.slice(text.indexOf('## An example'));
  const rows = example.split('\n').filter((line) => /^\| \d{4}-\d{2}-\d{2} \|/.test(line));
  const cells = rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const days = cells
    .filter((row) => row.length === 7)
    .map(([day = '', hub = '', ghcr = '', hubPulls, ghcrPulls, pullCount, dailyPulls]): ExampleDay => {
      const numbers = { hub: leading(hub), ghcr: leading(ghcr), hubPulls: leading(hubPulls), ghcrPulls: leading(ghcrPulls) };
      return { day, hub, ghcr, numbers: { ...numbers, pullCount: leading(pullCount), dailyPulls: leading(dailyPulls) } };
    });
  const periods = cells
    .filter((row) => row.length === 4)
    .map(([from = '', to = '', weekly, monthly]) => ({ from, to, weekly: leading(weekly), monthly: leading(monthly) }));
  return { days, periods };
}

/** The number that a cell begins with; undefined where it begins with words. */
function leading(cell = ''): number | undefined {
  const digits = /^\d+/.exec(cell)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Every answer that the tables give. */
function answersIn({ days, periods }: Example): Record<string, Row[]> {
  return {
    pulls: days.flatMap(({ day, numbers }) => rowOf(day, 'pull_count', numbers.pullCount)),
    'pulls/daily': days.flatMap(({ day, numbers }) => rowOf(day, 'daily_pulls', numbers.dailyPulls)),
    'pulls/daily?registry=dockerhub': days.flatMap(({ day, numbers }) => rowOf(day, 'daily_pulls', numbers.hubPulls)),
    'pulls/daily?registry=ghcr': days.flatMap(({ day, numbers }) => rowOf(day, 'daily_pulls', numbers.ghcrPulls)),
    'pulls/weekly': periods.flatMap(({ from, weekly }) => rowOf(from, 'weekly_pulls', weekly)),
    'pulls/monthly': periods.flatMap(({ from, monthly }) => rowOf(from, 'monthly_pulls', monthly)),
  };
}

function rowOf(day: string, column: string, value: number | undefined): Row[] {
  return value === undefined ? [] : [{ timestamp: `${day}T00:00:00Z`, repo: 'acme/app', [column]: value }];
}

function isBackfilled(cell: string): boolean {
  return cell.endsWith(', backfilled');
}

describe('the example in docs/how-numbers-are-made.md', () => {
  it('has a missed day, a reset, backfilled days, and periods that hold all days', async () => {
    const { days, periods } = await readExample();

    expect(days).toHaveLength(8);
    expect(periods).toHaveLength(4);
    expect(days.some(({ hub }) => hub === 'no data')).toBe(true);
    expect(days.filter(({ ghcr }) => isBackfilled(ghcr)).map(({ day }) => day)).toEqual(['2026-03-27', '2026-03-28', '2026-04-02']);
    expect(days.some(({ numbers }, at) => (numbers.hub ?? 0) < (days[at - 1]?.numbers.hub ?? 0))).toBe(true);
    for (const { day } of days) expect(periods.filter(({ from, to }) => from <= day && day <= to)).toHaveLength(2);
  });

  it('is what the oracle says', async () => {
    const example = await readExample();
    const history = example.days.flatMap(({ day, ghcr, numbers }): Observation[] => [
      { at: `${day}T10:00:00Z`, registry: 'dockerhub', repo: 'acme/app', total: numbers.hub },
      { at: `${day}T10:00:00Z`, registry: 'ghcr', repo: 'acme/app', total: numbers.ghcr, backfilled: isBackfilled(ghcr) },
    ]);

    expect({
      pulls: expectedPulls(history),
      'pulls/daily': expectedDaily(history),
      'pulls/daily?registry=dockerhub': expectedDaily(history, { registries: ['dockerhub'] }),
      'pulls/daily?registry=ghcr': expectedDaily(history, { registries: ['ghcr'] }),
      'pulls/weekly': expectedWeekly(history),
      'pulls/monthly': expectedMonthly(history),
    }).toEqual(answersIn(example));
  });

  it('is what the API says after these reads, with backfilled days calculated from the published ones', async () => {
    const example = await readExample();
    const store = createMemoryStore();
    const published: DailyPulls[] = [];
    for (const { day, ghcr, numbers } of example.days) {
      published.unshift({ day, pulls: numbers.ghcrPulls ?? 0 });
      const clock = createFixedClock(`${day}T10:00:00Z`);
      const addPastDays = createPastDays({ store, clock, log: createRecordingLog(), backfill: { retentionDays: 90 } });
      const read = { repo: 'acme/app', readAt: `${day}T10:00:00Z` };
      if (numbers.hub !== undefined) await store.save([{ ...read, registry: 'dockerhub', pullCount: numbers.hub }]);
      if (numbers.ghcr === undefined || isBackfilled(ghcr)) continue;
      const pages = [...published, { day: '2026-03-26', pulls: 0 }, { day: '2026-03-25', pulls: 0 }];
      await store.save(await addPastDays({ ...read, registry: 'ghcr', pullCount: numbers.ghcr, recentDays: pages }));
    }

    const { json } = await setUp([], { store });
    for (const [path, rows] of Object.entries(answersIn(example)))
      expect({ path, rows: await json(`/api/${path}`) }).toEqual({ path, rows });
  });
});
