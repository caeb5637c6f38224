/** What can happen to an image or a registry, and which events are the same. */
import { compareText } from './image.ts';

/** Events that are recorded when they are seen: the stored totals do not show them later. */
const listedKinds = [
  'tag_pushed',
  'image_gone',
  'image_back',
  'registry_dark',
  'registry_back',
  'collecting_failed',
  'collecting_restored',
  'storing_failed',
  'storing_restored',
  'notification_failed',
] as const;
export type ListedKind = (typeof listedKinds)[number];

/**
 * What runs saw of the counters of an owner, named in `detail`: that none of them changed for a while, and when a registry stopped updating
 * them and went on. Nobody is shown these; the `frozen` event of the registry follows from them.
 */
const counterKinds = ['counters_paused', 'counters_stopped', 'counters_resumed'] as const;

/** All that is recorded. */
export const recordedKinds = [...listedKinds, ...counterKinds] as const;
export type RecordedKind = (typeof recordedKinds)[number];

const totalKinds = ['first_seen', 'counter_went_down', 'frozen', 'inconsistent', 'milestone', 'unusual_day'] as const;

/** All events that are shown: those that follow from the stored totals, and recorded ones. */
export const eventKinds = [...totalKinds, ...listedKinds] as const;
export type EventKind = (typeof eventKinds)[number];

/** Those that follow from the stored totals. */
export const derivedKinds: ReadonlySet<EventKind> = new Set(totalKinds);

/** In place of a registry, where an event is about the service itself. */
export const serviceName = 'registry-stats';

export interface RecordedEvent {
  /** ISO 8601 moment at which it happened, as far as that is known. */
  readonly time: string;
  /** ISO 8601 moment at which it was seen; its UTC day is the snapshot that keeps it. */
  readonly seenAt: string;
  readonly registry: string;
  /** Canonical name; absent when it is about the whole registry. */
  readonly repo?: string | undefined;
  readonly kind: RecordedKind;
  /** The names of the tags, the cause of an outage, or the owner of the counters. */
  readonly detail?: string | undefined;
}

/** Whether a recorded event is one that is shown. */
export function isListed(event: RecordedEvent): event is RecordedEvent & { readonly kind: ListedKind } {
  return listedKinds.some((kind) => kind === event.kind);
}

/** What makes two events the same, whenever they were seen. */
export function eventIdentity({ time, registry, repo, kind, detail }: RecordedEvent): readonly string[] {
  return [time, registry, repo ?? '', kind, detail ?? ''];
}

/** The identity as one text: what maps and sets of events are keyed by. */
export function eventKey(event: RecordedEvent): string {
  return JSON.stringify(eventIdentity(event));
}

/** Orders events by time, then registry, then repo; those of a whole registry before those of its images. */
export function compareEvents(a: TimedSubject, b: TimedSubject): number {
  return compareTimes(a.time, b.time) || compareText(a.registry, b.registry) || compareText(a.repo ?? '', b.repo ?? '');
}

/** Moments that are written in the same way, as nearly all are, need not be parsed. */
function compareTimes(a: string, b: string): number {
  const isSameForm = a.length === b.length && a.endsWith('Z') && b.endsWith('Z');
  return isSameForm ? compareText(a, b) : Date.parse(a) - Date.parse(b);
}

type TimedSubject = Pick<RecordedEvent, 'time' | 'registry' | 'repo'>;
