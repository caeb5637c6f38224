/** What the command line does with a stored history, without a running service: report, export, import. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Config } from '../config/load.ts';
import { addDays, dayOf, type Day } from '../core/day.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { DaySpan, SeriesQuery } from '../core/ports.ts';
import { reportOf, type Report, type ReportOptions } from '../core/report.ts';
import { openMetricsLines } from '../metrics/openmetrics.ts';
import {
  backupFolder,
  bringUpToDate,
  openHistory,
  openNothing,
  restoreFolder,
  type BackupDeps,
  type History,
  type RestoreDeps,
  type Restored,
} from '../store/index.ts';
import { readCsv } from '../transfer/csv.ts';
import { takeIn, type Intake, type IntakeStore } from '../transfer/intake.ts';
import type { Item, Problem } from '../transfer/item.ts';
import { linesOf } from '../transfer/lines.ts';
import { readNdjson } from '../transfer/ndjson.ts';
import { parsePrometheusAddress } from '../transfer/prometheus-address.ts';
import { readPrometheus } from '../transfer/prometheus.ts';
import { csvText, eventsWithin, jsonText, ndjsonText, seriesWithin } from '../transfer/written.ts';
import { databaseOf, openStoreOf } from './store.ts';
import { createWorld, descriptors, httpClientsOf, version, type Overrides, type World } from './world.ts';

/** The report on what is stored. @throws AppError misconfigured when it cannot be read */
export async function readReport(config: Config, options: Omit<ReportOptions, 'groups'>, overrides: Overrides = {}): Promise<Report> {
  const history = await historyOf(config, createWorld(config, overrides));
  try {
    const [latest, series, days] = await Promise.all([history.latest({}), history.totals({}), history.days()]);
    return reportOf({ latest, series, newestDay: days.at(-1) }, { ...options, groups: config.groups });
  } finally {
    await history.close();
  }
}

export const exportFormats = ['csv', 'ndjson', 'json', 'openmetrics'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly query: SeriesQuery;
  readonly span: DaySpan;
}

/** The stored history as text, piece by piece. @throws AppError misconfigured when it cannot be read */
export async function* exportHistory(
  config: Config,
  { format, query, span }: ExportOptions,
  overrides: Overrides = {},
): AsyncGenerator<string> {
  const history = await historyOf(config, createWorld(config, overrides));
  try {
    if (format === 'openmetrics') {
      const [series, latest] = await Promise.all([history.totals(query, span), history.latest(query)]);
      yield* openMetricsLines(seriesWithin(series, span), latest);
    } else if (format === 'ndjson') {
      yield* ndjsonText(history.readings(query, span), eventsWithin(await history.events(), query, span));
    } else {
      yield* (format === 'csv' ? csvText : jsonText)(history.readings(query, span));
    }
  } finally {
    await history.close();
  }
}

export interface ImportOptions {
  /** A folder of snapshots, a file (`.csv`, `.ndjson` or `.jsonl`), `-` for NDJSON on standard input, or the address of a Prometheus server. */
  readonly from: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly dryRun: boolean;
  readonly keepMarks: boolean;
  /** Of Prometheus: the metric, and the first day. */
  readonly metric: string;
  readonly since?: Day | undefined;
  readonly onProblem: (problem: Problem) => void;
  /** In bytes of a file, days of a folder, or parts of Prometheus' range. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Takes a history over into the store; what it is read from stays as it is.
 * @throws AppError invalid_input (not something that can be taken over), misconfigured, conflict (a service uses the folder), …
 */
export async function importHistory(config: Config, options: ImportOptions, overrides: Overrides = {}): Promise<Intake> {
  const world = createWorld(config, overrides);
  const items = await itemsOf(options, world);
  const store = await (options.dryRun ? storedAlready(config, world) : openStoreOf(config, world));
  try {
    return await takeIn(store, items, { ...options, today: dayOf(world.clock.now()) });
  } finally {
    await store.close();
  }
}

/** Only to look at: a service may be running on it. A folder that is still to be made has nothing. */
async function storedAlready(config: Config, world: World): Promise<History & IntakeStore> {
  const isThere = databaseOf(config) !== undefined || (await stat(config.dataDir).catch(() => undefined)) !== undefined;
  const history = isThere ? await historyOf(config, world) : openNothing();
  return { ...history, save: async () => undefined };
}

async function itemsOf(options: ImportOptions, world: World): Promise<AsyncIterable<Item>> {
  const { from, onProgress, stdin } = options;
  const registries = descriptors.map(({ id }) => id);
  if (from === '-') return readNdjson(linesOf(stdin), registries);
  if (/^https?:\/\//.test(from)) return prometheusItems(from, options, world, registries);
  const size = await sizeOf(from);
  if (size === undefined) return folderItems(from, world, onProgress);
  const lines = linesOf(counted(createReadStream(from), (bytes) => onProgress(bytes, size)));
  if (from.endsWith('.csv')) return readCsv(lines, registries);
  if (/\.(ndjson|jsonl)$/.test(from)) return readNdjson(lines, registries);
  throw new AppError(
    'invalid_input',
    `${from} is nothing that can be taken over: valid are a folder, a .csv, .ndjson or .jsonl file, - and the address of a Prometheus server`,
  );
}

/** In bytes; undefined for a folder. @throws AppError invalid_input when there is nothing */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? undefined : found.size;
  } catch (error) {
    throw new AppError('invalid_input', `${path} cannot be read: ${toAppError(error).message}`, { cause: error });
  }
}

