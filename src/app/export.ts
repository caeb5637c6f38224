/** `export`: the stored history as text. */
import type { Config } from '../config/load.ts';
import type { DayRange, SeriesQuery } from '../core/model/query.ts';
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
}

/** The stored history as text, piece by piece. @throws AppError misconfigured when it cannot be read */
export async function* exportHistory(
  config: Config,
  { format, query, range }: ExportOptions,
  overrides: Overrides = {},
): AsyncGenerator<string> {
  const history = await historyOf(config, createWorld(config, overrides));
  try {
    if (format === 'openmetrics') {
      const [series, latest] = await Promise.all([history.totals(query, range), history.latest(query)]);
      yield* openMetricsLines(seriesWithin(series, range), latest);
    } else if (format === 'ndjson') {
      yield* ndjsonText(history.readings(query, range), eventsWithin(await history.events(), query, range));
    } else {
      yield* (format === 'csv' ? csvText : jsonText)(history.readings(query, range));
    }
  } finally {
    await history.close();
  }
}
