/** Bodies in pieces: each is made, or copied, when the reader takes it. */
import { Readable } from 'node:stream';
import { eventLoopTurn } from '../core/model/event-loop-turn.ts';
import type { Sending } from './outgoing.ts';

/** What a reader that takes nothing holds, a few times. */
export const pieceBytes = 65_536;

/** Text, or its UTF-8. */
export type Piece = string | Uint8Array;

/** Pieces in turn. */
export type Pieces = Iterator<Piece> | AsyncIterator<Piece>;

export function piecesOf(chunks: Iterable<Piece> | AsyncIterable<Piece>): Pieces {
  return Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
}

/** What was made already and what is still to come; the source ends with the stream. */
export function streamPieces(begun: Uint8Array[], pieces: Pieces, sending: Sending): Readable {
  const take = async (stream: Readable): Promise<void> => {
    sending.onWanted();
    const first = begun.shift();
    // A fast reader takes each piece at once: without a turn nobody else would be answered until the end.
    await eventLoopTurn();
    const next = first ? { value: first } : await pieces.next();
    sending.onTaken();
    stream.push('done' in next && next.done ? null : next.value);
  };
  return new Readable({
    highWaterMark: pieceBytes,
    read() {
      take(this).catch((error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))));
    },
    destroy(error, done) {
      endPieces(pieces);
      done(error);
    },
  });
}

/** Tells the source that nothing more is taken. What it says to that matters to nobody. */
export function endPieces(pieces: Pieces): void {
  void (async () => pieces.return?.())().catch(() => undefined);
}

/** A body that is there, in copies of its pieces: the last of them, in a socket, does not hold the whole. */
export function streamWhole(body: Uint8Array, sending: Sending): Readable {
  let at = 0;
  const stream = new Readable({
    highWaterMark: pieceBytes,
    read() {
      const piece = Buffer.from(body.subarray(at, at + pieceBytes));
      at += pieceBytes;
      sending.onTaken();
      this.push(piece.length > 0 ? piece : null);
    },
  });
  return sending.attach(stream);
}