async function* folderItems(directory: string, { clock, log }: World, onProgress: ImportOptions['onProgress']): AsyncGenerator<Item> {
  const history = await openHistory({ directory, clock, log });
  const days = await history.days();
  if (days.length === 0) throw new AppError('invalid_input', `${directory} has no snapshot: its files would be called 2026-03-14.json`);
  for (const event of await history.events()) yield { event };
  for (const [at, day] of days.entries()) {
    for await (const reading of history.readings({}, { from: day, to: day })) yield { reading };
    onProgress(at + 1, days.length);
  }
}

function prometheusItems(from: string, options: ImportOptions, world: World, registries: readonly string[]): AsyncIterable<Item> {
  if (options.keepMarks) throw new AppError('invalid_input', '--keep-marks is for folders and NDJSON: Prometheus knows no marks');
  const { origin, url, credentials } = parsePrometheusAddress(from);
  const today = dayOf(world.clock.now());
  return readPrometheus({
    http: httpClientsOf(world)({ origins: [origin], delayMs: 0, maxBytes: 256 * 1024 * 1024 }),
    url,
    credentials,
    metric: options.metric,
    from: options.since ?? addDays(today, -365),
    to: today,
    registries,
    onProgress: options.onProgress,
  });
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    yield chunk;
    onBytes(bytes);
  }
}

/** The bytes of an archive of all snapshots. @throws AppError misconfigured when they cannot be read, or are in a database */
export function backupHistory(config: Config, onProgress: BackupDeps['onProgress'], overrides: Overrides = {}): AsyncIterable<Uint8Array> {
  refuseDatabase(config, 'pg_dump, or export --format ndjson');
  const { clock } = createWorld(config, overrides);
  return backupFolder({ directory: config.dataDir, clock, version, ...(onProgress ? { onProgress } : {}) });
}

/** Puts the snapshots of an archive back. @throws AppError invalid_input, conflict, misconfigured, internal */
export function restoreHistory(
  config: Config,
  options: Pick<RestoreDeps, 'archive' | 'force' | 'onProgress'>,
  overrides: Overrides = {},
): Promise<Restored> {
  refuseDatabase(config, 'pg_restore, or import --keep-marks');
  const { clock, log } = createWorld(config, overrides);
  return restoreFolder({ directory: config.dataDir, clock, log, pid: process.pid, hostname: hostname(), ...options });
}

/** Resolves to the names of what was applied. @throws AppError invalid_input (there is no database), misconfigured, unreachable */
export async function migrateDatabase(config: Config, overrides: Overrides = {}): Promise<readonly string[]> {
  const database = databaseOf(config);
  if (!database) throw new AppError('invalid_input', 'DATABASE_URL is not set: files need no migration');
  return bringUpToDate(database, createWorld(config, overrides).log);
}

function refuseDatabase({ databaseUrl }: Config, instead: string): void {
  if (databaseUrl !== '') throw new AppError('invalid_input', `the snapshots are in PostgreSQL: use ${instead}`);
}

function historyOf(config: Config, { clock, log }: World): Promise<History> {
  return openHistory({ directory: config.dataDir, clock, log, database: databaseOf(config) });
}
