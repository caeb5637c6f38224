/** A whole history as lines of JSON: every stored reading with its tags, and the recorded events, in the shape of the snapshot files. */
import { dayOf, isDay } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { isRepo } from '../../core/model/image-ref.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import { parseEvents, toEventRow } from '../../core/document/snapshot-events.ts';
import { isRow, parseReading, toRow } from '../../core/document/snapshot-row.ts';
import type { ImportRecord } from './import-record.ts';
import type { Line } from './lines.ts';

export const ndjsonHeader = { format: 'registry-stats', version: 1 };

export function readingLine(reading: StoredReading): string {
  const { day, registry } = reading;
  return `${JSON.stringify({ day, registry, row: toRow(reading) })}\n`;
}

export function eventLine(event: RecordedEvent): string {
  return `${JSON.stringify({ event: toEventRow(event) })}\n`;
}

/** @throws AppError invalid_input when the first line is not the header of this format, or of a later version */
export async function* readNdjson(lines: AsyncIterable<Line>, registries: readonly string[]): AsyncGenerator<ImportRecord> {
  let isFirst = true;
  for await (const line of lines) {
    if (isFirst) checkHeader(parseJson(line));
    else yield toRecord(line, registries);
    isFirst = false;
  }
  if (isFirst) throw new AppError('invalid_input', `the file is empty: the first line must be ${JSON.stringify(ndjsonHeader)}`);
}

function checkHeader(value: unknown): void {
  if (!isRow(value) || value['format'] !== ndjsonHeader.format) {
    throw new AppError('invalid_input', `not an export of registry-stats: the first line must be ${JSON.stringify(ndjsonHeader)}`);
  }
  if (value['version'] !== ndjsonHeader.version) {
    throw new AppError(
      'invalid_input',
      `version ${shorten(value['version'])} of the format is not supported, only 1: use a newer registry-stats`,
    );
  }
}

function toRecord(line: Line, registries: readonly string[]): ImportRecord {
  const where = `line ${line.number}`;
  const value = parseJson(line);
  if (!isRow(value)) return { problem: { where, reason: line.isTooLong ? 'line too long' : 'not a JSON object' } };
  const { day, registry, row, event } = value;
  if (event !== undefined) {
    const [recorded] = parseEvents({ timestamp: '', events: [event] });
    return recorded && isDay(dayOf(Date.parse(recorded.seenAt)))
      ? { event: recorded, where }
      : { problem: { where, reason: 'event without a time or a registry, or of an unknown kind' } };
  }
  if (typeof day !== 'string' || !isDay(day))
    return { problem: { where, reason: `invalid day ${shorten(day)}: valid is a date such as 2026-03-14` } };
  if (typeof registry !== 'string' || !registries.includes(registry)) {
    return { problem: { where, reason: `invalid registry ${shorten(registry)}: valid is one of ${registries.join(', ')}` } };
  }
  const reading = isRow(row) ? parseReading(registry, row, `${day}T00:00:00Z`) : undefined;
  if (!reading) return { problem: { where, reason: 'row without a name or a total' } };
  return isRepo(reading.repo)
    ? { reading: { ...reading, day }, where }
    : { problem: { where, reason: 'row without an image name such as owner/name' } };
}

function shorten(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 100);
}

function parseJson({ text }: Line): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
