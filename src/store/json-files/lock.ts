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
  /** Ends waiting for the lock; absent: nothing does. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the lock is lost, or cannot be had, with why. */
  readonly onLost?: ((error: AppError) => void) | undefined;
  /** Called when the lock is had again after that: meanwhile another process may have changed the folder. */
  readonly onRegained?: (() => void) | undefined;
}

export interface Lock {
  /** Takes the lock if that is clear now. Resolves to false where only time can tell. @throws AppError conflict when another process holds it; else the system's error */
  tryAcquire(): Promise<boolean>;
  /**
   * Takes the lock. Where only time can tell whether another process still runs, waits at most 90 s.
   * @throws AppError conflict when another process holds it; else the system's error, or the signal's reason
   */
  acquire(): Promise<void>;
  /** Renews the lock from now on, and takes it again when it was lost and is free. `lost`: why it could not be taken, known already. */
  keep(lost?: AppError): void;
  /**
   * Resolves while this process holds the lock. A lock that was deleted by hand, or is free again, is taken again.
   * @throws AppError conflict when another process has taken over the folder, or the lock was released; else the system's error
   */
  assertHeld(): Promise<void>;
  /** Releases the lock, if this process still holds it. Never throws. */
  release(): Promise<void>;
}

const lockName = '.lock';
const staleLockPrefix = '.lock-stale-';
const maxLockBytes = 64 * 1024;
const stepMs = 1_000;
/** Locks that come and go within one try. */
const maxRounds = 3;
/** More steps than any holder can stay unclear for; a limit for what should never happen, such as a lock that comes and goes. */
const maxSteps = 200;

/** Whether this is the name of a lock that was being taken over when the process ended. */
export function isStaleLockName(name: string): boolean {
  return name.startsWith(staleLockPrefix);
}

/** A lock that is not taken yet. */
export function createLock(deps: LockDeps): Lock {
  const { directory, clock, log, pid, hostname, files, host, onLost, onRegained } = deps;
  const path = join(directory, lockName);
  const token = host.uniqueId();
  const scope = host.processScope();
  const own = formatHolder({ pid, hostname, startedAt: new Date(clock.now()).toISOString(), token, scope });
  const attempt = createAttempt({ ...deps, path, aside: join(directory, `${staleLockPrefix}${token}`), scope, own });
  let released = false;
  let problem: AppError | undefined;
  let stop: (() => void) | undefined;

  function lose(error: unknown): void {
    const isNews = problem === undefined && !released;
    problem = toAppError(error);
    if (!isNews) return;
    log.error('cannot renew lock of snapshot folder', { directory, ...errorFields(problem) });
    onLost?.(problem);
  }

  async function hold(): Promise<void> {
    try {
      const seen = await look(files, path);
      if (seen?.text !== own && !(await attempt.once())) throw inUse(directory, seen?.text ?? '');
      // What is new may have been another's for a while.
      if (seen?.text === own && !problem) return;
      if (problem) log.info('snapshot folder is locked again', { directory });
      problem = undefined;
      onRegained?.();
    } catch (error) {
      lose(error);
      throw error;
    }
  }

  async function beat(): Promise<void> {
    try {
      await hold();
      await files.setModifiedAt(path, clock.now());
    } catch (error) {
      lose(error);
    }
  }

  return {
    tryAcquire: () => attempt.once(),
    acquire: () => persist(attempt, deps),
    keep(lost) {
      problem = lost;
      stop ??= host.every(heartbeatMs, beat);
    },
    async assertHeld() {
      if (released) throw new AppError('conflict', `${directory} is closed`);
      await hold();
    },
    async release() {
      stop?.();
      released = true;
      try {
        if ((await look(files, path))?.text === own) await files.remove(path);
      } catch (error) {
        log.warn('cannot remove lock of snapshot folder', { directory, ...errorFields(toAppError(error)) });
      }
    },
  };
}

async function persist(attempt: Attempt, { directory, clock, signal }: LockDeps): Promise<void> {
  for (let step = 0; step < maxSteps; step += 1) {
    if (await attempt.once()) return;
    await clock.sleep(stepMs, signal);
  }
  throw inUse(directory, attempt.lastSeen());
}

interface AttemptDeps extends LockDeps {
  readonly path: string;
  /** Where a dead lock is moved to before it is removed; no other process uses this name. */
  readonly aside: string;
  readonly scope: string;
  /** The content of this process's lock. */
  readonly own: string;
}

interface Attempt {
  /** Resolves to whether the lock was taken; false: look again a little later. @throws AppError conflict; else the system's error */
  once(): Promise<boolean>;
  /** The content of the lock that was in the way. */
  lastSeen(): string;
}

/** Tries to take the lock, and remembers between tries since when another's lock has not changed. */
function createAttempt(deps: AttemptDeps): Attempt {
  const { directory, clock, log, pid, hostname, scope, files, host, path, own } = deps;
  let first: (Sighting & { readonly at: number }) | undefined;
  let announced = '';

  async function create(): Promise<boolean> {
    if (!(await createExclusively(files, path, own))) return false;
    // If times cannot be set, the heartbeat is enough.
    await files.setModifiedAt(path, clock.now()).catch(() => undefined);
    first = undefined;
    return true;
  }

  return {
    lastSeen: () => first?.text ?? '',
    async once() {
      for (let round = 0; round < maxRounds; round += 1) {
        if (await create()) return true;
        const seen = await look(files, path);
        if (!seen) continue;
        const now = clock.now();
        if (first?.text !== seen.text) first = { ...seen, at: now };
        const verdict = judge(seen, { pid, hostname, scope, now, isAlive: (id) => host.isAlive(id), first, watchedMs: now - first.at });
        if (verdict === 'alive') {
          // Should it fall silent from here on, that is noticed too.
          first = { ...seen, at: now };
          throw inUse(directory, seen.text);
        }
        if (verdict === 'dead') {
          await takeOver(deps, seen);
          continue;
        }
        if (announced !== seen.text)
          log.info('waiting to see whether another process still uses the snapshot folder', { directory, ...holderFields(seen.text) });
        announced = seen.text;
        return false;
      }
      return false;
    },
  };
}

/** Removes the lock that was judged dead. Two processes may try at once: only what was judged is removed. */
async function takeOver({ directory, files, path, aside, log }: AttemptDeps, judged: Sighting): Promise<void> {
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
