/** Snapshot documents of any size, in pieces: checked, given as text, or reduced to their readings. */
import { AppError } from '../../core/model/errors.ts';
import type { Day } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import { imageKey } from '../../core/model/image.ts';
import { mergeEvents, parseEvents } from '../../core/document/snapshot-events.ts';
import { mergeReadings, newer, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { dockerHub, ghcr, instant, isRow, parseReading, toRegistry } from '../../core/document/snapshot-row.ts';
import { cutTags, sizeOfTags } from '../tag-budget.ts';
import { createJsonScan, type TokenKind } from './json-scan.ts';
import type { WantedTags } from './parse-day.ts';

export type BytePieces = AsyncIterable<Uint8Array>;

const textPieceLength = 65_536;

/** A token of the document, and the member of it that the token belongs to. */
type DocumentSink = (token: { readonly text: string; readonly kind: TokenKind; readonly depth: number; readonly member: string }) => void;

/** A scan that says of which member each token is. @throws AppError invalid_input naming why the document is no snapshot */
function createDocumentScan(sink: DocumentSink) {
  let member = '';
  return createJsonScan((text, kind, depth) => {
    const isValue = kind === 'open' || kind === 'value';
    if (depth === 0 && isValue && text !== '{') throw new AppError('invalid_input', 'not a JSON object');
    if (depth === 1 && kind === 'key') member = JSON.parse(text);
    const isList = text === '[' || text === 'null';
    if (depth === 1 && isValue && !isList && (member === dockerHub.member || member === ghcr.member)) {
      throw new AppError('invalid_input', `"${member}" is not a list`);
    }
    sink({ text, kind, depth, member });
  });
}

/** Calls `step` after each piece. */
async function* scanned<T>(pieces: BytePieces, sink: DocumentSink, step: () => Generator<T>): AsyncGenerator<T> {
  const scan = createDocumentScan(sink);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const piece of pieces) {
    scan.push(decoded(decoder, piece));
    yield* step();
  }
  scan.push(decoded(decoder));
  scan.end();
  yield* step();
}

function decoded(decoder: InstanceType<typeof TextDecoder>, piece?: Uint8Array): string {
  try {
    return decoder.decode(piece, { stream: piece !== undefined });
  } catch {
    throw new AppError('invalid_input', 'not JSON in UTF-8');
  }
}

async function scanAll(pieces: BytePieces, sink: DocumentSink): Promise<void> {
  const steps = scanned(pieces, sink, function* () {});
  while (!(await steps.next()).done);
}

/** When it was read, and when its rows without a time of their own were. */
export interface DocumentTimes {
  readonly timestamp: string;
  readonly undatedAt: string;
}

/** Goes through all of it. @throws AppError invalid_input naming why it is no snapshot */
export async function checkDocument(pieces: BytePieces, day: Day): Promise<DocumentTimes> {
  const times = new Map<string, string>();
  await scanAll(pieces, ({ text, kind, depth, member }) => {
    if (depth !== 1 || (kind !== 'value' && kind !== 'open')) return;
    const time = kind === 'value' ? instant(JSON.parse(text)) : undefined;
    if (time === undefined) times.delete(member);
    else times.set(member, time);
  });
  const timestamp = times.get('timestamp') ?? defaultTime(day);
  return { timestamp, undatedAt: times.get('read_at') ?? timestamp };
}

/** As a document that has no usable time of its own. */
function defaultTime(day: Day): string {
  return `${day}T00:00:00Z`;
}

/**
 * What JSON.stringify says of the document, in pieces; only the order of members whose names are numbers, and members that are there twice,
 * stay as they are in the file. @throws AppError invalid_input: it should have been checked before
 */
export function documentText(pieces: BytePieces, day: Day): AsyncGenerator<string> {
  let piece = '';
  let isEmpty = true;
  let hasTime = false;
  let isReplaced = false;

  const sink: DocumentSink = ({ text, kind, depth, member }) => {
    const isOfTime = member === 'timestamp' && depth === 1;
    if (isReplaced) {
      isReplaced = !(isOfTime && kind === 'close');
      return;
    }
    if (isOfTime && (kind === 'value' || kind === 'open')) {
      hasTime = true;
      isReplaced = kind === 'open';
      piece += kind === 'value' && instant(JSON.parse(text)) !== undefined ? text : JSON.stringify(defaultTime(day));
      return;
    }
    if (depth === 0 && kind === 'close' && !hasTime) piece += `${isEmpty ? '' : ','}"timestamp":${JSON.stringify(defaultTime(day))}`;
    if (kind === 'key') isEmpty = false;
    piece += text;
  };

  function* take(): Generator<string> {
    if (piece.length < textPieceLength) return;
    const made = piece;
    piece = '';
    yield made;
  }

  return withLast(scanned(pieces, sink, take), () => piece);
}

async function* withLast(pieces: AsyncIterable<string>, last: () => string): AsyncGenerator<string> {
  yield* pieces;
  yield last();
}

export interface ReduceOptions {
  /** Whose tags are read; all where absent. */
  readonly wanted?: WantedTags | undefined;
  /** Tags that have no room in this many bytes of a file are left out. */
  readonly maxTagBytes: number;
  /** The longest row, in characters. */
  readonly maxRowLength: number;
  readonly maxImages: number;
}

/**
 * A document with the readings and events of one that is too large to be held: without the fields that this program does not know.
 * @throws AppError invalid_input: a row is too long, or there are too many images
 */
export async function reduceDocument(pieces: BytePieces, { undatedAt }: DocumentTimes, options: ReduceOptions): Promise<SnapshotDocument> {
  const readings = new Map<string, Reading>();
  const eventRows: unknown[] = [];
  let roomForTags = options.maxTagBytes;

  function addRow(member: string, row: unknown): void {
    if (member === 'events') eventRows.push(row);
    const read = isRow(row) ? parseReading(toRegistry(member), row, undatedAt) : undefined;
    if (!read) return;
    const key = imageKey(read);
    const reading = withTags(read);
    if (newer(readings.get(key), reading) === reading) readings.set(key, reading);
    if (readings.size + eventRows.length > options.maxImages) {
      throw new AppError('invalid_input', `more than ${options.maxImages} images in a file that is too large to be read whole`);
    }
  }

  function withTags(reading: Reading): Reading {
    if (options.wanted?.has(reading.repo) === false) return { ...reading, tags: undefined, tagsCut: undefined, tagsNote: undefined };
    const size = sizeOfTags(reading.tags);
    if (size > roomForTags) return cutTags(reading, 0);
    roomForTags -= size;
    return reading;
  }

  await scanAll(pieces, createRowSink(options.maxRowLength, addRow));
  const document = readings.size > 0 ? mergeReadings(undefined, [...readings.values()]) : undefined;
  const events = parseEvents({ timestamp: '', events: eventRows });
  return document && events.length === 0 ? document : mergeEvents(document, events);
}

/** Collects the elements of the document's lists, one at a time. */
function createRowSink(maxRowLength: number, onRow: (member: string, row: unknown) => void): DocumentSink {
  let isList = false;
  let row = '';
  return ({ text, kind, depth, member }) => {
    if (depth === 1 && (kind === 'value' || kind === 'open')) isList = text === '[';
    if (!isList || depth < 2 || (depth === 2 && kind === 'mark')) return;
    row += text;
    if (row.length > maxRowLength) throw new AppError('invalid_input', `a row of more than ${maxRowLength} characters`);
    if (depth > 2 || kind === 'open') return;
    onRow(member, JSON.parse(row));
    row = '';
  };
}
