/** `export`: the stored history as text. */
import type { Config } from '../config/load.ts';
import type { Day } from '../core/model/day.ts';
import type { StoredReading } from '../core/model/history.ts';
import { includesDay, type DayRange, type SeriesQuery } from '../core/model/query.ts';
import { openMetricsLines } from '../metrics/openmetrics.ts';
import { csvText, eventsWithin, jsonText, ndjsonText, seriesWithin } from '../transfer/export/export-text.ts';
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
      const [series, latest] = await Promise.all([history.totals(query, range), history.latest(query)]);
      yield* openMetricsLines(seriesWithin(series, range), latest);
    } else if (format === 'ndjson') {
      yield* ndjsonText(readings(), eventsWithin(await history.events(), query, range));
    } else {
      yield* (format === 'csv' ? csvText : jsonText)(readings());
    }
  } finally {
    await history.close();
  }
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
