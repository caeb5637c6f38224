/** A service that notifies, on a folder that outlives it, with the real store, outbox and HTTP client. Its time is the test's. */
import { setImmediate } from 'node:timers/promises';
import { parseNotifyRules } from '../../src/core/model/notify-rules.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import type { RegistryRun } from '../../src/core/model/run.ts';
import type { Clock, NotifyingStore } from '../../src/core/ports.ts';
import { createAfterRun, type RunEnd } from '../../src/collect/after-run.ts';
import { createHealth } from '../../src/collect/health.ts';
import { createWorkList } from '../../src/collect/work-list.ts';
import { createWriteBuffer } from '../../src/collect/write-buffer.ts';
import { createHttpClientFactory } from '../../src/net/client.ts';
import { createChannels, createNotifier, type Notifier } from '../../src/notify/index.ts';
import type { NotifierDeps } from '../../src/notify/notifier.ts';
import { openJsonFileStore } from '../../src/store/json-files/store.ts';
import { nodeFileSystem, type FileSystem } from '../../src/store/json-files/file-system.ts';
import { createFakeHost, type FakeHost } from '../../src/store/json-files/testing/folder.ts';
import type { FixedClock } from './fixed-clock.ts';
import { createRecordingLog, type RecordingLog } from './recording-log.ts';

export interface NotifyingOptions extends Partial<Pick<NotifierDeps, 'digest' | 'quietHours' | 'timeZone' | 'isFromWildcard'>> {
  readonly directory: string;
  readonly clock: FixedClock;
  readonly addresses: readonly string[];
  readonly smtpUrl?: string;
  readonly rules?: readonly string[];
  readonly files?: FileSystem;
}

export interface NotifyingService {
  readonly store: NotifyingStore;
  readonly notifier: Notifier;
  readonly log: RecordingLog;
  /** A run that read this. */
  run(readings: readonly Reading[], more?: Partial<RegistryRun>): Promise<void>;
  /** As SIGKILL does: nothing of it goes on, not even what it had begun. */
  kill(): void;
  stop(): Promise<void>;
}

const titles = new Map([
  ['dockerhub', 'Docker Hub'],
  ['ghcr', 'GHCR'],
]);
const registries = [...titles.keys()];
const host: FakeHost = createFakeHost();
let lastPid = 0;
/** Requests and changes of files that are on their way, of all services. */
const traffic = new Set<Promise<unknown>>();

const nothingIsDeleted = { isCollector: true, retentionDays: 0, keepTotals: true } as const;

const random = (): number => 0.5;

export async function startNotifying(options: NotifyingOptions): Promise<NotifyingService> {
  const { directory, clock: time, addresses, smtpUrl = '', rules = [], files: disk = nodeFileSystem, ...more } = options;
  const life = { isOver: false };
  const log = createRecordingLog();
  const clock: Clock = { now: () => time.now(), sleep: (ms, signal) => mortal(life, time.sleep(ms, signal)) };
  const fetchNow: typeof fetch = (input, init) => mortal(life, watched(fetch(input, init)));
  lastPid += 1;
  const store = await openJsonFileStore({ directory, clock, log, pid: lastPid, hostname: 'nas', host, files: mortalFiles(life, disk) });
  const createHttpClient = createHttpClientFactory({ fetch: fetchNow, clock, random, userAgent: 'test', log, timeoutMs: 10_000 });
  const notifier = createNotifier({
    channels: createChannels(addresses, smtpUrl, { createHttpClient, clock }),
    store,
    clock,
    random,
    log,
    rules: parseNotifyRules(rules, registries),
    timeZone: 'UTC',
    groups: [],
    titles,
    isFromWildcard: () => true,
    leaseMs: 600_000,
    ...more,
  });
  notifier.start();
  const list = createWorkList({ clock, random: () => 0.5, intervalMs: 3_600_000 });
  const buffer = createWriteBuffer({ store, list, clock, log });
  const marker = { set: async () => undefined, clear: async () => undefined };
  const health = createHealth({ marker, clock, intervalMs: 3_600_000, titles });
  const listeners = [(end: RunEnd) => notifier.afterRun(end)];
  const afterRun = createAfterRun({ store, list, buffer, health, clock, log, titles, listeners, ...nothingIsDeleted });
  return {
    store,
    notifier,
    log,
    async run(readings, part = {}) {
      const problem = await store.save(readings).then(
        () => undefined,
        (error: Error) => error.message,
      );
      const ran = [...new Set([...readings.map(({ registry }) => registry), ...(part.registry === undefined ? [] : [part.registry])])];
      await afterRun.conclude({
        id: String(clock.now()),
        startedAt: clock.now(),
        durationMs: 1000,
        registries: ran.map((registry) => ({ ...partOf(registry, readings), ...(part.registry === registry ? part : {}) })),
        saveError: problem === undefined ? undefined : { code: 'internal', message: problem },
        interrupted: false,
      });
    },
    kill: () => void (life.isOver = true),
    async stop() {
      await notifier.stop();
      await store.close();
    },
  };
}

