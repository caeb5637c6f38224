/** The charts: totals and pulls by day, week and month. */
import { startOfDay } from '../../core/model/day.ts';
import type { SeriesRow } from '../../core/numbers/series.ts';
import type { Table } from '../../core/views/table.ts';

/** Rows of a chart, with the registry's column where they are split. */
export function pullsTable(rows: Iterable<SeriesRow>, valueColumn: string, split: boolean): Table {
  return { columns: ['timestamp', 'repo', ...(split ? ['registry'] : []), valueColumn], rows: split ? splitCells(rows) : cells(rows) };
}

function* cells(rows: Iterable<SeriesRow>): Generator<readonly [string, string, number]> {
  for (const { day, repo, value } of rows) yield [startOfDay(day), repo, value];
}

function* splitCells(rows: Iterable<SeriesRow>): Generator<readonly [string, string, string | undefined, number]> {
  for (const { day, repo, registry, value } of rows) yield [startOfDay(day), repo, registry, value];
}
