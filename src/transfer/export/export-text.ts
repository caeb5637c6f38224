/** Stored readings as text for other programs, piece by piece. */
import { toEpochDays, type DayRange } from '../../core/model/query.ts';
import { listMarks, type ImageSeries, type StoredReading } from '../../core/model/history.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import { csvChunks, jsonChunks, textOfChunks } from '../../core/views/table.ts';
import { csvCells, csvColumns } from '../import/csv.ts';
import { eventLine, ndjsonHeader, readingLine } from '../import/ndjson.ts';

/** Rows that are formatted at a time. */
const rowsPerChunk = 500;

export async function* csvText(readings: AsyncIterable<StoredReading>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const rows of inChunks(readings)) {
    const text = textOfChunks(csvChunks({ columns: csvColumns, rows: rows.map(csvCells) }));
    yield isFirst ? text : text.slice(text.indexOf('\n') + 1);
    isFirst = false;
  }
}

/** An array of the CSV's rows, with numbers as numbers and null for missing values. */
export async function* jsonText(readings: AsyncIterable<StoredReading>): AsyncGenerator<string> {
  let separator = '[';
  for await (const rows of inChunks(readings)) {
    const text = textOfChunks(jsonChunks({ columns: csvColumns, rows: rows.map(csvCells) })).slice(1, -1);
    if (text === '') continue;
    yield `${separator}${text}`;
    separator = ',\n';
  }
  yield separator === '[' ? '[]\n' : ']\n';
}

export async function* ndjsonText(readings: AsyncIterable<StoredReading>, events: readonly RecordedEvent[]): AsyncGenerator<string> {
  yield `${JSON.stringify(ndjsonHeader)}\n`;
  for (const event of events) yield eventLine(event);
  for await (const reading of readings) yield readingLine(reading);
}

/** The series cut to these days. */
export function seriesWithin(series: readonly ImageSeries[], range: DayRange): readonly ImageSeries[] {
  if (range.from === undefined && range.to === undefined) return series;
  const [first, last] = toEpochDays(range);
  return series.map((image) => {
    const days = Array.from(image.days);
    const isWithin = (_: unknown, at: number): boolean => {
      const day = days[at] ?? Number.NaN;
      return day >= first && day <= last;
    };
    return {
      ...image,
      days: days.filter(isWithin),
      totals: Array.from(image.totals).filter(isWithin),
      marks: listMarks(image).filter(isWithin),
    };
  });
}

/** Chunks of rows; one empty chunk where there are none. */
async function* inChunks(readings: AsyncIterable<StoredReading>): AsyncGenerator<readonly StoredReading[]> {
  let chunk: StoredReading[] = [];
  let isEmpty = true;
  for await (const reading of readings) {
    chunk.push(reading);
    if (chunk.length < rowsPerChunk) continue;
    yield chunk;
    isEmpty = false;
    chunk = [];
  }
  if (chunk.length > 0 || isEmpty) yield chunk;
}
