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
export const shownRecordedKinds: ReadonlySet<ListedKind> = new Set(listedKinds);

/**
 * What runs saw of the counters of an owner, named in `detail`: that none of them changed for a while, and when a registry stopped updating
 * them and went on. Nobody is shown these; the `frozen` event of the registry follows from them.
 */
const counters = ['counters_paused', 'counters_stopped', 'counters_resumed'] as const;
export const counterKinds: ReadonlySet<RecordedKind> = new Set(counters);

/** All that is recorded. */
export const recordedKinds = [...listedKinds, ...counters] as const;
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

/** What makes it the same event later, whenever it was seen, when more is known of it or the program words it in another way. */
export type EventIdentity = readonly [time: string, registry: string, repo: string, kind: string, detail: string];

type Identified = TimedSubject & { readonly kind: string; readonly detail?: string | undefined };

export function eventIdentity({ time, registry, repo = '', kind, detail = '' }: Identified): EventIdentity {
  return [time, registry, repo, kind, detail];
}

/** The identity as one text: what maps and sets of events are keyed by. */
export function eventKey(event: RecordedEvent): string {
  return JSON.stringify(eventIdentity(event));
}

/** Orders events by time, then registry, then repo; those of a whole registry before those of its images. */
export function compareEvents(a: TimedSubject, b: TimedSubject): number {
  return compareTimes(a.time, b.time) || compareText(a.registry, b.registry) || compareText(a.repo ?? '', b.repo ?? '');
}

/** Orders identities as `compareEvents` does, without ties. */
export function compareIdentities(a: readonly string[], b: readonly string[]): number {
  const [[time = '', registry = '', repo, ...rest], [otherTime = '', otherRegistry = '', otherRepo, ...otherRest]] = [a, b];
  const order = compareEvents({ time, registry, repo }, { time: otherTime, registry: otherRegistry, repo: otherRepo });
  if (order !== 0) return order;
  const [[kind = '', detail = ''], [otherKind = '', otherDetail = '']] = [rest, otherRest];
  return compareText(time, otherTime) || compareText(kind, otherKind) || compareText(detail, otherDetail);
}

/** The same order, of events. */
export function compareByIdentity(a: Identified, b: Identified): number {
  return compareEvents(a, b) || compareIdentities(eventIdentity(a), eventIdentity(b));
}

/** The same order; of one that was seen on two days the first before the second. */
export function compareRecorded(a: RecordedEvent, b: RecordedEvent): number {
  return compareByIdentity(a, b) || compareText(a.seenAt, b.seenAt);
}

/** To the millisecond, however exactly they are written. */
function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  const isPlain = plainTime.test(a) && plainTime.test(b);
  return isPlain ? compareText(a.slice(0, plainLength), b.slice(0, plainLength)) : Date.parse(a) - Date.parse(b);
}

/** As nearly all are: those need not be parsed. */
const plainTime = /^.{19}\.\d{3,}Z$/;
const plainLength = '2026-03-14T10:00:00.000'.length;

type TimedSubject = Pick<RecordedEvent, 'time' | 'registry' | 'repo'>;
