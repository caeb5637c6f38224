/** The file of a year, an image at a time: thousands of images have too many totals to be held as objects. */
import { compareImages, type ImageName } from '../../core/model/image.ts';
import { readLines, type FileSystem } from './file-system.ts';
import { errorCode } from './storage-error.ts';
import { firstLine, formatImageLine, lastLine, parseImageLine, parseYear, type YearImage } from './year-totals.ts';

/** A year of ten thousand images has 60 MB. */
export const maxYearBytes = 256 * 1024 * 1024;

export type YearImages = () => AsyncIterable<YearImage>;

/**
 * Goes through the file once to see that it is valid; its images come by registry, then repo.
 * @throws the system's error where it cannot be read; StoppedError when the signal is aborted meanwhile; other errors say that it is no file of totals
 */
export async function openYear(files: FileSystem, path: string, year: number, signal?: AbortSignal): Promise<YearImages> {
  const inLines: YearImages = () => imagesInLines(files, path, year);
  if (await isInLines(inLines, signal)) return inLines;
  // Somebody else wrote it.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await files.read(path, maxYearBytes));
  const images = [...parseYear(text, year).values()].toSorted(compareImages);
  return async function* inMemory() {
    yield* images;
  };
}

async function isInLines(images: YearImages, signal: AbortSignal | undefined): Promise<boolean> {
  let before: ImageName | undefined;
  try {
    for await (const image of images()) {
      throwIfStopped(signal);
      if (before && compareImages(before, image) >= 0) return false;
      before = image;
    }
    return true;
  } catch (error) {
    if (error instanceof StoppedError || isSystemError(error)) throw error;
    return false;
  }
}

/** Nothing is wrong: the work was to stop, and nothing of it is done. */
export class StoppedError extends Error {}

export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StoppedError('stopped');
}

/** Whether it says that the file cannot be read, as opposed to what is in it. */
export function isSystemError(error: unknown): boolean {
  return /^E[A-Z\d]+$/.test(errorCode(error) ?? '');
}

async function* imagesInLines(files: FileSystem, path: string, year: number): AsyncGenerator<YearImage> {
  const file = await files.open(path);
  try {
    if (file.size > maxYearBytes) throw Object.assign(new Error(`${path} has ${file.size} bytes`), { code: 'EFBIG' });
    let state: 'first' | 'images' | 'last' = 'first';
    for await (const line of readLines(file, file.size)) {
      if (state === 'last' || (state === 'first' && line !== firstLine(year))) throw new SyntaxError('not in lines');
      else if (state === 'first') state = 'images';
      else if (line === lastLine) state = 'last';
      else if (line !== '') yield parseImageLine(line);
    }
    if (state !== 'last') throw new SyntaxError('cut off');
  } finally {
    await file.close();
  }
}

/** The text of the file, in pieces, as openYear reads it. The images have to come by registry, then repo. */
export async function* formatYear(images: AsyncIterable<YearImage>, year: number): AsyncGenerator<string> {
  let piece = `${firstLine(year)}\n`;
  let separator = '';
  for await (const image of images) {
    piece += separator + formatImageLine(image);
    separator = ',\n';
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n${lastLine}\n`;
}

const pieceLength = 256 * 1024;
