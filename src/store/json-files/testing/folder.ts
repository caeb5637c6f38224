/** A folder of its own for a test, and a machine whose processes, timers and faults the test decides on. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFixedClock, type FixedClock } from '../../../../test/support/fixed-clock.ts';
import { createRecordingLog, type RecordingLog } from '../../../../test/support/recording-log.ts';
import type { NotifyingStore } from '../../../core/ports.ts';
import { nodeFileSystem, type FileSystem } from '../file-system.ts';
import type { Host } from '../host.ts';
import { indexCacheName } from '../index-cache.ts';
import { openJsonFileStore, type JsonFileStoreDeps } from '../store.ts';

export interface FakeHost extends Host {
  /** Ids of processes that live. */
  readonly alive: Set<number>;
  /** Lets every timer that was not stopped go off once, and isWaiting for what it starts. */
  tick(): Promise<void>;
  readonly timers: ReadonlySet<() => Promise<void>>;
}

/** The real file system, on which every file was last changed long ago, whatever a test's clock says. */
export const oldFiles: FileSystem = {
  ...nodeFileSystem,
  stamp: async (path) => ({ ...(await nodeFileSystem.stamp(path)), modifiedAt: 0 }),
};

let lastId = 0;

/** What all fake hosts share, unless a test says otherwise. */
export const fakeScope = 'boot-1 pid:[1]';

export function createFakeHost(): FakeHost {
  const alive = new Set<number>();
  const timers = new Set<() => Promise<void>>();
  return {
    alive,
    timers,
    isAlive: (pid) => alive.has(pid),
    processScope: () => fakeScope,
    uniqueId: () => `id${(lastId += 1)}`,
    every(_periodMs, run) {
      timers.add(run);
      return () => timers.delete(run);
    },
    owner: '65532:65532',
    async tick() {
      for (const run of timers) await run();
    },
  };
}

export interface TestFolder {
  readonly directory: string;
  readonly clock: FixedClock;
  readonly log: RecordingLog;
  readonly host: FakeHost;
  open(more?: Partial<JsonFileStoreDeps>): Promise<NotifyingStore>;
  read(name: string): Promise<string>;
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** The names in the folder, sorted; without the lock and the index cache. */
  names(): Promise<string[]>;
  /** The fields of the lines with this message. */
  logged(message: string): unknown[];
  remove(): Promise<void>;
}

export const startIso = '2026-03-14T12:00:00.000Z';

export async function createTestFolder(): Promise<TestFolder> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-store-'));
  const clock = createFixedClock(startIso);
  const log = createRecordingLog();
  const host = createFakeHost();
  return {
    directory,
    clock,
    log,
    host,
    open: (more = {}) => openJsonFileStore({ directory, clock, log, pid: 100, hostname: 'nas', host, files: oldFiles, ...more }),
    read: (name) => readFile(join(directory, name), 'utf8'),
    write: (name, content) => writeFile(join(directory, name), content),
    names: async () => (await readdir(directory)).filter((name) => name !== '.lock' && name !== indexCacheName).toSorted(),
    logged: (message) => log.lines.filter((line) => line.message === message).map(({ fields }) => fields),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

type Step = 'create' | 'write' | 'sync' | 'close' | 'rename' | 'remove' | 'syncFolder' | 'read' | 'listFiles' | 'makeFolder';

export interface FaultyFiles extends FileSystem {
  /** From now on this step of every file whose path has the text fails; the lock is spared unless it is named. */
  fail(step: Step, code: string, pathPart?: string): void;
  heal(): void;
}

type FaultOf = (step: Step, path: string) => Error | undefined;

/** Creates files whose content cannot be written whole. */
function faultyCreate(faultOf: FaultOf, check: (step: Step, path: string) => void): FileSystem['create'] {
  return async (path) => {
    check('create', path);
    const file = await nodeFileSystem.create(path);
    return {
      async write(text) {
        // A disk that fills up takes the first half.
        const fault = faultOf('write', path);
        await file.write(fault ? text.slice(0, text.length / 2) : text);
        if (fault) throw fault;
      },
      async sync() {
        check('sync', path);
        await file.sync();
      },
      async close() {
        await file.close();
        check('close', path);
      },
    };
  };
}

/** The real file system, with faults. */
export function createFaultyFiles(): FaultyFiles {
  const faults = new Map<Step, { readonly code: string; readonly pathPart: string }>();

  function faultOf(step: Step, path: string): Error | undefined {
    const fault = faults.get(step);
    const isSpared = path.endsWith('.lock') && !fault?.pathPart.includes('.lock');
    return fault && !isSpared && path.includes(fault.pathPart) ? systemError(fault.code) : undefined;
  }

  function check(step: Step, path: string): void {
    const fault = faultOf(step, path);
    if (fault) throw fault;
  }

  return {
    ...oldFiles,
    fail: (step, code, pathPart = '') => void faults.set(step, { code, pathPart }),
    heal: () => faults.clear(),
    async makeFolder(path) {
      check('makeFolder', path);
      await nodeFileSystem.makeFolder(path);
    },
    async listFiles(path) {
      check('listFiles', path);
      return nodeFileSystem.listFiles(path);
    },
    async read(path, maxBytes) {
      check('read', path);
      return nodeFileSystem.read(path, maxBytes);
    },
    async open(path) {
      check('read', path);
      return nodeFileSystem.open(path);
    },
    create: faultyCreate(faultOf, check),
    async rename(from, to) {
      check('rename', from);
      await nodeFileSystem.rename(from, to);
    },
    async remove(path) {
      check('remove', path);
      await nodeFileSystem.remove(path);
    },
    async syncFolder(path) {
      check('syncFolder', path);
      await nodeFileSystem.syncFolder(path);
    },
  };
}
