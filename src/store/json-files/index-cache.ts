/** A cache of the index on disk, next to the files it was built from. The files stay the source of truth. */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { join } from 'node:path';
import type { Day } from '../../core/model/day.ts';
import { errorFields } from '../../core/model/errors.ts';
import { marks } from '../../core/model/mark.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { replaceFile } from './durable-file.ts';
import { readLines, readPieces, type FileStamp, type FileSystem, type OpenedFile } from './file-system.ts';
import type { Host } from './host.ts';
import type { IndexEntry } from './index-entry.ts';
import { errorCode, storageError } from './storage-error.ts';

export interface IndexCacheDeps {
  readonly directory: string;
  readonly files: FileSystem;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the index was built from, and its content. */
export interface CachedIndex {
  /** By day: how its file looked when it was read. */
  readonly stamps: ReadonlyMap<Day, string>;
  /** To be gone through once, to the end: the file is open until then. */
  readonly entries: AsyncIterable<IndexEntry>;
}

export interface IndexCache {
  /** Undefined when there is none, or it is invalid. Never rejects. */
  read(): Promise<CachedIndex | undefined>;
  /** Never rejects: without a cache the next start only takes longer. */
  write(stamps: ReadonlyMap<Day, FileStamp>, entries: Iterable<IndexEntry>): Promise<void>;
}

/** A dot file: neither this program nor the Go tool reads it as a day. */
export const indexCacheName = '.index.json';
/** The number is raised whenever this format changes, or what is made of a day's file. The rest says what the columns mean. */
const format = `6 ${endianness()} ${marks.join(' ')}`;
/** A file that is changed again within the granularity of its time could look unchanged, so one must be older than that. */
const settledMs = 2_000;
/** Thousands of images have many megabytes: the file is written, checked and read in pieces of about this size. */
const pieceBytes = 256 * 1024;
/** Of SHA-1, in hexadecimal digits; the last line of the file, of everything before it. */
const checksumLength = 40;

/** The first line; each line after it is an entry. */
interface Header {
  readonly format: string;
  readonly stamps: readonly (readonly [Day, string])[];
}

export function createIndexCache({ directory, files, host, clock, log }: IndexCacheDeps): IndexCache {
  const path = join(directory, indexCacheName);
  return {
    async read() {
      let file: OpenedFile | undefined;
      try {
        file = await files.open(path);
        await checkSum(file);
        const lines = readLines(file, file.size - checksumLength);
        const first = await lines.next();
        const header: Header = JSON.parse(String(first.value));
        if (header.format !== format) throw new Error(`other format: ${header.format}`);
        return { stamps: new Map(header.stamps), entries: entriesIn(file, lines) };
      } catch (error) {
        await file?.close();
        if (errorCode(error) !== 'ENOENT') log.debug('ignoring index cache', { file: path, reason: String(error) });
        return undefined;
      }
    },
    async write(stamps, entries) {
      const now = clock.now();
      const settled = [...stamps].filter(([, { modifiedAt }]) => now - modifiedAt >= settledMs);
      const header: Header = { format, stamps: settled.map(([day, { text }]) => [day, text]) };
      try {
        await replaceFile(files, { directory, name: indexCacheName, content: formatLines(header, entries), id: host.uniqueId() });
      } catch (error) {
        log.warn('cannot write index cache', errorFields(storageError(error, indexCacheName, { directory, owner: host.owner })));
      }
    },
  };
}

function* formatLines(header: Header, entries: Iterable<IndexEntry>): Generator<string> {
  const hash = createHash('sha1');
  let piece = `${JSON.stringify(header)}\n`;
  for (const entry of entries) {
    piece += `${JSON.stringify(entry)}\n`;
    if (piece.length < pieceBytes) continue;
    hash.update(piece);
    yield piece;
    piece = '';
  }
  yield piece + hash.update(piece).digest('hex');
}

/** Without the last line, the checksum. */
async function* entriesIn(file: OpenedFile, lines: AsyncIterable<string>): AsyncGenerator<IndexEntry> {
  try {
    for await (const line of lines) {
      const entry: IndexEntry = JSON.parse(line);
      yield entry;
    }
  } finally {
    await file.close();
  }
}

async function checkSum(file: OpenedFile): Promise<void> {
  const hash = createHash('sha1');
  const end = file.size - checksumLength;
  for await (const piece of readPieces(file, end, pieceBytes)) hash.update(piece);
  const written = Buffer.from(await file.read(Math.max(0, end), checksumLength)).toString('latin1');
  if (hash.digest('hex') !== written) throw new Error('wrong checksum');
}
