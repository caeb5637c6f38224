/** Rows as JSON or CSV in chunks: a large answer is never held in memory as objects or as one text. */

export type Cell = string | number | boolean | null | undefined;

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
interface RowFormat {
  readonly begin: string;
  readonly row: (cells: readonly Cell[]) => string;
  readonly between: string;
  readonly end: string;
}

const chunkLength = 65_536;

/** A JSON array of one object a row. */
export function jsonChunks(table: MadeTable): Iterable<string>;
export function jsonChunks(table: Table): Iterable<string> | AsyncIterable<string>;
export function jsonChunks(table: Table): Iterable<string> | AsyncIterable<string> {
  return inChunks(table.rows, jsonFormat(table.columns));
}

/** CSV as RFC 4180 has it: a header, CRLF, quotes where they are needed. */
export function csvChunks(table: MadeTable): Iterable<string>;
export function csvChunks(table: Table): Iterable<string> | AsyncIterable<string>;
export function csvChunks(table: Table): Iterable<string> | AsyncIterable<string> {
  return inChunks(table.rows, csvFormat(table.columns));
}

function inChunks(rows: Table['rows'], format: RowFormat): Iterable<string> | AsyncIterable<string> {
  return Symbol.asyncIterator in rows ? chunksAsTheyCome(rows, format) : chunks(rows, format);
}

function* chunks(rows: Iterable<readonly Cell[]>, format: RowFormat): Generator<string> {
  const writer = createWriter(format);
  for (const cells of rows) {
    const chunk = writer.add(cells);
    if (chunk !== undefined) yield chunk;
  }
  yield writer.end();
}

async function* chunksAsTheyCome(batches: AsyncIterable<Iterable<readonly Cell[]>>, format: RowFormat): AsyncGenerator<string> {
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
function createWriter(format: RowFormat) {
  let text = format.begin;
  let separator = '';
  return {
    add(cells: readonly Cell[]): string | undefined {
      text += separator + format.row(cells);
      separator = format.between;
      if (text.length < chunkLength) return undefined;
      const chunk = text;
      text = '';
      return chunk;
    },
    end: () => text + format.end,
  };
}

function jsonFormat(columns: readonly string[]): RowFormat {
  const openings = columns.map((column, at) => `${at === 0 ? '{' : ','}${JSON.stringify(column)}:`);
  // Rows one after another often have the same day, registry or image.
  const cellsBefore: Cell[] = columns.map(() => undefined);
  const textsBefore = openings.map((opening) => `${opening}null`);
  return {
    begin: '[',
    row(cells) {
      let text = '';
      for (let at = 0; at < openings.length; at += 1) {
        const cell = cells[at];
        if (cell !== cellsBefore[at]) {
          cellsBefore[at] = cell;
          textsBefore[at] = `${openings[at] ?? ''}${typeof cell === 'string' ? quoted(cell) : String(cell ?? null)}`;
        }
        text += textsBefore[at] ?? '';
      }
      return `${text}}`;
    },
    between: ',',
    end: ']',
  };
}

/** As JSON.stringify does it, which takes longer for the many texts that need no escape. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

function csvFormat(columns: readonly string[]): RowFormat {
  const row = (cells: readonly Cell[]): string => `${columns.map((_, at) => csvCell(cells[at])).join(',')}\r\n`;
  return { begin: row(columns), row, between: '', end: '' };
}

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  // A spreadsheet would run a text that begins like a formula.
  const plain = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
