import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import { discardBody, readBody } from './body.ts';

const host = 'registry.example';

/** A response whose body comes in pieces; `onCancel` is called when nobody wants the rest. */
function inPieces(pieces: readonly Uint8Array[], onCancel?: () => void, headers: Record<string, string> = {}): Response {
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces[next++];
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
    cancel: onCancel ?? (() => undefined),
  });
  return new Response(body, { headers });
}

describe('a body', () => {
  it('is read as UTF-8, without the mark that some put in front', async () => {
    const bytes = new TextEncoder().encode('\uFEFF{"name":"größe"}');

    await expect(readBody(new Response(bytes), host, 100)).resolves.toBe('{"name":"größe"}');
  });

  it('shows where its last character is not complete', async () => {
    await expect(readBody(new Response(Uint8Array.of(0x41, 0xc3)), host, 100)).resolves.toBe('A\uFFFD');
  });

  it('is empty where there is none', async () => {
    await expect(readBody(new Response(null, { status: 204 }), host, 100)).resolves.toBe('');
  });

  it('may have exactly the bytes that are allowed', async () => {
    await expect(readBody(new Response('12345'), host, 5)).resolves.toBe('12345');
  });

  it('is refused whole with one byte more, and the rest is not fetched', async () => {
    let cancelled = false;
    const pieces = Array.from({ length: 1000 }, () => new Uint8Array(4));
    const response = inPieces(pieces, () => {
      cancelled = true;
    });

    const reading = readBody(response, host, 7);

    await expect(reading).rejects.toMatchObject({ code: 'invalid_response', message: 'registry.example answered with more than 7 bytes' });
    expect(cancelled).toBe(true);
  });

  it('is counted in bytes, not in characters', async () => {
    await expect(readBody(new Response('ääää'), host, 7)).rejects.toBeInstanceOf(AppError);
    await expect(readBody(new Response('ääää'), host, 8)).resolves.toBe('ääää');
  });

  it('is refused before it is read when it announces too much', async () => {
    let cancelled = false;
    const onCancel = (): void => {
      cancelled = true;
    };
    const response = inPieces([], onCancel, { 'content-length': '4194305' });

    await expect(readBody(response, host, 4_194_304)).rejects.toThrow('registry.example answered with more than 4 MiB');

    expect(cancelled).toBe(true);
  });

  it.each(['soon', '-1', ''])('is read in spite of the senseless length "%s"', async (length) => {
    await expect(readBody(inPieces([new Uint8Array([65])], undefined, { 'content-length': length }), host, 10)).resolves.toBe('A');
  });

  it('fails as its stream fails', async () => {
    const failure = new TypeError('terminated');
    const body = new ReadableStream({
      pull(controller) {
        controller.error(failure);
      },
    });

    await expect(readBody(new Response(body), host, 10)).rejects.toBe(failure);
  });

  it('is the same wherever it is cut into pieces', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(160), { maxLength: 6 }), async (value, cuts) => {
        const bytes = new TextEncoder().encode(value);
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));

        const read = await readBody(inPieces(pieces.filter((piece) => piece.length > 0)), host, bytes.length);

        expect(read).toBe(new TextDecoder().decode(bytes));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a body that nobody wants', () => {
  it('is cancelled, so that the socket is free', () => {
    let cancelled = false;
    const response = inPieces([], () => {
      cancelled = true;
    });

    discardBody(response);

    expect(cancelled).toBe(true);
  });

  it('may be missing, or refuse to be cancelled', async () => {
    const refusing = inPieces([], () => {
      throw new Error('no');
    });

    expect(() => discardBody(new Response(null))).not.toThrow();
    expect(() => discardBody(refusing)).not.toThrow();
    await Promise.resolve();
  });
});
