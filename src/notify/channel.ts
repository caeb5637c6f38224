/** What a channel is, and what each kind of channel over HTTP says of itself. */
import type { Notice } from '../core/model/notice.ts';

/** A place to which messages are sent. */
export interface Channel {
  /** Stands for the address where things are kept; does not tell it. */
  readonly id: string;
  /** Unique among the configured ones. */
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  /**
   * Resolves to what the receiver answered when it took the message; nothing of the address is in it.
   * @throws AppError unreachable, rate_limited (with retryAfterMs where known), unauthorized, invalid_response: it was not taken; the
   *   signal's reason
   */
  send(notice: Notice, options: SendOptions): Promise<string>;
}

export interface SendOptions {
  /** Tried once, and at once. */
  readonly isTest?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is sent for a message. */
export interface HttpMessage {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json: unknown;
}

export interface HttpChannelKind {
  /** The first is the one that is shown. */
  readonly schemes: readonly [string, ...string[]];
  /** An address as an example. */
  readonly example: string;
  /** Makes the rest of an address, after `scheme://`, one with a host, where it is written without. */
  readonly withHost?: (rest: string) => string;
  /**
   * Reads an address, whose scheme is http or https here. `now`: milliseconds since the epoch.
   * @throws AppError invalid_input with what is missing; nothing of the address is in it
   */
  readonly prepare: (address: URL) => (notice: Notice, now: number) => HttpMessage;
  /** Statuses between 200 and 299 with which nothing was taken all the same, and why. */
  readonly refusals?: ReadonlyMap<number, string>;
}
