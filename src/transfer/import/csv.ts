/** Daily totals as CSV, one per row. */
import { isDay, startOfDay } from '../../core/model/day.ts';
import { AppError, toAppError } from '../../core/model/errors.ts';
import { formatRepo, parseRepo } from '../../core/model/image-ref.ts';
import { isPullCount } from '../../core/model/reading.ts';
import { isMark, marks, type Mark } from '../../core/model/mark.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { Cell } from '../../core/views/table.ts';
import { joinCsvRecords, type CsvRecord } from './csv-records.ts';
import type { ImportRecord } from './import-record.ts';
import type { Line } from './lines.ts';

export const csvColumns = [
  'day',
  'registry',
  'repo',
  'pull_count',
  'known',
  'read_at',
  'tag_count',
  'last_updated',
  'total_since',
] as const;
type Column = (typeof csvColumns)[number];
const required: readonly Column[] = ['day', 'registry', 'repo', 'pull_count'];

export function csvCells(reading: StoredReading): Cell[] {
  const { day, registry, repo, pullCount, mark = 'read', readAt, tagCount, lastUpdated, totalSince } = reading;
  return [day, registry, repo, pullCount, mark, readAt, tagCount, lastUpdated, totalSince];
}

/**
 * The rows as readings. The first line names the columns, in any order; unknown columns are ignored.
 * @throws AppError invalid_input when the first line lacks a required column
 */
export async function* readCsv(lines: AsyncIterable<Line>, registries: readonly string[]): AsyncGenerator<ImportRecord> {
  let columns: readonly string[] | undefined;
  for await (const record of joinCsvRecords(lines)) {
    if (!columns) {
      columns = parseHeader(record);
      continue;
    }
    const where = `line ${record.number}`;
    try {
      yield { reading: toReading(parseRow(record, columns), registries), where };
    } catch (error) {
      yield { problem: { where, reason: toAppError(error).message } };
    }
  }
  if (!columns) throw new AppError('invalid_input', `the file is empty: the first line must name the columns ${csvColumns.join(',')}`);
}

function parseHeader(record: CsvRecord): readonly string[] {
  try {
    const columns = parseCells(record).map((cell) => cell.trim().toLowerCase());
    const missing = required.filter((column) => !columns.includes(column));
    if (missing.length === 0) return columns;
    throw new AppError('invalid_input', `missing column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`);
  } catch (error) {
    const message = `invalid first line: ${toAppError(error).message}; expected ${csvColumns.join(',')}`;
    throw new AppError('invalid_input', message, { cause: error });
  }
}

function parseCells({ cells }: CsvRecord): readonly string[] {
  if (typeof cells === 'string') throw new AppError('invalid_input', cells);
  return cells;
}

function parseRow(record: CsvRecord, columns: readonly string[]): (column: Column) => string {
  const cells = parseCells(record);
  if (cells.length !== columns.length) throw new AppError('invalid_input', `${cells.length} cells instead of ${columns.length}`);
  // What a spreadsheet would run was written with a quote before it.
  return (column) => (cells[columns.indexOf(column)] ?? '').trim().replace(/^'(?=[=+\-@\t\r])/, '');
}

function toReading(value: (column: Column) => string, registries: readonly string[]): StoredReading {
  const day = value('day');
  if (!isDay(day)) throw invalid('day', day, 'a date such as 2026-03-14');
  const registry = value('registry').toLowerCase();
  if (!registries.includes(registry)) throw invalid('registry', registry, `one of ${registries.join(', ')}`);
  const pullCount = parseCount('pull_count', value('pull_count'));
  if (pullCount === undefined) throw invalid('pull_count', '', 'a whole number');
  const mark = parseMark(value('known'));
  const readAt = parseTimestamp('read_at', value('read_at')) ?? startOfDay(day);
  const totalSince = value('total_since');
  if (totalSince !== '' && !isDay(totalSince)) throw invalid('total_since', totalSince, 'a date such as 2026-03-14');
  return {
    day,
    registry,
    repo: formatRepo(parseRepo(value('repo'))),
    pullCount,
    readAt,
    tagCount: parseCount('tag_count', value('tag_count')),
    lastUpdated: value('last_updated') || undefined,
    totalSince: totalSince || undefined,
    mark,
  };
}

function parseMark(text: string): Mark {
  const mark = text || 'read';
  if (!isMark(mark)) throw invalid('known', text, `one of ${marks.join(', ')}`);
  return mark;
}

function parseCount(column: Column, text: string): number | undefined {
  if (text === '') return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!isPullCount(value)) throw invalid(column, text, 'a whole number from 0 to 2^53 − 1');
  return value;
}

const isoTimestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function parseTimestamp(column: Column, text: string): string | undefined {
  if (text === '') return undefined;
  // Date.parse alone would also take "March 7", and read it in the zone of the machine.
  if (!isoTimestamp.test(text) || Number.isNaN(Date.parse(text))) throw invalid(column, text, 'a timestamp such as 2026-03-14T10:00:00Z');
  return text;
}

function invalid(column: Column, text: string, valid: string): AppError {
  return new AppError('invalid_input', `invalid ${column} ${JSON.stringify(text.slice(0, 100))}: valid is ${valid}`);
}
