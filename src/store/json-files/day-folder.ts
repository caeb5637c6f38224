/** The files of all days in one folder; a problem with one of them is logged once. */
import { join } from 'node:path';
import type { Day } from '../../core/model/day.ts';
import { errorFields } from '../../core/model/errors.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { compareText } from '../../core/model/image.ts';
import type { SnapshotDocument } from '../../core/document/snapshot.ts';
import {
  parseDayFileName,
  dayFileName,
  formatDocument,
  readDayFile,
  readDayText,
  setAside,
  type DayFile,
  type DayLimits,
  type DayText,
} from './day-file.ts';
import { replaceFile, syncFolder } from './durable-file.ts';
import type { FileStamp, FileSystem } from './file-system.ts';
import type { Host } from './host.ts';
import type { WantedTags } from './parse-day.ts';
import { errorCode, isDenied, storageError, type Place } from './storage-error.ts';

export interface DayFolderDeps extends DayLimits {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly files: FileSystem;
  readonly host: Host;
}

/** Methods reject with the system's error. */
export interface DayFolder {
  /** The days that have a file, ascending, whatever is in it. */
  days(): Promise<readonly Day[]>;
  /** Never rejects. Warns about an invalid file, once as long as it stays so. `wanted`: whose tags are read, all where absent; the document has no others then. */
  read(day: Day, wanted?: WantedTags): Promise<DayFile>;
  /** The day's document where it has one. @throws AppError internal when the file cannot be read although it may be */
  document(day: Day, wanted?: WantedTags): Promise<SnapshotDocument | undefined>;
  /** What is in the day's file, whatever that is; undefined where it cannot be read whole. Never rejects. */
  bytes(day: Day): Promise<Buffer | undefined>;
  /** The day's document as compact JSON, read as it is taken. @throws AppError as document() does; later ones where the file is replaced by an invalid one meanwhile */
  text(day: Day): Promise<AsyncIterable<string> | undefined>;
  /**
   * Replaces what was read with a document, and sets it aside when it was corrupt or reduced. Durable after sync.
   * Resolves to false, and changes nothing, when the file would be larger than the largest that is read whole.
   */
  replace(day: Day, before: DayFile, document: SnapshotDocument): Promise<boolean>;
  /** How the day's file looks from outside; undefined when that is unknown. Never rejects. */
  stamp(day: Day): Promise<FileStamp | undefined>;
  /** A missing file is fine. */
  remove(day: Day): Promise<void>;
  /** Makes what was replaced and removed survive a power cut. */
  sync(): Promise<void>;
}

/** A file that may be read has to be readable. @throws AppError internal */
function checkRead(day: Day, file: DayFile | DayText, place: Place): void {
  if (file.kind === 'unreadable' && !isDenied(file.error)) throw storageError(file.error, `cannot read ${day}`, place);
}

async function readBytes(files: FileSystem, path: string, maxBytes: number): Promise<Buffer | undefined> {
  try {
    const { buffer, byteOffset, byteLength } = await files.read(path, maxBytes);
    return Buffer.from(buffer, byteOffset, byteLength);
  } catch {
    return undefined;
  }
}

export function createDayFolder({ directory, clock, log, files, host, maxBytes, maxWholeBytes }: DayFolderDeps): DayFolder {
  const place = { directory, owner: host.owner };
  const skipped = new Set<Day>();

  function pathOf(day: Day): string {
    return join(directory, dayFileName(day));
  }

  async function moveAway(day: Day): Promise<void> {
    const name = await setAside(files, directory, dayFileName(day), clock.now());
    log.info('set aside invalid snapshot file', { file: pathOf(day), as: join(directory, name) });
  }

  /** Warns about what is wrong with it. */
  function noted<File extends DayFile | DayText>(day: Day, file: File): File {
    if (file.kind !== 'corrupt' && file.kind !== 'unreadable') {
      skipped.delete(day);
    } else if (!skipped.has(day)) {
      skipped.add(day);
      const why = file.kind === 'corrupt' ? { reason: file.reason } : errorFields(storageError(file.error, 'cannot read it', place));
      log.warn('skipping snapshot file', { file: pathOf(day), ...why });
    }
    return file;
  }

  const read = async (day: Day, wanted?: WantedTags): Promise<DayFile> =>
    noted(day, await readDayFile(files, directory, day, { maxBytes, maxWholeBytes, wanted }));

  return {
    async days() {
      const days = (await files.listFiles(directory)).map(parseDayFileName).filter((day) => day !== undefined);
      return days.toSorted(compareText);
    },
    read,
    async document(day, wanted) {
      const file = await read(day, wanted);
      checkRead(day, file, place);
      return file.kind === 'document' ? file.document : undefined;
    },
    bytes: (day) => readBytes(files, pathOf(day), maxWholeBytes),
    async text(day) {
      const file = noted(day, await readDayText(files, directory, day, maxBytes));
      checkRead(day, file, place);
      return file.kind === 'text' ? file.pieces : undefined;
    },
    async replace(day, before, document) {
      const text = formatDocument(document);
      // A file that is too large to read whole would be reduced by the next save.
      if (Buffer.byteLength(text) > maxWholeBytes) return false;
      const isToKeep = before.kind === 'corrupt' || (before.kind === 'document' && before.isReduced);
      const beforeRename = isToKeep ? () => moveAway(day) : undefined;
      await replaceFile(files, { directory, name: dayFileName(day), content: text, id: host.uniqueId(), beforeRename });
      skipped.delete(day);
      return true;
    },
    stamp: (day) => files.stamp(pathOf(day)).catch(() => undefined),
    async remove(day) {
      try {
        await files.remove(pathOf(day));
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
      }
      skipped.delete(day);
    },
    sync: () => syncFolder(files, directory),
  };
}
