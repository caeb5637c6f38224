/** `import`: takes a history over into the store. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Config } from '../config/load.ts';
import { type Day, addDays, dayOf } from '../core/model/day.ts';
import { AppError, toAppError } from '../core/model/errors.ts';
import { type History, openHistory, emptyHistory } from '../store/index.ts';
import { readCsv } from '../transfer/import/csv.ts';
import { readFolder } from '../transfer/import/folder.ts';
import { type ImportResult, type ImportStore, importInto } from '../transfer/import/import-into.ts';
import type { ImportRecord, ImportProblem } from '../transfer/import/import-record.ts';
import { splitLines } from '../transfer/import/lines.ts';
import { readNdjson } from '../transfer/import/ndjson.ts';
import { parsePrometheusAddress } from '../transfer/import/prometheus-address.ts';
import { readPrometheus } from '../transfer/import/prometheus.ts';
import { databaseOf, historyOf, openStoreOf } from './store.ts';
import { type Overrides, type World, createWorld, descriptors, httpClientsOf } from './world.ts';

export interface ImportOptions {
  /** A folder of snapshots, a file (`.csv`, `.ndjson` or `.jsonl`), `-` for NDJSON on standard input, or the address of a Prometheus server. */
  readonly from: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly dryRun: boolean;
  readonly keepMarks: boolean;
  /** Of Prometheus: the metric, and the first day. */
  readonly metric: string;
  readonly since?: Day | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProblem: (problem: ImportProblem) => void;
  /** In bytes of a file, days of a folder, or parts of Prometheus' range. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Takes a history over into the store; what it is read from stays as it is.
 * @throws AppError invalid_input (not something that can be taken over), misconfigured, conflict (a service uses the folder), …
 */
export async function importHistory(config: Config, options: ImportOptions, overrides: Overrides = {}): Promise<ImportResult> {
  const world = createWorld(config, overrides);
  const items = await itemsOf(options, world);
  const store = await (options.dryRun ? storedAlready(config, world) : openStoreOf(config, world, { signal: options.signal }));
  try {
    return await importInto(store, items, { ...options, today: dayOf(world.clock.now()) });
  } finally {
    await store.close();
  }
}

/** Only to look at: a service may be running on it. A folder that is still to be made has nothing. */
async function storedAlready(config: Config, world: World): Promise<History & ImportStore> {
  const isThere = databaseOf(config) !== undefined || (await stat(config.dataDir).catch(() => undefined)) !== undefined;
  const history = isThere ? await historyOf(config, world) : emptyHistory();
  return { ...history, save: async () => undefined };
}

async function itemsOf(options: ImportOptions, world: World): Promise<AsyncIterable<ImportRecord>> {
  const { from, onProgress, stdin } = options;
  const registries = descriptors.map(({ id }) => id);
  if (from === '-') return readNdjson(splitLines(stdin), registries);
  if (/^https?:\/\//.test(from)) return prometheusItems(from, options, world, registries);
  const size = await sizeOf(from);
  if (size === undefined) return folderItems(from, world, { registries, onProgress });
  const lines = splitLines(counted(createReadStream(from), (bytes) => onProgress(bytes, size)));
  if (from.endsWith('.csv')) return readCsv(lines, registries);
  if (/\.(ndjson|jsonl)$/.test(from)) return readNdjson(lines, registries);
  throw new AppError(
    'invalid_input',
    `${from} cannot be imported: valid are a folder, a .csv, .ndjson or .jsonl file, - and the address of a Prometheus server`,
  );
}

/** In bytes; undefined for a folder. @throws AppError invalid_input when there is nothing */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? undefined : found.size;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? 'not found' : `cannot be read: ${toAppError(error).message}`;
    throw new AppError('invalid_input', `${path} ${why}`, { cause: error });
  }
}

async function* folderItems(
  directory: string,
  { clock, log }: World,
  { registries, onProgress }: Pick<ImportOptions, 'onProgress'> & { readonly registries: readonly string[] },
): AsyncGenerator<ImportRecord> {
  const history = await openHistory({ directory, clock, log });
  const days = await history.days();
  if (days.length === 0) throw new AppError('invalid_input', `${directory} has no snapshot: its files would be called 2026-03-14.json`);
  yield* readFolder(history, { days, registries, onProgress });
}

function prometheusItems(from: string, options: ImportOptions, world: World, registries: readonly string[]): AsyncIterable<ImportRecord> {
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
