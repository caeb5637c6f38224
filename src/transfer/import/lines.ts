/** Splits a stream of bytes into lines. */

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Set for a line that is too long; its text is then empty. */
  readonly isTooLong: boolean;
}

/** A line of NDJSON holds an image with all of its tags. */
export const maxLineLength = 8 * 1024 * 1024;

/** The lines without their ends and without a byte order mark; empty ones are counted but not yielded. Bytes that are not UTF-8 become �. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  let isTooLong = false;
  const toLine = (text: string): Line => ({ number, isTooLong, text: isTooLong ? '' : text.replace(/\r$/, '') });
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      number += 1;
      const line = toLine(part);
      if (line.isTooLong || line.text !== '') yield line;
      isTooLong = false;
    }
    if (rest.length > maxLineLength) {
      isTooLong = true;
      rest = '';
    }
  }
  number += 1;
  const last = toLine(rest + decoder.decode());
  if (last.isTooLong || last.text !== '') yield last;
}
