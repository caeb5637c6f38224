/** The events in a snapshot document, beside the rows of the registries. */
import { eventKey, recordedKinds, type RecordedEvent, type RecordedKind } from '../model/event.ts';
import { defined, instant, isRow, text, type Row } from './snapshot-row.ts';
import type { SnapshotDocument } from './snapshot.ts';

const member = 'events';

/** The events of a document; invalid rows are skipped. */
export function parseEvents(document: SnapshotDocument): readonly RecordedEvent[] {
  const rows = document[member];
  return Array.isArray(rows) ? rows.flatMap(parseEvent) : [];
}

/** Adds the events that the document does not have yet; its other content stays unchanged. */
export function mergeEvents(document: SnapshotDocument | undefined, events: readonly RecordedEvent[]): SnapshotDocument {
  const known = new Set(document ? parseEvents(document).map(eventKey) : []);
  const added: unknown[] = [];
  for (const event of events) {
    if (known.has(eventKey(event))) continue;
    known.add(eventKey(event));
    added.push(toEventRow(event));
  }
  if (!document) return { timestamp: events[0]?.seenAt ?? '', [member]: added };
  if (added.length === 0) return document;
  const rows = document[member];
  return { ...document, [member]: [...(Array.isArray(rows) ? rows : []), ...added] };
}

/** The row of an event. */
export function toEventRow({ time, seenAt, registry, repo, kind, detail }: RecordedEvent): Row {
  return defined({ time, seen_at: seenAt, registry, repo, kind, detail });
}

function parseEvent(row: unknown): RecordedEvent[] {
  if (!isRow(row)) return [];
  const [time, registry, kind] = [instant(row['time']), text(row['registry']), row['kind']];
  if (time === undefined || registry === undefined || !isRecordedKind(kind)) return [];
  const seenAt = instant(row['seen_at']) ?? time;
  return [{ time, seenAt, registry, repo: text(row['repo']), kind, detail: text(row['detail']) }];
}

function isRecordedKind(value: unknown): value is RecordedKind {
  return recordedKinds.some((kind) => kind === value);
}
