import { describe, expect, it } from 'vitest';
import { joinCsvRecords } from './csv-records.ts';
import { splitLines } from './lines.ts';

async function* bytesOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function records(text: string, size = 64 * 1024): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { number, cells } of joinCsvRecords(splitLines(bytesOf(text, size)))) found.push([number, cells]);
  return found;
}

const mismatch = 'unbalanced quotes';

describe('the records of a CSV', () => {
  it.each([
    [
      'one a line',
      'a,b\r\nc,\n',
      [
        [1, ['a', 'b']],
        [2, ['c', '']],
      ],
    ],
    [
      'quoted commas and quotes',
      '"a,b","say ""x"""\nc,d',
      [
        [1, ['a,b', 'say "x"']],
        [2, ['c', 'd']],
      ],
    ],
    [
      'a cell with line breaks',
      'a,"b\r\n\nc",d\ne,f',
      [
        [1, ['a', 'b\n\nc', 'd']],
        [4, ['e', 'f']],
      ],
    ],
    [
      'a line break between two quotes',
      'a,"b""\n""c"\nd',
      [
        [1, ['a', 'b"\n"c']],
        [3, ['d']],
      ],
    ],
    ['a lone CR, which ends nothing', 'a\rb,c', [[1, ['a\rb', 'c']]]],
  ])('have %s, wherever the pieces end', async (_what, text, expected) => {
    expect(await records(text)).toEqual(expected);
    expect(await records(text, 1)).toEqual(expected);
  });

  it.each([
    [
      'never closed',
      '"a,b\nc,d\ne,f',
      [
        [1, mismatch],
        [2, ['c', 'd']],
        [3, ['e', 'f']],
      ],
    ],
    [
      'closed by the next cell that has one',
      '"a,b\nc,d\ne,"f\ng"',
      [
        [1, mismatch],
        [2, ['c', 'd']],
        [3, ['e', 'f\ng']],
      ],
    ],
    [
      'in the middle of a cell',
      'a"b"c,d\ne,f',
      [
        [1, mismatch],
        [2, ['e', 'f']],
      ],
    ],
  ])('lose one line to a quote that is %s', async (_what, text, expected) => {
    expect(await records(text)).toEqual(expected);
  });

  it('lose one line to a quote that is not closed within the longest record', async () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => `x,${at}`);

    const found = await records(`"a,b\n${rows.join('\n')}\ny,"z"`);

    expect(found).toHaveLength(200_002);
    expect(found[0]).toEqual([1, mismatch]);
    expect(found[1]).toEqual([2, ['x', '0']]);
    expect(found.at(-1)).toEqual([200_002, ['y', 'z']]);
  });

  it('leave one out that is too long, and a quote before it that is not closed', async () => {
    const long = `"${'x'.repeat(2 * 1024 * 1024)}"`;

    expect(await records(`a\n"b\nc\n${long}\nd`)).toEqual([
      [1, ['a']],
      [2, mismatch],
      [3, ['c']],
      [4, 'line too long'],
      [5, ['d']],
    ]);
  });
});
