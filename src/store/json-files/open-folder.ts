/** Prepares a folder: it exists, it is writable, it is locked, and nothing half-written is left in it. */
import { join } from 'node:path';
import type { Day } from '../../core/model/day.ts';
import { AppError, errorFields } from '../../core/model/errors.ts';
import type { DayFolder } from './day-folder.ts';
import { isTemporaryName, removeQuietly, temporaryName, writeWhole } from './durable-file.ts';
import { isStaleLockName, lockFolder, type Lock, type LockDeps } from './lock.ts';
import { missingFolder, storageError, unusableFolder, type Place } from './storage-error.ts';

export interface OpenFolder {
  readonly lock: Lock;
  /** The days that have a file, ascending. */
  readonly days: readonly Day[];
}

/** @throws AppError misconfigured (it cannot be made, read or written; with what to do), conflict (another process uses it) */
export async function openFolder(deps: LockDeps, folder: DayFolder): Promise<OpenFolder> {
  const { directory, files, host } = deps;
  const place: Place = { directory, owner: host.owner };
  await attempt(
    () => files.makeFolder(directory),
    (error) => missingFolder(error, place),
  );
  const notWritable = (error: unknown): AppError => unusableFolder(error, 'writable', place);
  await attempt(() => probeWrite(deps), notWritable);
  const lock = await attempt(() => lockFolder(deps), notWritable);
  try {
    const listing = async (): Promise<readonly Day[]> => {
      await sweep(deps, place);
      return folder.days();
    };
    return { lock, days: await attempt(listing, (error) => unusableFolder(error, 'readable', place)) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Permissions say little about network folders and read-only mounts; writing a file is proof. */
async function probeWrite({ directory, files, host }: LockDeps): Promise<void> {
  const path = join(directory, temporaryName(host.uniqueId()));
  await writeWhole(files, path, '');
  // Another process that opens the folder now may have swept it.
  await removeQuietly(files, path);
}

/** Removes what killed processes left behind. */
async function sweep({ directory, files, log }: LockDeps, place: Place): Promise<void> {
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
