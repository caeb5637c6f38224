/** Readings and events for the tests of stores. */
import type { RecordedEvent, RecordedKind } from '../../core/model/event.ts';
import type { Reading } from '../../core/model/reading.ts';

/** A Docker Hub reading; `when` is a day or a moment without its zone, as `2026-03-14` or `2026-03-14T10:00:00`. */
export function reading(repo: string, pullCount: number, when: string, more: Partial<Reading> = {}): Reading {
  return { registry: 'dockerhub', repo, pullCount, readAt: when.includes('T') ? `${when}.000Z` : `${when}T12:00:00.000Z`, ...more };
}

/** An event of `acme/app` on Docker Hub that was seen when it happened. */
export function event(kind: RecordedKind, time: string, more: Partial<RecordedEvent> = {}): RecordedEvent {
  return { time, seenAt: time, registry: 'dockerhub', repo: 'acme/app', kind, detail: undefined, ...more };
}
