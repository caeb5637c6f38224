/** Replaces files so that a power cut or a kill at any moment leaves the old content or the new one. */
import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { errorCode } from './storage-error.ts';

/** All of it, or its parts, which are made as they are written. */
export type Content = string | Uint8Array | Iterable<string> | AsyncIterable<string>;

export interface Replacement {
  readonly directory: string;
  readonly name: string;
  readonly content: Content;
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
 * Replaces a file; syncFolder makes the replacement itself durable.
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
 * Creates a file with this content, synced to the disk.
 * Rejects with the system's error, `EEXIST` when the file exists; no partial file is left.
 */
export async function writeWhole(files: FileSystem, path: string, content: Content): Promise<void> {
  const file = await files.create(path);
  try {
    try {
      for await (const part of partsOf(content)) await file.write(part);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeQuietly(files, path);
    throw error;
  }
}

function partsOf(content: Content): Iterable<string | Uint8Array> | AsyncIterable<string> {
  return typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
}

/** For cleaning up: the original error matters more than a failure to remove. */
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
    if (!cannotSync.has(errorCode(error))) throw error;
  }
}
