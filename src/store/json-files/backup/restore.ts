/** Puts the files of a backup back, after all of it was checked. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { AppError, toAppError } from '../../../core/model/errors.ts';
import { maxFileBytes } from '../day-file.ts';
import { createDayFolder } from '../day-folder.ts';
import { replaceFile, syncFolder } from '../durable-file.ts';
import { nodeFileSystem, type FileSystem } from '../file-system.ts';
import { nodeHost, type Host } from '../host.ts';
import { openFolder } from '../open-folder.ts';
import { codeOf, storageError } from '../storage-error.ts';
import type { JsonFileStoreDeps } from '../store.ts';
import { archivedFile, isArchived, manifestName, parseManifest, type ArchivedFile, type Manifest } from './manifest.ts';

export interface RestoreDeps extends Omit<JsonFileStoreDeps, 'files' | 'host' | 'maxBytes'> {
  /** Path of the archive. */
  readonly archive: string;
  /** Whether files that are there with another content are set aside; otherwise nothing is restored then. */
  readonly force: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  /** The rest is the real thing where absent. */
  readonly files?: FileSystem;
  readonly host?: Host;
}

export interface Restored {
  readonly written: number;
  /** There already, with the same content. */
  readonly equal: number;
  /** Under a name with `before-restore`. */
  readonly setAside: number;
}

/**
 * Checks every file of the archive, then writes them. What was there with another content is set aside or stops it all; nothing is lost.
 * @throws AppError invalid_input (the archive is damaged or none), conflict (a service uses the folder, or files differ), misconfigured, internal
 */
export async function restoreFolder(deps: RestoreDeps): Promise<Restored> {
  const { directory, archive, force, clock, onProgress, files = nodeFileSystem, host = nodeHost } = deps;
  const manifest = await verified(archive);
  const place = { directory, owner: host.owner };
  const folder = createDayFolder({ ...deps, files, host, maxBytes: maxFileBytes });
  const { lock } = await openFolder({ ...deps, files, host }, folder);
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '');
  const counts = { written: 0, equal: 0, setAside: 0 };

  async function present(name: string): Promise<Uint8Array | undefined> {
    return files.read(join(directory, name), maxFileBytes).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
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
        `${directory} has ${different.length} of these files with another content, the first is ${different[0]}: restore into an empty folder, or set them aside with --force`,
      );
    }
    const expected = new Map(manifest.files.map((each) => [each.name, each]));
    for await (const { name, content } of contentsOf(archive)) {
      const file = expected.get(name);
      if (!file) continue;
      // The archive may have been changed since it was checked.
      if (archivedFile(name, content).sha256 !== file.sha256) throw damaged(`${name} is not what it was a moment ago`);
      await lock.assertHeld();
      await write(file, content);
      onProgress?.(counts.written + counts.equal, manifest.files.length);
    }
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

/** The manifest of an archive in which everything is as it says. @throws AppError invalid_input */
async function verified(archive: string): Promise<Manifest> {
  const found = new Map<string, ArchivedFile>();
  let manifest: Manifest | undefined;
  for await (const { name, content } of contentsOf(archive)) {
    if (manifest || found.has(name)) throw damaged(`${name} stands in it twice, or after its end`);
    if (name === manifestName) {
      manifest = parseManifest(content);
      if (!manifest) throw damaged('its manifest is of another format, or was made by a later version');
    } else if (isArchived(name)) {
      found.set(name, archivedFile(name, content));
    } else {
      throw damaged(`${JSON.stringify(name)} does not belong into it`);
    }
  }
  if (!manifest) throw damaged('it has no manifest, so it is not whole');
  for (const { name, bytes, sha256 } of manifest.files) {
    const file = found.get(name);
    if (!file) throw damaged(`${name} is missing`);
    if (file.bytes !== bytes || file.sha256 !== sha256) throw damaged(`the checksum of ${name} is wrong`);
  }
  if (manifest.files.length !== found.size) throw damaged('it has files that its manifest does not name');
  return manifest;
}

interface Content {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The files of an archive, one at a time. @throws AppError invalid_input */
async function* contentsOf(archive: string): AsyncGenerator<Content> {
  await stat(archive).catch((error: unknown) => {
    throw new AppError('invalid_input', `${archive} cannot be read: ${toAppError(error).message}`, { cause: error });
  });
  const extract = tar.extract();
  pipeline(createReadStream(archive), createGunzip(), extract, (error) => {
    if (error) extract.destroy(error);
  });
  try {
    for await (const entry of extract) {
      const { name, type, size } = entry.header;
      if (type !== 'file') throw damaged(`${JSON.stringify(name)} is no plain file`);
      if (size > maxFileBytes) throw damaged(`${JSON.stringify(name)} is larger than ${maxFileBytes} bytes`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      yield { name, content: Buffer.concat(chunks) };
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(`it cannot be unpacked (${toAppError(error).message})`, error);
  } finally {
    extract.destroy();
  }
}

function damaged(reason: string, cause?: unknown): AppError {
  return new AppError('invalid_input', `the backup cannot be used, and nothing was changed: ${reason}`, { cause });
}
