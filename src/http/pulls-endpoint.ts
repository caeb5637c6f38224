/** What the four endpoints of pulls over time have in common. */
import { startOfDay } from '../core/model/day.ts';
import { wholePeriods, type Period } from '../core/numbers/period.ts';
import { toLines, type RowLine } from '../core/numbers/daily-rows.ts';
import type { SeriesRow } from '../core/numbers/series.ts';
import type { DailyTotals } from '../core/model/history.ts';
import { withGroups } from '../core/views/groups.ts';
import { detailedPullRows, detailMarks, findStillImages, type DetailedRow } from '../core/views/pull-details.ts';
import type { Cell } from '../core/views/table.ts';
import type { ApiDeps } from './deps.ts';
import type { Description, Endpoint } from './endpoint.ts';
import { dayRange, details, imageFilter, noDetails, split } from './parameters.ts';
import { registry, repo, timestamp } from './responses.ts';
import { count, integer, named, object, oneOf, optional } from './schema.ts';
import { columnsOf, tableEndpoint } from './table-endpoint.ts';

interface PullsDeclaration extends Pick<Description, 'path' | 'summary' | 'description'> {
  /** Name of the row in OpenAPI. */
  readonly rowName: string;
  /** The column of the values, and what it says. */
  readonly column: string;
  readonly columnDescription: string;
  /** Absent: days. */
  readonly period?: Period;
  /** Whether `details=true` adds how each value is known. */
  readonly hasDetails?: true;
  readonly rows: (totals: DailyTotals, lines: readonly RowLine[]) => AsyncIterable<Iterable<SeriesRow>>;
}

export function pullsEndpoint(declaration: PullsDeclaration): Endpoint<Pick<ApiDeps, 'store' | 'groups'>> {
  const { rowName, column, columnDescription, period, hasDetails, rows, ...rest } = declaration;
  const row = named(
    rowName,
    object({
      timestamp,
      repo,
      registry: optional({ ...registry, description: 'Only with split=registry' }),
      [column]: count({ description: columnDescription }),
      ...(hasDetails ? detailFields : {}),
    }),
  );
  return tableEndpoint({
    ...rest,
    query: { images: imageFilter, range: dayRange, split, details: hasDetails ? details : noDetails },
    row,
    order: 'timestamp, repo',
    async handle({ query: { images, range, split: by, details: wanted } }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
      const grouped = withGroups(images, groups);
      const isSplit = by === 'registry';
      const left = new Set([...(isSplit ? [] : ['registry']), ...(wanted ? [] : Object.keys(detailFields))]);
      const columns = columnsOf(row).filter((name) => !left.has(name));
      const read = period ? wholePeriods(range, period) : range;
      const totals = await store.dailyTotals(grouped.query, read, { withMarks: wanted !== undefined });
      const lines = toLines(grouped.named(totals.images.map((image, position) => ({ ...image, position }))), { split: isSplit });
      if (!wanted) return { columns, rows: cells(rows(totals, lines), isSplit) };
      const still = await findStillImages(store, totals.images, grouped.query, range.from);
      return { columns, rows: cells(detailedPullRows(totals, lines, still), isSplit, detailCells) };
    },
  });
}

const detailFields = {
  days: optional(integer({ minimum: 1, description: 'Only with details=true: the most days that a part of the value covers' })),
  days_pulls: optional(count({ description: 'Only with details=true: the pulls that cover more than one day' })),
  mark: optional(oneOf(detailMarks, { description: 'Only with details=true: how the value is known, or a tenth of it or more' })),
};

function detailCells({ days, severalDaysPulls, mark }: DetailedRow): readonly Cell[] {
  return [days, severalDaysPulls, mark];
}

async function* cells<Row extends SeriesRow>(
  batches: AsyncIterable<Iterable<Row>>,
  isSplit: boolean,
  more?: (row: Row) => readonly Cell[],
): AsyncGenerator<Iterable<readonly Cell[]>> {
  for await (const rows of batches) yield cellsOf(rows, isSplit, more);
}

function* cellsOf<Row extends SeriesRow>(
  rows: Iterable<Row>,
  isSplit: boolean,
  more: ((row: Row) => readonly Cell[]) | undefined,
): Generator<readonly Cell[]> {
  let [shownDay, start] = ['', ''];
  for (const row of rows) {
    const { day, repo: name, registry: id, value } = row;
    if (day !== shownDay) [shownDay, start] = [day, startOfDay(day)];
    const cell: readonly Cell[] = isSplit ? [start, name, id, value] : [start, name, value];
    yield more ? [...cell, ...more(row)] : cell;
  }
}
