/** Puts lines together to records of CSV: a quoted cell may hold line breaks. */
import { parse } from 'csv-parse/sync';
import type { Line } from './lines.ts';

export interface CsvRecord {
  /** Of its first line, from 1. */
  readonly number: number;
  /** Or the reason why it has none. */
  readonly cells: readonly string[] | string;
}

/** In characters. */
const longestRecord = 1024 * 1024;
const mismatch = 'its quotes do not match';

/**
 * The records in order. A quote that is not closed spoils its line and not the rest: when nothing closes it within the longest
 * record, or what closes it makes no record, the lines after it are read again by themselves.
 */
export async function* csvRecords(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  /** A line with an open quote, and those after it that do not close it: these have an even number of quotes. */
  let open: Line[] = [];
  let length = 0;

  function keepOpen(line: Line): void {
    length = open.length === 0 ? line.text.length : length + line.text.length;
    open.push(line);
  }

  function* giveUp(): Generator<CsvRecord> {
    const [first, ...others] = open;
    open = [];
    if (first) yield { number: first.number, cells: mismatch };
    for (const line of others) yield recordOf(line);
  }

  for await (const line of lines) {
    if (open.length > 0 && (line.isTooLong || length + line.text.length > longestRecord)) yield* giveUp();
    const isOdd = hasOddQuotes(line.text);
    if (line.isTooLong || line.text.length > longestRecord) {
      yield { number: line.number, cells: 'it is too long' };
    } else if (open.length > 0 && isOdd) {
      const [first = line, ...others] = open;
      const record = recordOf(first, ...others, line);
      if (typeof record.cells === 'string') {
        yield* giveUp();
        keepOpen(line);
      } else {
        open = [];
        yield record;
      }
    } else if (open.length > 0 || isOdd) {
      keepOpen(line);
    } else {
      yield recordOf(line);
    }
  }
  yield* giveUp();
}

/** The record of these lines; empty ones among them are seen by the gap in the numbers. */
function recordOf(...lines: readonly [Line, ...Line[]]): CsvRecord {
  const [{ number }] = lines;
  const text = lines.map((line, at) => '\n'.repeat(line.number - (lines[at - 1] ?? line).number) + line.text).join('');
  return { number, cells: cellsOf(text) };
}

function hasOddQuotes(text: string): boolean {
  let isOdd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}

/** The cells of a whole record, or why it has none. */
function cellsOf(text: string): readonly string[] | string {
  // Most rows have no quote, and a parser for each of them would take a hundred times as long.
  if (!text.includes('"')) return text.split(',');
  try {
    // Without a delimiter of its own the parser takes a lone CR for the end of the row, and the rest would be lost.
    const rows: string[][] = parse(text, { relax_column_count: true, record_delimiter: '\n' });
    return rows.length === 1 && rows[0] ? rows[0] : mismatch;
  } catch {
    return mismatch;
  }
}
