import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvChunks, jsonChunks, prepareText, textOfChunks, type Cell } from './table.ts';

const anyCell: fc.Arbitrary<Cell> = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined));

interface Made {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Cell[]>;
}

function json(table: Made): unknown {
  return JSON.parse(textOfChunks(jsonChunks(table)));
}

function csv(rows: Made['rows'], columns = ['a', 'b']): string {
  return textOfChunks(csvChunks({ columns, rows }));
}

/** RFC 4180, plainly. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('a table as JSON', () => {
  it('is an array of one object a row, with null for what is not known', () => {
    const table = {
      columns: ['name', 'pulls', 'stale', 'day'],
      rows: [
        ['a/b', 3, true, undefined],
        ['"c"\n', 0, false, null],
      ],
    };

    expect(json(table)).toEqual([
      { name: 'a/b', pulls: 3, stale: true, day: null },
      { name: '"c"\n', pulls: 0, stale: false, day: null },
    ]);
    expect(json({ columns: ['a'], rows: [] })).toEqual([]);
  });

  it('comes in pieces when it is long, and the pieces make the whole', () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => [`image-${at}`, at]);
    const pieces = [...jsonChunks({ columns: ['name', 'pulls'], rows })];

    expect(pieces.length).toBeGreaterThan(2);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
    expect(JSON.parse(textOfChunks(pieces))).toHaveLength(5_000);
  });

  it('says what JSON.stringify would say of the same objects', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyCell, anyCell)), (rows) => {
        const objects = rows.map(([a, b]) => ({ a: a ?? null, b: b ?? null }));
        expect(textOfChunks(jsonChunks({ columns: ['a', 'b'], rows }))).toBe(JSON.stringify(objects));
      }),
    );
  });
});

describe('a text that was prepared', () => {
  it('is written as the text itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const [plain, prepared] = [texts.map((text) => [text]), texts.map((text) => [prepareText(text)])];
        for (const chunksOf of [jsonChunks, csvChunks]) {
          const write = (rows: Made['rows']): string => textOfChunks(chunksOf({ columns: ['a'], rows }));
          expect(write(prepared)).toBe(write(plain));
        }
      }),
    );
  });
});

describe('a table whose rows come in batches', () => {
  it.each([
    ['JSON', jsonChunks],
    ['CSV', csvChunks],
  ] as const)('is the same %s, and no more rows are taken than pieces', async (_, chunksOf) => {
    const columns = ['name', 'pulls'];
    const rows = Array.from({ length: 5_000 }, (__, at): Cell[] => [`image-${at}`, at]);
    let taken = 0;
    function* taking(batch: readonly Cell[][]): Generator<Cell[]> {
      for (const row of batch) {
        taken += 1;
        yield row;
      }
    }
    async function* come(): AsyncGenerator<Iterable<Cell[]>> {
      yield [];
      for (let at = 0; at < rows.length; at += 2_500) yield taking(rows.slice(at, at + 2_500));
    }
    const pieces: Uint8Array[] = [];
    const takenBefore: number[] = [];
    for await (const piece of chunksOf({ columns, rows: come() })) {
      takenBefore.push(taken);
      pieces.push(piece);
    }

    expect(textOfChunks(pieces)).toBe(textOfChunks(chunksOf({ columns, rows })));
    expect(pieces.length).toBeGreaterThan(1);
    expect(takenBefore[0]).toBeLessThan(rows.length);
  });
});

describe('a table as CSV', () => {
  it('has a header and one line a row, with nothing for what is not known', () => {
    expect(
      csv([
        ['acme/app', 3],
        [null, 0],
        [undefined, false],
      ]),
    ).toBe('a,b\r\nacme/app,3\r\n,0\r\n,false\r\n');
    expect(csv([])).toBe('a,b\r\n');
  });

  it('quotes what would break a line or a cell', () => {
    expect(
      csv([
        ['a,b', 'say "x"'],
        ['line\nbreak', 'x'],
      ]),
    ).toBe('a,b\r\n"a,b","say ""x"""\r\n"line\nbreak",x\r\n');
  });

  it('is never a formula to a spreadsheet', () => {
    const dangerous = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'];

    const cells = parseCsv(csv(dangerous.map((text) => [text, 1]))).slice(1);

    expect(cells.map(([text]) => text)).toEqual(dangerous.map((text) => `'${text}`));
    expect(csv([['a', -5]])).toContain('a,-5');
  });

  it('can be read back, whatever the texts are', () => {
    const text = fc.string().filter((each) => !/^[=+\-@\t\r]/.test(each));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.integer())), (rows) => {
        expect(parseCsv(csv(rows)).slice(1)).toEqual(rows.map(([a, b]) => [a, String(b)]));
      }),
    );
  });
});
