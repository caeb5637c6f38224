/** Joins lines into CSV records: a quoted cell may contain line breaks. */
import { parse } from 'csv-parse/sync';
import type { Line } from './lines.ts';

export interface CsvRecord {
  /** Of its first line, from 1. */
  readonly number: number;
  /** Or the reason why the record is invalid. */
  readonly cells: readonly string[] | string;
}

/** In characters. */
const maxRecordLength = 1024 * 1024;
const unbalanced = 'unbalanced quotes';

/**
 * The records in order. An unclosed quote spoils its line and not the rest: when nothing closes it within the maximum
 * length, or closing it gives no valid record, the lines after it are parsed again one by one.
 */
export async function* joinCsvRecords(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  /** A line with an open quote, and the lines after it that do not close it: those have an even number of quotes. */
  let open: Line[] = [];
  let length = 0;

  function keepOpen(line: Line): void {
    length = open.length === 0 ? line.text.length : length + line.text.length;
    open.push(line);
  }

  function* giveUp(): Generator<CsvRecord> {
    const [first, ...others] = open;
    open = [];
    if (first) yield { number: first.number, cells: unbalanced };
    for (const line of others) yield toRecord(line);
  }

  for await (const line of lines) {
    if (open.length > 0 && (line.isTooLong || length + line.text.length > maxRecordLength)) yield* giveUp();
    const isOdd = hasOddQuotes(line.text);
    if (line.isTooLong || line.text.length > maxRecordLength) {
      yield { number: line.number, cells: 'line too long' };
    } else if (open.length > 0 && isOdd) {
      const [first = line, ...others] = open;
      const record = toRecord(first, ...others, line);
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
      yield toRecord(line);
    }
  }
  yield* giveUp();
}

/** The record of these lines; empty ones among them show as a gap in the numbers. */
function toRecord(...lines: readonly [Line, ...Line[]]): CsvRecord {
  const [{ number }] = lines;
  const text = lines.map((line, at) => '\n'.repeat(line.number - (lines[at - 1] ?? line).number) + line.text).join('');
  return { number, cells: parseCells(text) };
}

function hasOddQuotes(text: string): boolean {
  let isOdd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}

/** The cells of a whole record, or why it is invalid. */
function parseCells(text: string): readonly string[] | string {
  // Most rows have no quote, and the parser takes a hundred times as long.
  if (!text.includes('"')) return text.split(',');
  try {
    // Without a delimiter of its own the parser takes a lone CR for the end of the row, and the rest would be lost.
    const rows: string[][] = parse(text, { relax_column_count: true, record_delimiter: '\n' });
    return rows.length === 1 && rows[0] ? rows[0] : unbalanced;
  } catch {
    return unbalanced;
  }
}
