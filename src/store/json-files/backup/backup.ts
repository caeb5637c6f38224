/** One archive of a folder of snapshots: a .tar.gz with checksums. A running service is not disturbed: its files are replaced, never changed. */
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import tar from 'tar-stream';
import { toAppError } from '../../../core/model/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import { nodeFileSystem, type FileSystem } from '../file-system.ts';
import { nodeHost } from '../host.ts';
import { errorCode, storageError, unusableFolder, type Place } from '../storage-error.ts';
import { historyFolderName } from '../kept-totals.ts';
import { archivedFile, isArchived, maxBytesOf, manifestName, type ArchivedFile, type Manifest } from './manifest.ts';

export interface BackupDeps {
  readonly directory: string;
  readonly clock: Clock;
  /** Of the program. */
  readonly version: string;
  readonly onProgress?: (done: number, total: number) => void;
  /** The real one where absent. */
  readonly files?: FileSystem;
}

/**
 * The bytes of the archive.
 * @throws AppError misconfigured (cannot read the folder), internal (cannot read a file in it)
 */
export async function* backupFolder({
  directory,
  clock,
  version,
  onProgress,
  files = nodeFileSystem,
}: BackupDeps): AsyncGenerator<Uint8Array> {
  const place = { directory, owner: nodeHost.owner };
  const names = await files.listFiles(directory).catch((error: unknown) => {
    throw unusableFolder(error, 'readable', place);
  });
  const pack = tar.pack();
  const gzip = createGzip();
  pipeline(pack, gzip, () => undefined);

  async function fill(): Promise<void> {
    const archived: ArchivedFile[] = [];
    let done = 0;
    async function addAll(selected: readonly string[]): Promise<void> {
      const total = done + selected.length;
      for (const name of selected) {
        const content = await read(name);
        done += 1;
        // Retention may have deleted it in the meantime.
        if (!content) continue;
        await add(name, content);
        archived.push(archivedFile(name, content));
        onProgress?.(done, total);
      }
    }
    await addAll(names.filter(isArchived).toSorted());
    // Only now, so that the totals of a day that was deleted since are in it.
    await addAll(await keptTotals(files, place));
    const manifest: Manifest = { format: 1, version, created: new Date(clock.now()).toISOString(), files: archived };
    await add(manifestName, Buffer.from(JSON.stringify(manifest, null, 2)));
    pack.finalize();
  }

  async function read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await files.read(join(directory, name), maxBytesOf(name));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw storageError(error, `cannot read ${name}`, place);
    }
  }

  /** Resolves when the content is on its way out: the next file is read only then. */
  function add(name: string, content: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = pack.entry({ name, size: content.length, mode: 0o600, mtime: new Date(clock.now()) });
      entry.once('finish', resolve).once('error', reject);
      entry.end(content);
    });
  }

  const filled = fill().catch((error: unknown) => void gzip.destroy(toAppError(error)));
  yield* gzip;
  await filled;
}

/** The files of kept totals. @throws AppError internal */
async function keptTotals(files: FileSystem, place: Place): Promise<readonly string[]> {
  try {
    const years = await files.listFiles(join(place.directory, historyFolderName));
    return years
      .map((name) => `${historyFolderName}/${name}`)
      .filter(isArchived)
      .toSorted();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw storageError(error, `cannot list ${historyFolderName}`, place);
  }
}
