/** `report`: how each image does. */
import type { Config } from '../config/load.ts';
import { type Report, type ReportOptions, buildReport } from '../core/views/report.ts';
import { historyOf } from './store.ts';
import { type Overrides, createWorld } from './world.ts';

/** The report on what is stored. @throws AppError misconfigured when it cannot be read */
export async function readReport(config: Config, options: Omit<ReportOptions, 'groups'>, overrides: Overrides = {}): Promise<Report> {
  const history = await historyOf(config, createWorld(config, overrides));
  try {
    const [latest, series, days] = await Promise.all([history.latest({}), history.totals({}), history.days()]);
    return buildReport({ latest, series, newestDay: days.at(-1) }, { ...options, groups: config.groups });
  } finally {
    await history.close();
  }
}
