/** Rows as JSON or CSV in chunks of UTF-8: a large answer is never held in memory as objects or as one text. */
import { createUtf8Writer } from './utf8-writer.ts';

export type Cell = string | PreparedText | number | boolean | null | undefined;

/** A text that many rows have, as it is written in each of them. */
export interface PreparedText {
  readonly json: string;
  readonly csv: string;
}

export function prepareText(text: string): PreparedText {
  return { json: quoted(text), csv: csvQuoted(text) };
}

export interface Table {
  readonly columns: readonly string[];
  /**
   * The cells in the order of the columns; what is not known is null, never 0. Made as they are taken, where they are many; in batches where
   * something has to be read for them.
   */
  readonly rows: Iterable<readonly Cell[]> | AsyncIterable<Iterable<readonly Cell[]>>;
}

/** A table whose rows are there. */
interface MadeTable extends Table {
  readonly rows: Iterable<readonly Cell[]>;
}

/** How a table is written. */
interface TableFormat {
  readonly begin: string;
  /** What comes before the cell of each column. */
  readonly openings: readonly string[];
  readonly toText: (cell: Cell) => string;
  readonly endRow: string;
  readonly betweenRows: string;
  readonly end: string;
}

const chunkBytes = 65_536;
const usualRowBytes = 1_024;

/** A JSON array of one object a row. */
export function jsonChunks(table: MadeTable): Iterable<Uint8Array>;
export function jsonChunks(table: Table): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
export function jsonChunks(table: Table): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return inChunks(table.rows, jsonFormat(table.columns));
}

/** CSV as RFC 4180 has it: a header, CRLF, quotes where they are needed. */
export function csvChunks(table: MadeTable): Iterable<Uint8Array>;
export function csvChunks(table: Table): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
export function csvChunks(table: Table): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return inChunks(table.rows, csvFormat(table.columns));
}

/** The whole of what comes in chunks. */
export function textOfChunks(written: Iterable<Uint8Array>): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from(written, (chunk) => decoder.decode(chunk)).join('');
}

function inChunks(rows: Table['rows'], format: TableFormat): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in rows ? chunksAsTheyCome(rows, format) : chunks(rows, format);
}

function* chunks(rows: Iterable<readonly Cell[]>, format: TableFormat): Generator<Uint8Array> {
  const writer = createWriter(format);
  for (const cells of rows) {
    const chunk = writer.add(cells);
    if (chunk !== undefined) yield chunk;
  }
  yield writer.end();
}

async function* chunksAsTheyCome(batches: AsyncIterable<Iterable<readonly Cell[]>>, format: TableFormat): AsyncGenerator<Uint8Array> {
  const writer = createWriter(format);
  for await (const rows of batches) {
    for (const cells of rows) {
      const chunk = writer.add(cells);
      if (chunk !== undefined) yield chunk;
    }
  }
  yield writer.end();
}

/** Gives a chunk back as soon as there is one. */
function createWriter({ begin, openings, toText, endRow, betweenRows, end }: TableFormat) {
  const written = createUtf8Writer(chunkBytes + usualRowBytes);
  written.text(begin);
  let separator = '';
  // Rows one after another often have the same day, registry or image.
  const cellsBefore: Cell[] = openings.map(() => undefined);
  const textsBefore = openings.map(() => toText(undefined));
  return {
    add(cells: readonly Cell[]): Uint8Array | undefined {
      written.text(separator);
      separator = betweenRows;
      for (let at = 0; at < openings.length; at += 1) {
        const cell = cells[at];
        written.text(openings[at] ?? '');
        if (typeof cell === 'number') {
          written.number(cell);
          continue;
        }
        if (cell !== cellsBefore[at]) {
          cellsBefore[at] = cell;
          textsBefore[at] = toText(cell);
        }
        written.text(textsBefore[at] ?? '');
      }
      written.text(endRow);
      return written.length() < chunkBytes ? undefined : written.take();
    },
    end(): Uint8Array {
      written.text(end);
      return written.take();
    },
  };
}

function jsonFormat(columns: readonly string[]): TableFormat {
  return {
    begin: '[',
    openings: columns.map((column, at) => `${at === 0 ? '{' : ','}${JSON.stringify(column)}:`),
    toText: jsonText,
    endRow: '}',
    betweenRows: ',',
    end: ']',
  };
}

function jsonText(cell: Cell): string {
  if (typeof cell === 'string') return quoted(cell);
  return typeof cell === 'object' && cell ? cell.json : String(cell ?? null);
}

/** As JSON.stringify does it, which takes longer for the many texts that need no escape. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

function csvFormat(columns: readonly string[]): TableFormat {
  return {
    begin: `${columns.map(csvQuoted).join(',')}\r\n`,
    openings: columns.map((_, at) => (at === 0 ? '' : ',')),
    toText: csvCell,
    endRow: '\r\n',
    betweenRows: '',
    end: '',
  };
}

function csvCell(cell: Cell): string {
  if (typeof cell === 'string') return csvQuoted(cell);
  return typeof cell === 'object' && cell ? cell.csv : String(cell ?? '');
}

function csvQuoted(text: string): string {
  // A spreadsheet would run a text that begins like a formula.
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
