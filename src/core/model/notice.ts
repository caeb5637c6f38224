/** What is sent to people: events of a run as one message, or a digest; and what is known of the channels that take it. */
import type { EventKind } from './event.ts';

/** An event as a receiver gets it. */
export interface NoticeEvent {
  /** The same whenever and however often it is sent. */
  readonly id: string;
  /** ISO 8601 moment; the start of the day where only that is known. */
  readonly time: string;
  readonly registry: string;
  readonly repo?: string | undefined;
  readonly kind: EventKind;
  /** What it is about, for people. */
  readonly subject: string;
  /** One sentence, without what it is about. */
  readonly text: string;
}

/** What the report says of a time, as text, and what else happened in it. */
export interface Digest {
  /** The first and the last day. */
  readonly from: string;
  readonly to: string;
  readonly head: readonly string[];
  /** The largest total first. */
  readonly rows: readonly (readonly string[])[];
  /** Images that have no row here. */
  readonly moreRows: number;
  readonly sum: readonly string[];
  /** One line each. */
  readonly movers: readonly string[];
  readonly milestones: readonly string[];
  readonly problems: readonly string[];
  /** Pulls of each day; null where none are known. */
  readonly daily: readonly (number | null)[];
}

/** One message to one channel. */
export interface Notice {
  /** The same for every attempt to deliver it. */
  readonly id: string;
  readonly kind: 'events' | 'digest' | 'test';
  /** ISO 8601 moment at which it was made. */
  readonly time: string;
  readonly title: string;
  readonly isProblem: boolean;
  /** What it says, one line each: many events of one kind are one line. */
  readonly lines: readonly string[];
  readonly events: readonly NoticeEvent[];
  /** Events that are not among them because there are too many. */
  readonly moreEvents: number;
  readonly digest?: Digest | undefined;
}

/** A message on its way to a channel. */
export interface Delivery {
  readonly channel: string;
  readonly notice: Notice;
  /** How often it was tried before. */
  readonly attempts: number;
  /** Milliseconds since it was tried first; 0 when it never was. */
  readonly triedForMs: number;
}

/** How an attempt ended. */
export type DeliveryEnd =
  | { readonly kind: 'delivered' }
  /** `isChannelDown`: whatever else waits for the channel is not tried before either. */
  | { readonly kind: 'failed'; readonly error: string; readonly retryInMs: number; readonly isChannelDown: boolean }
  | { readonly kind: 'given up'; readonly error: string }
  /** Not tried to its end: somebody else may take it. */
  | { readonly kind: 'released' };

/** What became of the deliveries of a channel. */
export interface ChannelRecord {
  readonly channel: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** ISO 8601 moments. */
  readonly lastSuccess?: string | undefined;
  readonly lastErrorAt?: string | undefined;
  /** Of the last failed attempt, also when a later one succeeded. */
  readonly lastError?: string | undefined;
}

/** A channel as it is shown: nothing of its address but the host. */
export interface ChannelStatus extends ChannelRecord {
  readonly kind: string;
  readonly host: string;
}

/** What is remembered of the events that were looked at, so that each is sent once. */
export interface NotifyMemory {
  /** ISO 8601 start of the last run that was looked at. */
  readonly watermark: string;
  /** Images by a short hash: the day on which their events began to count. */
  readonly known: Readonly<Record<string, number>>;
  /** Ids of events that were looked at, and until which day they are remembered. */
  readonly seen: Readonly<Record<string, number>>;
  /** What is wrong at the moment, by registry and kind: for how many runs, and whether it was sent. */
  readonly troubles: Readonly<Record<string, Trouble>>;
  /** For when the last digest was due, in milliseconds since the epoch. */
  readonly digestAt?: number | undefined;
}

export interface Trouble {
  readonly event: NoticeEvent;
  readonly runs: number;
  readonly isSent: boolean;
}
