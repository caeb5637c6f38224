/**
 * The snapshot of a day: the shape of its document and the rule that merges readings into it.
 * The shape is that of the older Go tool, so that either program reads the other's folder; unknown fields are kept.
 */
import { dayOf, endOfDay, type Day } from '../model/day.ts';
import { AppError } from '../model/errors.ts';
import { canonicalRepo } from '../model/image-ref.ts';
import { compareMarks, isEndOfDay, wasRead } from '../model/mark.ts';
import type { Reading } from '../model/reading.ts';
import { dockerHub, ghcr, instant, isRow, parseReading, toRegistry, toRow, rowShape, text, type Row } from './snapshot-row.ts';

/** A parsed snapshot document. Every registry is one member that holds an array of rows. */
export interface SnapshotDocument {
  readonly timestamp: string;
  readonly [member: string]: unknown;
}

/**
 * Checks that parsed JSON is a snapshot document. Rows are not checked here: a bad row never makes the others unreadable.
 * @throws AppError invalid_input naming what is wrong
 */
export function asSnapshotDocument(json: unknown, day: Day): SnapshotDocument {
  if (!isRow(json)) throw new AppError('invalid_input', 'not a JSON object');
  for (const member of [dockerHub.member, ghcr.member]) {
    const rows = json[member];
    // A number that is too large is written as null, and is one wherever the document is not read whole.
    const isNothing = rows === undefined || rows === null || rows === Infinity || rows === -Infinity;
    if (!isNothing && !Array.isArray(rows)) throw new AppError('invalid_input', `"${member}" is not a list`);
  }
  return { ...json, timestamp: instant(json['timestamp']) ?? `${day}T00:00:00Z` };
}

/** The readings of a document: one per image, the better one where a name occurs twice. Rows without a valid total are skipped. */
export function parseReadings(document: SnapshotDocument): readonly Reading[] {
  const readings: Reading[] = [];
  for (const [member, rows] of Object.entries(document)) {
    if (!Array.isArray(rows)) continue;
    const registry = toRegistry(member);
    const byRepo = new Map<string, Reading>();
    for (const row of rows) {
      const reading = isRow(row) ? parseReading(registry, row, undatedReadAt(document)) : undefined;
      if (reading) byRepo.set(reading.repo, newer(byRepo.get(reading.repo), reading));
    }
    readings.push(...byRepo.values());
  }
  return readings;
}

/**
 * Merges readings of the same day into a document: per image the most certain total wins (see mark), then the
 * newest; a stored moment after `now` (milliseconds since the epoch) is not newer than any. Rows that the readings do not name, and fields that this program does not know, stay as they are.
 */
export function mergeReadings(document: SnapshotDocument | undefined, readings: readonly Reading[], now = Infinity): SnapshotDocument {
  const known: { [member: string]: unknown } = {};
  const { timestamp, ...rest } = document ?? { timestamp: '' };
  const undatedAt = document ? undatedReadAt(document) : '';
  for (const registry of new Set(readings.map((reading) => reading.registry))) {
    const { member } = rowShape(registry);
    const rows = rest[member];
    const own = readings.filter((reading) => reading.registry === registry);
    known[member] = mergeRows(registry, Array.isArray(rows) ? rows : [], own, { undatedAt, now });
  }
  const members = { ...rest, ...known };
  const newest = latest(timestamp, readings);
  const moved = newest !== timestamp && !('read_at' in members);
  const undated = moved && hasUndatedRows(members) ? { read_at: undatedAt } : {};
  return { timestamp: newest, ...withOrder({ ...members, ...undated }) };
}

/**
 * When the rows were read that have no time of their own (the Go tool's). That is the document's timestamp, until a merge
 * moves it on: then the old one is kept as `read_at`, or these rows would look newer than they are and beat real reads.
 */
function undatedReadAt(document: SnapshotDocument): string {
  return instant(document['read_at']) ?? document.timestamp;
}

function hasUndatedRows(members: Row): boolean {
  return Object.values(members).some((rows) => Array.isArray(rows) && rows.some((row) => isRow(row) && !instant(row['read_at'])));
}

/** Docker Hub and GHCR first, as the Go tool writes them; the rest in the order it came. */
function withOrder(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { [dockerHub.member]: hub, [ghcr.member]: packages, ...others } = members;
  return {
    ...(hub === undefined ? {} : { [dockerHub.member]: hub }),
    ...(packages === undefined ? {} : { [ghcr.member]: packages }),
    ...others,
  };
}

interface Moments {
  readonly undatedAt: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function mergeRows(registry: string, rows: readonly unknown[], readings: readonly Reading[], { undatedAt, now }: Moments): unknown[] {
  const merged: unknown[] = [];
  const byRepo = new Map<string, { readonly at: number; readonly row: Row; readonly reading: Reading | undefined }>();
  const put = (repo: string, row: Row, reading: Reading | undefined): void => {
    const at = byRepo.get(repo)?.at ?? merged.length;
    merged[at] = row;
    byRepo.set(repo, { at, row, reading });
  };
  for (const row of rows) {
    const repo = isRow(row) ? text(row[rowShape(registry).repoField]) : undefined;
    if (!isRow(row) || repo === undefined) {
      merged.push(row);
      continue;
    }
    // The Go tool listed an image once per letter case it was configured in.
    const before = byRepo.get(canonicalRepo(repo));
    const reading = parseReading(registry, row, undatedAt);
    if (!before || (reading && newer(before.reading, reading) === reading)) put(canonicalRepo(repo), row, reading);
  }
  for (const reading of readings) {
    const before = byRepo.get(reading.repo);
    if (newer(before?.reading, reading, now) !== reading) continue;
    const completed = complete(before?.reading, reading);
    put(reading.repo, toRow(completed, before?.row), completed);
  }
  return merged;
}

/** The end of a day that was read before closes it: what was read is kept beside it. */
export function complete(before: Reading | undefined, reading: Reading): Reading {
  if (!before || !isEndOfDay(reading.mark) || !wasRead(before.mark)) return reading;
  const observed = isEndOfDay(before.mark) ? before.observed : { pullCount: before.pullCount, readAt: before.readAt };
  return { ...reading, mark: 'closed', observed: observed ?? reading.observed };
}

/**
 * Of two readings of one image the one to keep: the more certain, then the later; of equals the second. A moment of the first that lies after
 * `now` (milliseconds since the epoch) was written under a wrong clock and makes it no newer than the second.
 */
export function newer(first: Reading | undefined, second: Reading, now = Infinity): Reading {
  if (!first) return second;
  const difference = compareMarks(second.mark, first.mark);
  if (difference !== 0) return difference > 0 ? second : first;
  const isFuture = moment(first.readAt) > now;
  return isFuture || moment(second.readAt) >= moment(first.readAt) ? second : first;
}

/** When the day's newest total was read, as far as that was on the day itself. */
function latest(timestamp: string, readings: readonly Reading[]): string {
  let newest = timestamp;
  for (const { day, readAt } of readings) {
    const onItsDay = day === undefined || dayOf(moment(readAt)) === day ? readAt : endOfDay(day);
    if (moment(onItsDay) > moment(newest)) newest = onItsDay;
  }
  return newest;
}

function moment(timestamp: string): number {
  const epochMs = Date.parse(timestamp);
  return Number.isNaN(epochMs) ? 0 : epochMs;
}
