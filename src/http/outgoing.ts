/** What is being sent: all of it has a budget, and a reader that takes nothing loses its place. */
import type { Readable } from 'node:stream';
import { overloaded, type Timer } from './gate.ts';

export interface OutgoingLimits {
  /** Of all bodies that are being sent; one that many get counts once. */
  readonly maxBytes: number;
  /** How long to wait for room. */
  readonly maxWaitMs: number;
  /** A reader that takes nothing for so long is cut off, */
  readonly maxSilentMs: number;
  /** and after so long when another needs the room. */
  readonly yieldAfterMs: number;
}

export interface Outgoing {
  /** Room for a body, if there is some; one that is being sent already needs no more. */
  tryReserve(body: object, bytes: number): Sending | undefined;
  /** The same, and waits for it. @throws AppError overloaded */
  reserve(body: object, bytes: number): Promise<Sending>;
}

/** One reader of a body. */
export interface Sending {
  /** The reader wants a piece, and waits for it. */
  onWanted(): void;
  /** It got one: now it is its turn. */
  onTaken(): void;
  /** Gives the room back when the stream is closed, and closes it when its reader is cut off. */
  attach(stream: Readable): Readable;
}

interface Reader {
  readonly body: object;
  /** Undefined while a piece is made for it. */
  silentSince: number | undefined;
  stream: Readable | undefined;
}

/** Its reader took nothing any more. */
class ReaderGone extends Error {
  /** As Node calls it when a reader leaves. */
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Room for bodies; one that several have counts once. */
interface Budget {
  /** False where there is no room. */
  take(body: object, bytes: number): boolean;
  giveBack(body: object): void;
}

function createBudget(maxBytes: number): Budget {
  const bodies = new Map<object, { readonly bytes: number; takers: number }>();
  let used = 0;
  return {
    take(body, bytes) {
      const known = bodies.get(body);
      if (known) known.takers += 1;
      // One that is larger than all room goes when it is alone.
      else if (used > 0 && used + bytes > maxBytes) return false;
      else {
        bodies.set(body, { bytes, takers: 1 });
        used += bytes;
      }
      return true;
    },
    giveBack(body) {
      const known = bodies.get(body);
      if (!known || --known.takers > 0) return;
      bodies.delete(body);
      used -= known.bytes;
    },
  };
}

/** How often readers are looked at. */
const checkMs = 1_000;

export function createOutgoing(limits: OutgoingLimits, timer: Timer, now: () => number): Outgoing {
  const { maxBytes, maxWaitMs, maxSilentMs, yieldAfterMs } = limits;
  const budget = createBudget(maxBytes);
  const readers = new Set<Reader>();
  const waiting = new Set<() => void>();
  let stopChecking: (() => void) | undefined;

  function check(): void {
    const mayBeSilentMs = waiting.size > 0 ? yieldAfterMs : maxSilentMs;
    for (const { silentSince, stream } of readers) {
      if (silentSince !== undefined && now() - silentSince >= mayBeSilentMs) stream?.destroy(new ReaderGone());
    }
    stopChecking = readers.size > 0 ? timer(checkMs, check) : undefined;
  }

  function release(reader: Reader): void {
    if (!readers.delete(reader)) return;
    budget.giveBack(reader.body);
    if (readers.size === 0) {
      stopChecking?.();
      stopChecking = undefined;
    }
    for (const tryAgain of waiting) tryAgain();
  }

  function tryReserve(body: object, bytes: number): Sending | undefined {
    if (!budget.take(body, bytes)) return undefined;
    const reader: Reader = { body, silentSince: now(), stream: undefined };
    readers.add(reader);
    stopChecking ??= timer(checkMs, check);
    return {
      onWanted: () => (reader.silentSince = undefined),
      onTaken: () => (reader.silentSince = now()),
      attach(stream) {
        reader.stream = stream;
        return stream.once('close', () => release(reader));
      },
    };
  }

  return {
    tryReserve,
    reserve(body, bytes) {
      const sending = waiting.size === 0 ? tryReserve(body, bytes) : undefined;
      if (sending) return Promise.resolve(sending);
      return new Promise((resolve, reject) => {
        const tryAgain = (): void => {
          const reserved = tryReserve(body, bytes);
          if (!reserved) return;
          waiting.delete(tryAgain);
          stop();
          resolve(reserved);
        };
        const stop = timer(maxWaitMs, () => {
          waiting.delete(tryAgain);
          reject(overloaded());
        });
        waiting.add(tryAgain);
      });
    },
  };
}
