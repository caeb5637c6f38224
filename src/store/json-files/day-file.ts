/** The file of one day: its name, its text, and what can be wrong with it. */
import { join } from 'node:path';
import { isDay, type Day } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import type { SnapshotDocument } from '../../core/document/snapshot.ts';
import { maxTagBytes } from '../tag-budget.ts';
import { removeQuietly } from './durable-file.ts';
import { checkDocument, documentText, reduceDocument, type BytePieces } from './document-scan.ts';
import { readPieces, type FileSystem, type OpenedFile } from './file-system.ts';
import { parseDay, type WantedTags } from './parse-day.ts';
import { errorCode } from './storage-error.ts';

export type DayFile =
  /** `isReduced`: it is too large to be held, and the document has no more than its readings and events. */
  | { readonly kind: 'document'; readonly document: SnapshotDocument; readonly isReduced?: boolean }
  | { readonly kind: 'absent' }
  /** It can be read, but is not a snapshot. */
  | { readonly kind: 'corrupt'; readonly reason: string }
  /** Its content is unknown, so it must not be replaced. */
  | { readonly kind: 'unreadable'; readonly error: unknown };

const suffix = '.json';

export function dayFileName(day: Day): string {
  return `${day}${suffix}`;
}

/** The day whose snapshot a file of this name holds; undefined for every other file. */
export function parseDayFileName(name: string): Day | undefined {
  if (!name.endsWith(suffix)) return undefined;
  const day = name.slice(0, -suffix.length);
  return isDay(day) ? day : undefined;
}

export interface DayLimits {
  /** Larger files are not read at all. */
  readonly maxBytes: number;
  /** Larger ones are read in pieces, and never written; at most maxBytes. */
  readonly maxWholeBytes: number;
}

export interface ReadOptions extends DayLimits {
  /** Whose tags are read; all where absent. Others are cut out. */
  readonly wanted?: WantedTags | undefined;
}

/** Reads a day's file. Whatever is wrong with the file is in the result. */
export async function readDayFile(files: FileSystem, directory: string, day: Day, options: ReadOptions): Promise<DayFile> {
  const path = join(directory, dayFileName(day));
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path, options.maxWholeBytes);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'EFBIG') return readLargeFile(files, path, day, options);
    return { kind: 'unreadable', error };
  }
  const parsed = parseDay(bytes, day, options.wanted);
  return 'document' in parsed ? { kind: 'document', ...parsed } : { kind: 'corrupt', ...parsed };
}

const pieceBytes = 65_536;

function piecesOf(file: OpenedFile): BytePieces {
  return readPieces(file, file.size, pieceBytes);
}

/** A document without tags takes little more than its images: so many bytes for each, of those that may be held. */
const bytesOfImage = 512;

async function readLargeFile(
  files: FileSystem,
  path: string,
  day: Day,
  { maxBytes, maxWholeBytes, wanted }: ReadOptions,
): Promise<DayFile> {
  const limits = { wanted, maxTagBytes, maxRowLength: maxWholeBytes, maxImages: Math.floor(maxWholeBytes / bytesOfImage) };
  let file: OpenedFile | undefined;
  try {
    file = await files.open(path);
    if (file.size > maxBytes) return { kind: 'corrupt', reason: `larger than ${maxBytes} bytes` };
    const times = await checkDocument(piecesOf(file), day);
    return { kind: 'document', document: await reduceDocument(piecesOf(file), times, limits), isReduced: true };
  } catch (error) {
    return error instanceof AppError ? { kind: 'corrupt', reason: error.message } : { kind: 'unreadable', error };
  } finally {
    await file?.close();
  }
}

/** The text of a day's file, which is read as it is taken, or why it has none. */
export type DayText = { readonly kind: 'text'; readonly pieces: AsyncIterable<string> } | Exclude<DayFile, { readonly kind: 'document' }>;

/** Goes through the file once to see whether it is a snapshot. The pieces reject with AppError invalid_input where it was replaced by one that is none. */
export async function readDayText(files: FileSystem, directory: string, day: Day, maxBytes: number): Promise<DayText> {
  const path = join(directory, dayFileName(day));
  let file: OpenedFile | undefined;
  try {
    file = await files.open(path);
    if (file.size > maxBytes) return { kind: 'corrupt', reason: `larger than ${maxBytes} bytes` };
    if (file.size === 0) return { kind: 'corrupt', reason: 'empty' };
    await checkDocument(piecesOf(file), day);
    return { kind: 'text', pieces: textOf(files, path, day, file.stamp.text) };
  } catch (error) {
    if (error instanceof AppError) return { kind: 'corrupt', reason: error.message };
    return errorCode(error) === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', error };
  } finally {
    await file?.close();
  }
}

/** It is opened when somebody takes the first piece: nothing stays open where nobody does. */
async function* textOf(files: FileSystem, path: string, day: Day, checked: string): AsyncGenerator<string> {
  const file = await files.open(path);
  try {
    if (file.stamp.text !== checked) await checkDocument(piecesOf(file), day);
    yield* documentText(piecesOf(file), day);
  } finally {
    await file.close();
  }
}

/** These occur only inside JSON strings; Go's encoder escapes them by default. */
const escapedByGo = /[<>&\u2028\u2029]/g;

/** The text of a document to the byte as the Go tool writes it: two spaces of indent, its escapes, no newline at the end. */
export function formatDocument(document: SnapshotDocument): string {
  return JSON.stringify(document, null, 2).replaceAll(
    escapedByGo,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Moves a corrupt file to a name that was free, and resolves to that name. Rejects with the system's error.
 * The name is taken by an empty file first, because a rename alone would replace a file that has it.
 */
export async function setAside(files: FileSystem, directory: string, file: string, nowMs: number): Promise<string> {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '');
  for (let attempt = 0; ; attempt += 1) {
    const name = `${file}.corrupt-${stamp}${attempt === 0 ? '' : `-${attempt}`}`;
    if (!(await claim(files, join(directory, name)))) continue;
    try {
      await files.rename(join(directory, file), join(directory, name));
    } catch (error) {
      await removeQuietly(files, join(directory, name));
      throw error;
    }
    return name;
  }
}

async function claim(files: FileSystem, path: string): Promise<boolean> {
  try {
    await (await files.create(path)).close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
