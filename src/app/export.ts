/** `export`: the stored history as text. */
import type { Config } from '../config/load.ts';
import type { Day } from '../core/model/day.ts';
import type { StoredReading } from '../core/model/history.ts';
import { compareImagesByName, imageKey } from '../core/model/image.ts';
import { includesDay, type DayRange, type SeriesQuery } from '../core/model/query.ts';
import { seriesInBatches } from '../core/views/frozen-series.ts';
import { openMetricsEnd, openMetricsHead, openMetricsLines } from '../metrics/openmetrics.ts';
import { csvText, jsonText, ndjsonText, seriesWithin } from '../transfer/export/export-text.ts';
import type { History } from '../store/index.ts';
import { historyOf } from './store.ts';
import { type Overrides, createWorld } from './world.ts';

export const exportFormats = ['csv', 'ndjson', 'json', 'openmetrics'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly query: SeriesQuery;
  readonly range: DayRange;
  /** In days, of those that may have something. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The stored history as text, piece by piece. @throws AppError misconfigured when it cannot be read */
export async function* exportHistory(
  config: Config,
  { format, query, range, onProgress }: ExportOptions,
  overrides: Overrides = {},
): AsyncGenerator<string> {
  const history = await historyOf(config, createWorld(config, overrides));
  try {
    const days = (await history.days()).filter((day) => includesDay(range, day));
    const readings = (): AsyncIterable<StoredReading> => countDays(history.readings(query, range), days, onProgress);
    if (format === 'openmetrics') {
      yield* openMetricsText(history, query, range);
    } else if (format === 'ndjson') {
      yield* ndjsonText(readings(), await history.events({ ...query, seen: range }));
    } else {
      yield* (format === 'csv' ? csvText : jsonText)(readings());
    }
  } finally {
    await history.close();
  }
}

/** All samples of an image are together, as the format wants it: the images some at a time. */
async function* openMetricsText(
  history: Pick<History, 'totals' | 'dailyTotals' | 'latest'>,
  query: SeriesQuery,
  range: DayRange,
): AsyncGenerator<string> {
  const images = (await history.latest(query)).toSorted(compareImagesByName);
  const latest = new Map(images.map((image) => [imageKey(image), image]));
  yield openMetricsHead;
  for await (const series of seriesInBatches(history, images, range)) yield* openMetricsLines(seriesWithin(series, range), latest);
  yield openMetricsEnd;
}

/** The readings as they are, counted by their days. */
async function* countDays(
  readings: AsyncIterable<StoredReading>,
  days: readonly Day[],
  onProgress: ExportOptions['onProgress'],
): AsyncGenerator<StoredReading> {
  let current: Day | undefined;
  for await (const reading of readings) {
    if (reading.day !== current) {
      current = reading.day;
      onProgress?.(Math.max(0, days.indexOf(current)), days.length);
    }
    yield reading;
  }
}
