/** Rows as JSON or CSV in chunks: a large answer is never held in memory as objects or as one text. */

export type Cell = string | number | boolean | null | undefined;

export interface Table {
  readonly columns: readonly string[];
  /** The cells in the order of the columns; what is not known is null, never 0. */
  readonly rows: Iterable<readonly Cell[]>;
}

const chunkLength = 65_536;

/** A JSON array of one object a row. */
export function* jsonChunks({ columns, rows }: Table): Generator<string> {
  const quoted = new Map<string, string>();
  const quote = (text: string): string => {
    const known = quoted.get(text);
    if (known !== undefined) return known;
    const written = JSON.stringify(text);
    // Names and days repeat often, other texts rarely.
    if (quoted.size < 1_000) quoted.set(text, written);
    return written;
  };
  const openings = columns.map((column, at) => `${at === 0 ? '{' : ','}${JSON.stringify(column)}:`);
  let text = '[';
  let first = true;
  for (const cells of rows) {
    if (!first) text += ',';
    first = false;
    for (const [at, opening] of openings.entries()) {
      const cell = cells[at];
      text += opening + (typeof cell === 'string' ? quote(cell) : String(cell ?? null));
    }
    text += '}';
    if (text.length < chunkLength) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}

/** CSV as RFC 4180 has it: a header, CRLF, quotes where they are needed. */
export function* csvChunks({ columns, rows }: Table): Generator<string> {
  let text = `${columns.map(csvCell).join(',')}\r\n`;
  for (const cells of rows) {
    text += `${columns.map((_, at) => csvCell(cells[at])).join(',')}\r\n`;
    if (text.length < chunkLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  // A spreadsheet would run a text that begins like a formula.
  const plain = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
