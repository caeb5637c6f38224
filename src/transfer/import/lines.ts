/** Splits a stream of bytes into lines. */

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Set for a line that is too long; its text is then empty. */
  readonly isTooLong: boolean;
}

/** In bytes. A line of NDJSON holds an image with all of its tags. */
export const maxLineLength = 8 * 1024 * 1024;

const newline = 0x0a;
const byteOrderMark = '\uFEFF';

/**
 * The lines without their ends and without a byte order mark; empty ones are counted but not yielded. Bytes that are not UTF-8 become �.
 * A line that is too long is neither kept nor decoded, so that 100 MB of it pass as fast as they can be read.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let pieces: Uint8Array[] = [];
  let length = 0;
  let number = 0;

  function add(piece: Uint8Array): void {
    length += piece.length;
    if (length <= maxLineLength) pieces.push(piece);
    else pieces = [];
  }

  /** The line made of the added pieces; undefined when it is empty. */
  function endLine(): Line | undefined {
    number += 1;
    const isTooLong = length > maxLineLength;
    const decoded = isTooLong ? '' : decoder.decode(Buffer.concat(pieces));
    const text = (number === 1 && decoded.startsWith(byteOrderMark) ? decoded.slice(1) : decoded).replace(/\r$/, '');
    pieces = [];
    length = 0;
    return isTooLong || text !== '' ? { number, isTooLong, text } : undefined;
  }

  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at));
      const line = endLine();
      if (line) yield line;
      from = at + 1;
    }
    add(chunk.subarray(from));
  }
  const last = endLine();
  if (last) yield last;
}
