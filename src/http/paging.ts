/** Rows in pages: `limit` and `cursor`. A cursor says after which row a page begins, so that rows that come and go shift nothing. */
import { createHash } from 'node:crypto';
import { AppError } from '../core/model/errors.ts';
import { countBefore } from '../core/numbers/sorted.ts';
import { format } from './parameters.ts';
import type { Field } from './query.ts';
import { integer, text } from './schema.ts';

const maxLimit = 1_000;
const maxCursorLength = 4_096;

/** What identifies a row in the order of its endpoint. */
export type RowKey = readonly string[];

export interface Paging {
  /** Absent: all rows. */
  readonly limit?: number | undefined;
  /** The row before the first one. */
  readonly after?: RowKey | undefined;
  /** The rest of the address, for that of the next page. */
  readonly others: string;
}

/** The paging of an endpoint that takes these fields too, and whose rows have keys of `length` parts. `name` keeps cursors of other endpoints out. */
export function pagingField(name: string, length: number, ...fields: readonly Field<unknown>[]): Field<Paging | undefined> {
  const names = new Set(['limit', ...[...fields, format].flatMap(({ parameters }) => Object.keys(parameters))]);
  return {
    parameters: {
      limit: integer({ minimum: 1, maximum: maxLimit, description: `At most so many rows, from 1 to ${maxLimit}; absent: all` }),
      cursor: text({ description: 'Where the page begins, as the `Link` header of the one before says' }),
    },
    parse(query) {
      const limit = parseLimit(query.get('limit'));
      const cursor = query.get('cursor')?.trim() ?? '';
      if (limit === undefined && cursor === '') return undefined;
      const others = new URLSearchParams([...query].filter(([parameter]) => names.has(parameter)));
      return { limit, after: cursor === '' ? undefined : readCursor(cursor, name, length), others: others.toString() };
    },
  };
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** How many rows are before them. */
  readonly start: number;
  /** The query of the next page; absent on the last. */
  readonly next?: string | undefined;
  /** The query of the page before, which is empty for the first one; absent on the first. */
  readonly previous?: string | undefined;
}

export interface Order<Row> {
  readonly name: string;
  readonly key: (row: Row) => RowKey;
  /** Keys in the order of the rows. */
  readonly compare: (a: RowKey, b: RowKey) => number;
}

/** One page of sorted rows. The row that the cursor names may be gone: then it begins with the one that came after it. */
export function cutPage<Row>(rows: readonly Row[], paging: Paging | undefined, order: Order<Row>): Page<Row> {
  if (!paging) return { rows, start: 0 };
  const { limit = rows.length, after, others } = paging;
  const start = after ? countBefore(rows, (row) => order.compare(order.key(row), after) <= 0) : 0;
  const end = start + limit;
  const queryAfter = (last: Row | undefined): string => {
    const query = new URLSearchParams(others);
    if (last !== undefined) query.set('cursor', writeCursor(order.name, order.key(last)));
    return query.size === 0 ? '' : `?${query.toString()}`;
  };
  return {
    rows: rows.slice(start, end),
    start,
    next: end < rows.length ? queryAfter(rows[end - 1]) : undefined,
    previous: start > 0 ? queryAfter(rows[start - limit - 1]) : undefined,
  };
}

/** A cursor is opaque: the key with a sum over it, so that one that was changed or cut is told apart. */
export function writeCursor(name: string, key: RowKey): string {
  const body = JSON.stringify([name, ...key]);
  return Buffer.from(sumOf(body) + body).toString('base64url');
}

/** @throws AppError invalid_input */
export function readCursor(cursor: string, name: string, length: number): RowKey {
  const decoded = cursor.length > maxCursorLength ? '' : Buffer.from(cursor, 'base64url').toString();
  const [sum, body] = [decoded.slice(0, sumLength), decoded.slice(sumLength)];
  if (body !== '' && sum === sumOf(body)) {
    const parts: unknown = JSON.parse(body);
    if (Array.isArray(parts) && parts.every((part) => typeof part === 'string') && parts[0] === name && parts.length === length + 1) {
      return parts.slice(1);
    }
  }
  throw new AppError(
    'invalid_input',
    '"cursor" is not one that this endpoint gave: take the address of the next page from the Link header, or leave it out to begin at the start',
  );
}

const sumLength = 8;

function sumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, sumLength);
}

function parseLimit(value: string | null): number | undefined {
  const limit = value?.trim();
  if (!limit) return undefined;
  const rows = /^\d{1,6}$/.test(limit) ? Number(limit) : 0;
  if (rows >= 1 && rows <= maxLimit) return rows;
  throw new AppError('invalid_input', `"limit" is ${JSON.stringify(limit)}: valid is a whole number from 1 to ${maxLimit}`);
}
