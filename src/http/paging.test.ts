import { describe, expect, it } from 'vitest';
import { compareText } from '../core/model/image.ts';
import { cutPage, pagingField, readCursor, writeCursor, type Order, type Page, type Paging } from './paging.ts';

const order: Order<string> = { name: 'letters', key: (letter) => [letter], compare: ([a = ''], [b = '']) => compareText(a, b) };
const field = pagingField('letters', 1);

function parse(query: string): Paging | undefined {
  return field.parse(new URLSearchParams(query), { registries: [] });
}

function walk(rows: (page: number) => readonly string[], limit: number): string[][] {
  const pages: string[][] = [];
  let address: string | undefined = `?limit=${limit}&format=csv&unknown=1`;
  while (address !== undefined) {
    const page: Page<string> = cutPage(rows(pages.length), parse(address), order);
    pages.push([...page.rows]);
    address = page.next;
  }
  return pages;
}

describe('paging', () => {
  it('gives every row once, and says of the last page that it is', () => {
    expect(walk(() => ['a', 'b', 'c', 'd', 'e'], 2)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(walk(() => ['a', 'b'], 2)).toEqual([['a', 'b']]);
    expect(walk(() => [], 2)).toEqual([[]]);
  });

  it('shifts nothing when rows come and go between two pages', () => {
    expect(walk((page) => (page === 0 ? ['b', 'c', 'e', 'f'] : ['a', 'b', 'd', 'e', 'f']), 2)).toEqual([['b', 'c'], ['d', 'e'], ['f']]);
  });

  it('is off without its parameters, and gives the rest after a cursor without a limit', () => {
    expect(parse('format=csv')).toBeUndefined();
    expect(cutPage(['a', 'b', 'c'], parse(`cursor=${writeCursor('letters', ['a'])}`), order)).toEqual({
      rows: ['b', 'c'],
      start: 1,
      previous: '',
    });
  });

  it('goes back page by page, the first of which needs no cursor', () => {
    const letters = ['a', 'b', 'c', 'd', 'e'];
    const last = cutPage(letters, parse(`limit=2&cursor=${writeCursor('letters', ['d'])}`), order);
    const middle = cutPage(letters, parse(last.previous ?? ''), order);
    const first = cutPage(letters, parse(middle.previous ?? ''), order);

    expect([last, middle, first].map(({ rows, start }) => [start, ...rows])).toEqual([
      [4, 'e'],
      [2, 'c', 'd'],
      [0, 'a', 'b'],
    ]);
    expect(middle.previous).toBe('?limit=2');
    expect(first.previous).toBeUndefined();
  });

  it('keeps the parameters that the endpoint knows in the address of the next page', () => {
    const { next = '' } = cutPage(['a', 'b'], parse('limit=1&format=csv&unknown=1'), order);

    expect(Object.fromEntries(new URLSearchParams(next))).toEqual({ limit: '1', format: 'csv', cursor: writeCursor('letters', ['a']) });
  });

  it.each(['0', '-1', '1001', '1.5', 'ten', '1e2'])('refuses the limit %s', (limit) => {
    expect(() => parse(`limit=${limit}`)).toThrow(`"limit" is "${limit}": valid is a whole number from 1 to 1000`);
  });

  it('refuses cursors that were changed, cut, made up, or given by another endpoint', () => {
    const cursor = writeCursor('letters', ['a']);
    const changed = Buffer.from(Buffer.from(cursor, 'base64url').toString().replace('"a"', '"b"')).toString('base64url');
    for (const wrong of [
      changed,
      cursor.slice(0, -3),
      'abc',
      '100',
      'x'.repeat(10_000),
      writeCursor('other', ['a']),
      writeCursor('letters', ['a', 'b']),
    ]) {
      expect(() => readCursor(wrong, 'letters', 1)).toThrow('"cursor" is not one that this endpoint gave');
    }
  });
});
