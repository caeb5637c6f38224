/** One process per folder: a lock file that names its holder, which touches it as long as it runs. */
import { join } from 'node:path';
import { AppError, errorFields, toAppError } from '../../core/model/errors.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { removeQuietly, writeWhole } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import type { Host } from './host.ts';
import { formatHolder, heartbeatMs, judge, parseHolder, type Sighting } from './lock-holder.ts';
import { errorCode } from './storage-error.ts';

export interface LockDeps {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pid: number;
  readonly hostname: string;
  readonly files: FileSystem;
  readonly host: Host;
}

export interface Lock {
  /**
   * Resolves while this process holds the lock. A lock that was deleted by hand is created again.
   * @throws AppError conflict when another process has taken over the folder, or the lock was released
   */
  assertHeld(): Promise<void>;
  /** Releases the lock, if this process still holds it. Never throws. */
  release(): Promise<void>;
}

const lockName = '.lock';
const staleLockPrefix = '.lock-stale-';
const maxLockBytes = 64 * 1024;
const stepMs = 1_000;
/** More steps than any holder can stay unclear for; a limit for what should never happen, such as a lock that comes and goes. */
const maxSteps = 200;

/** Whether this is the name of a lock that was being taken over when the process ended. */
export function isStaleLockName(name: string): boolean {
  return name.startsWith(staleLockPrefix);
}

/**
 * Locks the folder. Where only time can tell whether another host's process still runs, waits at most 90 s.
 * @throws AppError conflict when another process holds it; else the system's error
 */
export async function lockFolder(deps: LockDeps): Promise<Lock> {
  const { directory, clock, log, pid, hostname, files, host } = deps;
  const path = join(directory, lockName);
  const token = host.uniqueId();
  const own = formatHolder({ pid, hostname, startedAt: new Date(clock.now()).toISOString(), token });
  let released = false;
  let isRenewed = true;

  async function create(): Promise<boolean> {
    if (!(await createExclusively(files, path, own))) return false;
    // If times cannot be set, the heartbeat is enough.
    await files.setModifiedAt(path, clock.now()).catch(() => undefined);
    return true;
  }

  async function beat(): Promise<void> {
    try {
      const seen = await look(files, path);
      if (seen && seen.text !== own) throw inUse(directory, seen.text);
      // One that was deleted by hand is made again by the next save.
      if (seen) await files.setModifiedAt(path, clock.now());
      isRenewed = true;
    } catch (error) {
      if (released || !isRenewed) return;
      isRenewed = false;
      log.error('cannot renew lock of snapshot folder', { directory, ...errorFields(toAppError(error)) });
    }
  }

  await acquire({ ...deps, path, aside: join(directory, `${staleLockPrefix}${token}`), create });
  const stop = host.every(heartbeatMs, beat);
  return {
    async assertHeld() {
      if (released) throw new AppError('conflict', `${directory} is closed`);
      const seen = await look(files, path);
      if (seen?.text === own || (!seen && (await create()))) return;
      throw inUse(directory, seen?.text ?? '');
    },
    async release() {
      stop();
      released = true;
      try {
        if ((await look(files, path))?.text === own) await files.remove(path);
      } catch (error) {
        log.warn('cannot remove lock of snapshot folder', { directory, ...errorFields(toAppError(error)) });
      }
    },
  };
}

interface Acquisition extends LockDeps {
  readonly path: string;
  /** Where a dead lock is moved to before it is removed; no other process uses this name. */
  readonly aside: string;
  readonly create: () => Promise<boolean>;
}

async function acquire(deps: Acquisition): Promise<void> {
  const { directory, clock, log, pid, hostname, files, host, path, create } = deps;
  let first: (Sighting & { readonly at: number }) | undefined;
  let isWaiting = false;
  for (let step = 0; step < maxSteps; step += 1) {
    if (await create()) return;
    const seen = await look(files, path);
    if (!seen) continue;
    const now = clock.now();
    if (first?.text !== seen.text) first = { ...seen, at: now };
    const verdict = judge(seen, { pid, hostname, now, isAlive: (id) => host.isAlive(id), first, watchedMs: now - first.at });
    if (verdict === 'alive') throw inUse(directory, seen.text);
    if (verdict === 'dead') {
      await takeOver(deps, seen);
      continue;
    }
    if (!isWaiting)
      log.info('waiting to see whether another process still uses the snapshot folder', { directory, ...holderFields(seen.text) });
    isWaiting = true;
    await clock.sleep(stepMs);
  }
  throw inUse(directory, first?.text ?? '');
}

/** Removes the lock that was judged dead. Two processes may try at once: only what was judged is removed. */
async function takeOver({ directory, files, path, aside, log }: Acquisition, judged: Sighting): Promise<void> {
  try {
    await files.rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await look(files, aside);
  // The process that has the lock by now may have swept it.
  await removeQuietly(files, aside);
  if (!moved || (moved.text === judged.text && moved.modifiedAt === judged.modifiedAt)) {
    log.info('took over lock of a dead process', { directory, ...holderFields(judged.text) });
    return;
  }
  await createExclusively(files, path, moved.text);
  throw inUse(directory, moved.text);
}

async function createExclusively(files: FileSystem, path: string, text: string): Promise<boolean> {
  try {
    await writeWhole(files, path, text);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function look(files: FileSystem, path: string): Promise<Sighting | undefined> {
  try {
    const modifiedAt = await files.modifiedAt(path);
    return { text: new TextDecoder().decode(await files.read(path, maxLockBytes)), modifiedAt };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function holderFields(text: string): { readonly pid?: number; readonly hostname?: string; readonly startedAt?: string } {
  const holder = parseHolder(text);
  return holder ? { pid: holder.pid, hostname: holder.hostname, startedAt: holder.startedAt } : {};
}

function inUse(directory: string, text: string): AppError {
  const holder = parseHolder(text);
  const who = holder ? `process ${holder.pid} on host ${holder.hostname}, since ${holder.startedAt}` : 'another process';
  const advice = `stop it, or set DATA_DIR to another folder; if it is no longer running, delete ${join(directory, lockName)}`;
  return new AppError('conflict', `${directory} is in use by ${who}: ${advice}`);
}