function partOf(registry: string, readings: readonly Reading[]): RegistryRun {
  const readRepos = readings.filter((reading) => reading.registry === registry).map(({ repo }) => repo);
  const none = { deleted: [], failures: [], listings: [], doubts: [], durationMs: 1000 };
  return { registry, imagesRead: readRepos.length, readRepos, ...none };
}

/** What a process waits for does not come when it is dead. */
function mortal<T>(life: { readonly isOver: boolean }, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(
      (value) => (life.isOver ? undefined : resolve(value)),
      (error: unknown) => (life.isOver ? undefined : reject(error)),
    );
  });
}

function mortalFiles(life: { readonly isOver: boolean }, files: FileSystem): FileSystem {
  const wrap = <Args extends unknown[], T>(step: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => (life.isOver ? new Promise<T>(() => undefined) : mortal(life, watched(step(...args))));
  };
  return {
    makeFolder: wrap((path: string) => files.makeFolder(path)),
    listFiles: wrap((path: string) => files.listFiles(path)),
    read: wrap((path: string, maxBytes: number) => files.read(path, maxBytes)),
    open: wrap((path: string) => files.open(path)),
    create: wrap(async (path: string) => {
      const file = await files.create(path);
      return {
        write: wrap((content: string | Uint8Array) => file.write(content)),
        sync: wrap(() => file.sync()),
        close: wrap(() => file.close()),
      };
    }),
    rename: wrap((from: string, to: string) => files.rename(from, to)),
    remove: wrap((path: string) => files.remove(path)),
    syncFolder: wrap((path: string) => files.syncFolder(path)),
    modifiedAt: wrap((path: string) => files.modifiedAt(path)),
    stamp: wrap((path: string) => files.stamp(path)),
    setModifiedAt: wrap((path: string, epochMs: number) => files.setModifiedAt(path, epochMs)),
  };
}

function watched<T>(promise: Promise<T>): Promise<T> {
  traffic.add(promise);
  const forget = (): void => void traffic.delete(promise);
  promise.then(forget, forget);
  return promise;
}

/** Lets everything go on that does not wait for time. */
export async function settled(): Promise<void> {
  for (let idle = 0; idle < 20;) {
    await setImmediate();
    idle = traffic.size === 0 ? idle + 1 : 0;
    if (traffic.size > 0) await Promise.race([...traffic].map((each) => each.catch(() => undefined)));
  }
}

/** Moves the time on in steps, and lets everything go on at each. */
export async function pass(clock: FixedClock, ms: number, stepMs = 15_000): Promise<void> {
  await settled();
  for (let passed = 0; passed < ms; passed += stepMs) {
    await clock.advance(Math.min(stepMs, ms - passed));
    await settled();
  }
}
