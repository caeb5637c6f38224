/** The file of one day: its name, its text, and what can be wrong with it. */
import { join } from 'node:path';
import { isDay, type Day } from '../../core/model/day.ts';
import type { SnapshotDocument } from '../../core/document/snapshot.ts';
import { removeQuietly } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { parseDay, type WantedTags } from './parse-day.ts';
import { errorCode } from './storage-error.ts';

/** Whole files are kept in memory while they are read; the Go tool refuses larger ones too. */
export const maxFileBytes = 50 * 1024 * 1024;

export type DayFile =
  | { readonly kind: 'document'; readonly document: SnapshotDocument }
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

export interface ReadOptions {
  readonly maxBytes: number;
  /** Whose tags are read; all where absent. Others are cut out. */
  readonly wanted?: WantedTags | undefined;
}

/** Reads a day's file. Whatever is wrong with the file is in the result. */
export async function readDayFile(files: FileSystem, directory: string, day: Day, { maxBytes, wanted }: ReadOptions): Promise<DayFile> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(join(directory, dayFileName(day)), maxBytes);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'EFBIG') return { kind: 'corrupt', reason: `larger than ${maxBytes} bytes` };
    return { kind: 'unreadable', error };
  }
  const parsed = parseDay(bytes, day, wanted);
  return 'document' in parsed ? { kind: 'document', ...parsed } : { kind: 'corrupt', ...parsed };
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
