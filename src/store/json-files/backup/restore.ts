/** Restores the files of a backup, after all of it was verified. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { AppError, toAppError } from '../../../core/model/errors.ts';
import { maxFileBytes } from '../whole-limit.ts';
import { createDayFolder } from '../day-folder.ts';
import { replaceFile, syncFolder } from '../durable-file.ts';
import { nodeFileSystem, type FileSystem } from '../file-system.ts';
import { nodeHost, type Host } from '../host.ts';
import { openFolder } from '../open-folder.ts';
import { historyFolderName } from '../kept-totals.ts';
import { errorCode, storageError } from '../storage-error.ts';
import type { JsonFileStoreDeps } from '../store.ts';
import { archivedFile, isArchived, manifestName, maxBytesOf, parseManifest, type ArchivedFile, type Manifest } from './manifest.ts';

export interface RestoreDeps extends Omit<JsonFileStoreDeps, 'files' | 'host' | 'maxBytes'> {
  /** Path of the archive. */
  readonly archive: string;
  /** Whether existing files with different content are renamed; otherwise nothing is restored. */
  readonly force: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  /** The real ones where absent. */
  readonly files?: FileSystem;
  readonly host?: Host;
}

export interface Restored {
  readonly written: number;
  /** Already existing, with the same content. */
  readonly equal: number;
  /** Renamed with `before-restore`. */
  readonly setAside: number;
}

/**
 * Verifies every file of the archive, then writes them. Existing files with different content are renamed, or stop the restore; nothing is lost.
 * @throws AppError invalid_input (the archive is damaged, or not a backup), conflict (a service uses the folder, or files differ), misconfigured, internal
 */
export async function restoreFolder(deps: RestoreDeps): Promise<Restored> {
  const { directory, archive, force, clock, onProgress, files = nodeFileSystem, host = nodeHost } = deps;
  const manifest = await verify(archive);
  const place = { directory, owner: host.owner };
  const folder = createDayFolder({ ...deps, files, host, maxBytes: maxFileBytes, maxWholeBytes: maxFileBytes });
  const { lock } = await openFolder({ ...deps, files, host }, folder);
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '');
  const counts = { written: 0, equal: 0, setAside: 0 };

  async function present(name: string): Promise<Uint8Array | undefined> {
    return files.read(join(directory, name), maxBytesOf(name)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw storageError(error, `cannot read ${name}`, place);
    });
  }

  async function write(expected: ArchivedFile, content: Uint8Array): Promise<void> {
    const { name } = expected;
    const before = await present(name);
    if (before && isSame(before, expected)) {
      counts.equal += 1;
      return;
    }
    if (before) await setAside(name, before);
    if (name.startsWith(historyFolderName)) await files.makeFolder(join(directory, historyFolderName));
    await replaceFile(files, { directory, name, content, id: host.uniqueId() });
    counts.written += 1;
    if (before) counts.setAside += 1;
  }

  /** As a copy: at every moment the day's own name has the old content or the new one. */
  async function setAside(name: string, content: Uint8Array): Promise<void> {
    await replaceFile(files, { directory, name: `${name}.before-restore-${stamp}`, content, id: host.uniqueId() });
    await syncFolder(files, directory);
  }

  try {
    const different: string[] = [];
    for (const expected of manifest.files) {
      const before = await present(expected.name);
      if (before && !isSame(before, expected)) different.push(expected.name);
    }
    if (different.length > 0 && !force) {
      throw new AppError(
        'conflict',
        `${different.length} files in ${directory} differ from the backup, the first is ${different[0]}: restore into an empty folder, or rename them with --force`,
      );
    }
    const expected = new Map(manifest.files.map((each) => [each.name, each]));
    for await (const { name, content } of readEntries(archive)) {
      const file = expected.get(name);
      if (!file) continue;
      // The archive may have been changed since it was checked.
      if (archivedFile(name, content).sha256 !== file.sha256) throw damaged(`${name} has changed since it was verified`);
      await lock.assertHeld();
      await write(file, content);
      onProgress?.(counts.written + counts.equal, manifest.files.length);
    }
    if (manifest.files.some(({ name }) => name.startsWith(historyFolderName))) await syncFolder(files, join(directory, historyFolderName));
    await syncFolder(files, directory);
    return counts;
  } catch (error) {
    throw storageError(error, 'cannot restore', place);
  } finally {
    await lock.release();
  }
}

function isSame(content: Uint8Array, { name, sha256 }: ArchivedFile): boolean {
  return archivedFile(name, content).sha256 === sha256;
}

/** The manifest of an archive, after every file was compared with it. @throws AppError invalid_input */
async function verify(archive: string): Promise<Manifest> {
  const found = new Map<string, ArchivedFile>();
  let manifest: Manifest | undefined;
  for await (const { name, content } of readEntries(archive)) {
    if (manifest || found.has(name)) throw damaged(`${name} occurs twice, or after the manifest`);
    if (name === manifestName) {
      manifest = parseManifest(content);
      if (!manifest) throw damaged('its manifest has another format, or is from a later version');
    } else if (isArchived(name)) {
      found.set(name, archivedFile(name, content));
    } else {
      throw damaged(`${JSON.stringify(name)} does not belong in a backup`);
    }
  }
  if (!manifest) throw damaged('no manifest, so it is incomplete');
  for (const { name, bytes, sha256 } of manifest.files) {
    const file = found.get(name);
    if (!file) throw damaged(`${name} is missing`);
    if (file.bytes !== bytes || file.sha256 !== sha256) throw damaged(`the checksum of ${name} is wrong`);
  }
  if (manifest.files.length !== found.size) throw damaged('it contains files that are not in its manifest');
  return manifest;
}

interface Content {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The files of an archive, one at a time. @throws AppError invalid_input */
async function* readEntries(archive: string): AsyncGenerator<Content> {
  await stat(archive).catch((error: unknown) => {
    throw new AppError('invalid_input', `cannot read ${archive}: ${toAppError(error).message}`, { cause: error });
  });
  const extract = tar.extract();
  pipeline(createReadStream(archive), createGunzip(), extract, (error) => {
    if (error) extract.destroy(error);
  });
  try {
    for await (const entry of extract) {
      const { name, type, size } = entry.header;
      if (type !== 'file') throw damaged(`${JSON.stringify(name)} is not a regular file`);
      if ((size ?? 0) > maxBytesOf(name)) throw damaged(`${JSON.stringify(name)} is larger than ${maxBytesOf(name)} bytes`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      yield { name, content: Buffer.concat(chunks) };
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(`cannot unpack it (${toAppError(error).message})`, error);
  } finally {
    extract.destroy();
  }
}

function damaged(reason: string, cause?: unknown): AppError {
  return new AppError('invalid_input', `invalid backup, nothing was changed: ${reason}`, { cause });
}
