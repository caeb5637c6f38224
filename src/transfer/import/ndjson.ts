/** A whole history as lines of JSON: every stored reading with its tags, and the recorded events, in the shape of the snapshot files. */
import { dayOf, isDay } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { isRepo } from '../../core/model/image-ref.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import { parseEvents, toEventRow } from '../../core/document/snapshot-events.ts';
import { isRow, parseReading, toRow } from '../../core/document/snapshot-row.ts';
import type { Item } from './import-record.ts';
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
export async function* readNdjson(lines: AsyncIterable<Line>, registries: readonly string[]): AsyncGenerator<Item> {
  let isFirst = true;
  for await (const line of lines) {
    if (isFirst) checkHeader(parsed(line));
    else yield itemOf(line, registries);
    isFirst = false;
  }
  if (isFirst) throw new AppError('invalid_input', `there is nothing in it: the first line has to be ${JSON.stringify(ndjsonHeader)}`);
}

function checkHeader(value: unknown): void {
  if (!isRow(value) || value['format'] !== ndjsonHeader.format) {
    throw new AppError('invalid_input', `the first line is not ${JSON.stringify(ndjsonHeader)}: it is no export of registry-stats`);
  }
  if (value['version'] !== ndjsonHeader.version) {
    throw new AppError(
      'invalid_input',
      `it is of version ${shown(value['version'])}, and only 1 is known here: use a newer registry-stats`,
    );
  }
}

function itemOf(line: Line, registries: readonly string[]): Item {
  const where = `line ${line.number}`;
  const value = parsed(line);
  if (!isRow(value)) return { problem: { where, reason: line.isTooLong ? 'it is too long' : 'it is not a JSON object' } };
  const { day, registry, row, event } = value;
  if (event !== undefined) {
    const [known] = parseEvents({ timestamp: '', events: [event] });
    return known && isDay(dayOf(Date.parse(known.seenAt)))
      ? { event: known }
      : { problem: { where, reason: 'its event has no time, no registry, or a kind that is not known' } };
  }
  if (typeof day !== 'string' || !isDay(day))
    return { problem: { where, reason: `day is ${shown(day)}: valid is a date such as 2026-03-14` } };
  if (typeof registry !== 'string' || !registries.includes(registry)) {
    return { problem: { where, reason: `registry is ${shown(registry)}: valid is one of ${registries.join(', ')}` } };
  }
  const reading = isRow(row) ? parseReading(registry, row, `${day}T00:00:00Z`) : undefined;
  if (!reading) return { problem: { where, reason: 'its row has no name or no total' } };
  return isRepo(reading.repo)
    ? { reading: { ...reading, day } }
    : { problem: { where, reason: 'its row names no image such as owner/name' } };
}

function shown(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 100);
}

function parsed({ text }: Line): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
