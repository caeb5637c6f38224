/** Replaces files so that a power cut or a kill at any moment leaves the old content or the new one. */
import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { codeOf } from './storage-error.ts';

export interface Replacement {
  readonly directory: string;
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Makes the temporary name unique. */
  readonly id: string;
  /** Runs when the new content is safe and the old one still in place. */
  readonly beforeRename?: (() => Promise<void>) | undefined;
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith('.snapshot-') && name.endsWith('.tmp');
}

export function temporaryName(id: string): string {
  return `.snapshot-${id}.tmp`;
}

/**
 * Puts the text in the place of a file; syncFolder makes the replacement itself durable.
 * When it rejects, with the system's error, the old file is whole and no temporary file is left.
 */
export async function replaceFile(files: FileSystem, { directory, name, content, id, beforeRename }: Replacement): Promise<void> {
  const temporary = join(directory, temporaryName(id));
  await writeWhole(files, temporary, content);
  try {
    await beforeRename?.();
    await files.rename(temporary, join(directory, name));
  } catch (error) {
    await removeQuietly(files, temporary);
    throw error;
  }
}

/**
 * Makes a file with this content, on the disk and not only in its cache.
 * Rejects with the system's error, `EEXIST` when there is a file of that name; no part of a new one is left then.
 */
export async function writeWhole(files: FileSystem, path: string, content: string | Uint8Array): Promise<void> {
  const file = await files.create(path);
  try {
    try {
      await file.write(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeQuietly(files, path);
    throw error;
  }
}

/** For what is only in the way: the error that made it so counts more than that it cannot be removed now. */
export async function removeQuietly(files: FileSystem, path: string): Promise<void> {
  await files.remove(path).catch(() => undefined);
}

/** Windows and some network file systems cannot sync a folder; they keep the order of names by other means. */
const cannotSync: ReadonlySet<string | undefined> = new Set(['EINVAL', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR']);

/** Makes the folder's names survive a power cut, where its file system can do that. */
export async function syncFolder(files: FileSystem, directory: string): Promise<void> {
  try {
    await files.syncFolder(directory);
  } catch (error) {
    if (!cannotSync.has(codeOf(error))) throw error;
  }
}
