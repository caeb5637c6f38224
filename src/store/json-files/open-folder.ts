/** Prepares a folder: it exists, it is writable, it is locked or soon will be, and nothing half-written is left in it. */
import { join } from 'node:path';
import type { Day } from '../../core/model/day.ts';
import { AppError, errorFields } from '../../core/model/errors.ts';
import type { DayFolder } from './day-folder.ts';
import { isTemporaryName, removeQuietly, temporaryName, writeWhole } from './durable-file.ts';
import { createLock, isStaleLockName, type Lock, type LockDeps } from './lock.ts';
import { isOutOfOrder, missingFolder, storageError, unusableFolder, type Place } from './storage-error.ts';

export interface OpenFolderDeps extends LockDeps {
  /** Opens it also while its disk is full or read-only. */
  readonly mayBeReadOnly?: boolean | undefined;
}

export interface OpenFolder {
  readonly lock: Lock;
  /** `waiting`: only time can tell whether another process uses it. `read-only`: nothing can be written at the moment. */
  readonly state: 'locked' | 'waiting' | 'read-only';
  /** Why it is read-only. */
  readonly problem?: AppError | undefined;
  /** The days that have a file, ascending. */
  readonly days: readonly Day[];
}

/** @throws AppError misconfigured (it cannot be made, read or written; with what to do), conflict (another process uses it) */
export async function openFolder(deps: OpenFolderDeps, folder: DayFolder): Promise<OpenFolder> {
  const { directory, files, host, mayBeReadOnly = false } = deps;
  const place: Place = { directory, owner: host.owner };
  await attempt(
    () => files.makeFolder(directory),
    (error) => missingFolder(error, place),
  );
  const lock = createLock(deps);
  const taken = await take(deps, lock).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    const problem = unusableFolder(error, 'writable', place);
    if (!mayBeReadOnly || !isOutOfOrder(error)) throw problem;
    return { state: 'read-only', problem } as const;
  });
  try {
    const listing = async (): Promise<readonly Day[]> => {
      if (taken.state === 'locked') await sweepFolder(deps);
      return folder.days();
    };
    return { lock, ...taken, days: await attempt(listing, (error) => unusableFolder(error, 'readable', place)) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function take(deps: OpenFolderDeps, lock: Lock): Promise<Pick<OpenFolder, 'state'>> {
  await probeWrite(deps);
  return { state: (await lock.tryAcquire()) ? 'locked' : 'waiting' };
}

/** Permissions say little about network folders and read-only mounts; writing a file is proof. */
async function probeWrite({ directory, files, host }: LockDeps): Promise<void> {
  const path = join(directory, temporaryName(host.uniqueId()));
  await writeWhole(files, path, '');
  // Another process that opens the folder now may have swept it.
  await removeQuietly(files, path);
}

/** Removes what killed processes left behind; only for who holds the lock. @throws the system's error when it cannot be listed */
export async function sweepFolder({ directory, files, host, log }: LockDeps): Promise<void> {
  const place: Place = { directory, owner: host.owner };
  for (const name of await files.listFiles(directory)) {
    if (!isTemporaryName(name) && !isStaleLockName(name)) continue;
    try {
      await files.remove(join(directory, name));
    } catch (error) {
      log.warn('cannot remove leftover temporary file', {
        file: join(directory, name),
        ...errorFields(storageError(error, name, place)),
      });
    }
  }
}

async function attempt<T>(action: () => Promise<T>, translate: (error: unknown) => AppError): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof AppError ? error : translate(error);
  }
}
