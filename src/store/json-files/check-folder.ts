/** Tries a folder as the service would use it, and leaves it as it was. */
import { rmdir, stat, statfs } from 'node:fs/promises';
import { AppError } from '../../core/model/errors.ts';
import { maxFileBytes, maxWholeBytes } from './whole-limit.ts';
import { createDayFolder } from './day-folder.ts';
import { nodeFileSystem } from './file-system.ts';
import { nodeHost } from './host.ts';
import type { LockDeps } from './lock.ts';
import { openFolder } from './open-folder.ts';

export interface FolderCheck {
  /** How many days have a snapshot. */
  readonly days: number;
  /** Whether it does not exist yet; it can be made. */
  readonly isNew: boolean;
  /** The process that uses it; absent where it is free. */
  readonly inUse?: string | undefined;
  /** What may still be written, in bytes; absent where the system does not say it. */
  readonly freeBytes?: number | undefined;
}

export type CheckFolderDeps = Pick<LockDeps, 'directory' | 'clock' | 'log' | 'pid' | 'hostname'> & Partial<Pick<LockDeps, 'files'>>;

/** @throws AppError misconfigured (it cannot be made, read or written; with what to do) */
export async function checkFolder(deps: CheckFolderDeps): Promise<FolderCheck> {
  const { directory, files = nodeFileSystem } = deps;
  const isNew = (await stat(directory).catch(() => undefined)) === undefined;
  const machine = { ...deps, files, host: nodeHost };
  const folder = createDayFolder({ ...machine, maxBytes: maxFileBytes, maxWholeBytes: maxWholeBytes() });
  try {
    const { lock, state, days } = await openFolder(machine, folder);
    const freeBytes = await freeSpace(directory);
    await lock.release();
    return { days: days.length, isNew, freeBytes, inUse: state === 'waiting' ? 'another process, or one that ended just now' : undefined };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    return { days: (await folder.days()).length, isNew, freeBytes: await freeSpace(directory), inUse: error.message };
  } finally {
    // Only where it is empty.
    if (isNew) await rmdir(directory).catch(() => undefined);
  }
}

async function freeSpace(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
