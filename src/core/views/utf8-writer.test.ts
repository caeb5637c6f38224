import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUtf8Writer } from './utf8-writer.ts';

describe('texts and numbers as UTF-8', () => {
  it('are what Node makes of the whole text, wherever a chunk is taken', () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\uFEFFx'), fc.constant('\uD800x'));
    const anyNumber = fc.oneof(fc.maxSafeNat(), fc.integer(), fc.double(), fc.constantFrom(0, -0, 9, 10, 999, 1000, 2 ** 53, 1e21));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(anyText, anyNumber), fc.boolean())), fc.integer({ min: 1, max: 40 }), (parts, chunkBytes) => {
        const writer = createUtf8Writer(chunkBytes);
        const taken: Uint8Array[] = [];
        for (const [part, isTaken] of parts) {
          if (typeof part === 'number') writer.number(part);
          else writer.text(part);
          if (isTaken) taken.push(writer.take());
        }

        const expected = Buffer.concat(parts.map(([part]) => Buffer.from(String(part))));
        expect(writer.length()).toBe(expected.length - taken.reduce((sum, { length }) => sum + length, 0));
        expect(Buffer.concat([...taken, writer.take()])).toEqual(expected);
      }),
    );
  });
});
