/** Millions of small texts and numbers as UTF-8 in chunks. Written byte by byte: strings that are put together would be garbage to clean up. */

export interface Utf8Writer {
  text(text: string): void;
  /** As String() says it. */
  number(value: number): void;
  /** How much is written and not taken yet. */
  length(): number;
  /** What is written; nobody else writes into it. */
  take(): Uint8Array;
}

/** `chunkBytes`: what a chunk usually has; it grows where one text needs more. */
export function createUtf8Writer(chunkBytes: number): Utf8Writer {
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(0);
  let end = 0;

  function makeRoom(more: number): void {
    if (end + more <= bytes.length) return;
    const larger = new Uint8Array(Math.max(end + more, chunkBytes));
    larger.set(bytes.subarray(0, end));
    bytes = larger;
  }

  function text(value: string): void {
    makeRoom(value.length * maxBytesPerUnit);
    const target = bytes;
    const start = end;
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      if (code > lastAscii) {
        end = start + encoder.encodeInto(value, target.subarray(start)).written;
        return;
      }
      target[start + at] = code;
    }
    end = start + value.length;
  }

  return {
    text,
    number(value) {
      if (!Number.isSafeInteger(value) || value < 0) return text(String(value));
      let digits = 1;
      for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
      makeRoom(digits);
      end += digits;
      let rest = value;
      for (let at = 1; at <= digits; at += 1) {
        const tenth = Math.floor(rest / 10);
        bytes[end - at] = rest - 10 * tenth + digitZero;
        rest = tenth;
      }
    },
    length: () => end,
    take() {
      const taken = bytes.subarray(0, end);
      bytes = new Uint8Array(0);
      end = 0;
      return taken;
    },
  };
}

const maxBytesPerUnit = 3;
const lastAscii = 0x7f;
const digitZero = 0x30;
