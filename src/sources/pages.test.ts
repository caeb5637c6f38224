import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import type { Tag } from '../core/model/reading.ts';
import { listingOf, readPages, tagsOf, type ListedRow, type Page } from './pages.ts';

const broken = new AppError('unreachable', 'it does not answer', { retryAfterMs: 5000 });

/** Gives these pages, each asked with the number of the one before. */
function pagesOf(...pages: readonly (Page['rows'] | AppError)[]) {
  const asked: (string | undefined)[] = [];
  const readPage = async (next: string | undefined): Promise<Page> => {
    asked.push(next);
    const at = Number(next ?? 0);
    const page = pages[at];
    if (page instanceof AppError) throw page;
    return { rows: page ?? [], next: at + 1 < pages.length ? String(at + 1) : null };
  };
  return { readPage, asked };
}

function listedRow(row: unknown): ListedRow {
  if (typeof row !== 'string') return 'unusable';
  return row === 'secret' ? 'hidden' : { repo: row };
}

function tagOf(row: unknown): Tag | undefined {
  return typeof row === 'string' ? { name: row } : undefined;
}

describe('pages', () => {
  it('are read to the last, each asked with what the one before said', async () => {
    const { readPage, asked } = pagesOf(['a'], [], ['b']);

    expect(await readPages({ maxRows: 100, maxPages: 5 }, readPage, undefined)).toEqual({ rows: ['a', 'b'], isWhole: true });
    expect(asked).toEqual([undefined, '1', '2']);
  });

  it('are kept before one that fails', async () => {
    expect(await readPages({ maxRows: 100, maxPages: 5 }, pagesOf(['a'], broken, ['b']).readPage, undefined)).toEqual({
      rows: ['a'],
      isWhole: false,
      failure: broken,
    });
  });

  it('are read up to the bound', async () => {
    const { readPage, asked } = pagesOf(['a'], ['b'], ['c']);

    expect(await readPages({ maxRows: 100, maxPages: 2 }, readPage, undefined)).toEqual({ rows: ['a', 'b'], isWhole: false });
    expect(asked).toHaveLength(2);
  });

  it('are read up to the bound of rows, however small they are', async () => {
    const { readPage, asked } = pagesOf(['a', 'b'], ['c'], ['d'], ['e']);

    expect(await readPages({ maxRows: 4, maxPages: 50 }, readPage, undefined)).toEqual({ rows: ['a', 'b', 'c', 'd'], isWhole: false });
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['a next that was asked already', (at: number) => ({ rows: [`row ${at}`], next: at % 2 === 0 ? 'x' : 'y' }), 3],
    ['the same rows with ever another next', (at: number) => ({ rows: ['a', 'b'], next: String(at) }), 2],
  ])('end with a failure where they repeat: %s', async (_how, pageAt, requests) => {
    let count = 0;

    const { isWhole, failure } = await readPages({ maxRows: 1000, maxPages: 50 }, async () => pageAt(count++), undefined);

    expect({ isWhole, code: failure?.code, count }).toEqual({ isWhole: false, code: 'invalid_response', count: requests });
  });

  it('may be empty in the middle', async () => {
    const { readPage } = pagesOf(['a'], [], [], ['b']);

    expect(await readPages({ maxRows: 100, maxPages: 9 }, readPage, undefined)).toEqual({ rows: ['a', 'b'], isWhole: true });
  });

  it('are not kept when the reading was stopped', async () => {
    const stop = new Error('stop');

    await expect(readPages({ maxRows: 100, maxPages: 2 }, pagesOf(['a'], broken).readPage, AbortSignal.abort(stop))).rejects.toBe(stop);
  });
});

describe('the list of an owner', () => {
  const acme = { owner: 'acme', place: 'on Quay.io', nestedNames: false };

  it('has each image once, in any letter case', () => {
    expect(listingOf({ rows: ['acme/app', 'Acme/App', 'secret'], isWhole: true }, acme, listedRow)).toEqual({
      images: [{ ref: { owner: 'acme', name: 'app' } }],
      complete: true,
    });
  });

  it('has nested names only where the registry has them', () => {
    const pages = { rows: ['acme/app', 'acme/charts/app'], isWhole: true };

    expect(listingOf(pages, acme, listedRow)).toMatchObject({ images: [{}], complete: false });
    expect(listingOf(pages, { ...acme, nestedNames: true }, listedRow)).toMatchObject({ images: [{}, {}], complete: true });
  });

  it.each([
    ['a page failed', { rows: ['acme/app'], isWhole: false, failure: broken }, broken.message],
    ['the bound was reached', { rows: ['acme/app'], isWhole: false }, 'no more than 1 rows'],
    ['a row is not understood', { rows: ['acme/app', 7], isWhole: true }, '1 row of the list of acme could not be used'],
  ])('is not complete where %s, and says why', (_case, pages, message) => {
    const listing = listingOf(pages, acme, listedRow);

    expect(listing.images).toHaveLength(1);
    expect(listing.complete).toBe(false);
    expect(listing.shortfall?.message).toContain(message);
  });

  it.each([
    ['not_found', { rows: ['secret'], isWhole: true }],
    ['unreachable', { rows: [], isWhole: false, failure: broken }],
    ['invalid_response', { rows: [7], isWhole: true }],
  ])('that names nothing is %s', (code, pages) => {
    expect(() => listingOf(pages, acme, listedRow)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the tags of an image', () => {
  it('are counted when all were read', () => {
    expect(tagsOf({ rows: ['1.0', 'latest', '1.0'], isWhole: true }, tagOf)).toEqual({
      tags: [{ name: '1.0' }, { name: 'latest' }],
      tagCount: 2,
    });
  });

  it.each([
    ['there are more', { rows: ['1.0'], isWhole: false }],
    ['one is not understood', { rows: ['1.0', 7], isWhole: true }],
    ['one has a name that no tag can have', { rows: ['1.0', '\u001b[31m1.1'], isWhole: true }],
  ])('are not counted where %s', (_case, pages) => {
    expect(tagsOf(pages, tagOf)).toEqual({ tags: [{ name: '1.0' }], tagCount: undefined });
  });

  it('are kept before a page that fails, with what failed and how long it lasts', () => {
    const { tags, flaw } = tagsOf({ rows: ['1.0'], isWhole: false, failure: broken }, tagOf);

    expect(tags).toHaveLength(1);
    expect(flaw).toMatchObject({ code: 'unreachable', message: 'only 1 tags could be read: it does not answer', retryAfterMs: 5000 });
  });

  it.each([
    ['unreachable', { rows: [], isWhole: false, failure: broken }],
    ['invalid_response', { rows: [7], isWhole: true }],
  ])('are left away where none could be read (%s)', (code, pages) => {
    const read = tagsOf(pages, tagOf);

    expect(read.tags).toBeUndefined();
    expect(read.flaw?.code).toBe(code);
  });
});
