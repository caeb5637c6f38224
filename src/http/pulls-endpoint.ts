/** What the four endpoints of pulls over time have in common. */
import { startOfDay } from '../core/model/day.ts';
import { wholePeriods, type Period } from '../core/numbers/period.ts';
import type { RowOptions, SeriesRow } from '../core/numbers/series.ts';
import type { ImageSeries } from '../core/model/history.ts';
import { withGroups } from '../core/views/groups.ts';
import type { Cell } from '../core/views/table.ts';
import type { ApiDeps } from './deps.ts';
import type { Description, Endpoint } from './endpoint.ts';
import { dayRange, imageFilter, split } from './parameters.ts';
import { registry, repo, timestamp } from './responses.ts';
import { count, named, object, optional } from './schema.ts';
import { columnsOf, tableEndpoint } from './table-endpoint.ts';

interface PullsDeclaration extends Pick<Description, 'path' | 'summary' | 'description'> {
  /** Name of the row in OpenAPI. */
  readonly rowName: string;
  /** The column of the values, and what it says. */
  readonly column: string;
  readonly columnDescription: string;
  /** Absent: days. */
  readonly period?: Period;
  readonly rows: (series: readonly ImageSeries[], options: RowOptions) => Iterable<SeriesRow>;
}

export function pullsEndpoint(declaration: PullsDeclaration): Endpoint<Pick<ApiDeps, 'store' | 'groups'>> {
  const { rowName, column, columnDescription, period, rows, ...rest } = declaration;
  const row = named(
    rowName,
    object({
      timestamp,
      repo,
      registry: optional({ ...registry, description: 'Only with split=registry' }),
      [column]: count({ description: columnDescription }),
    }),
  );
  return tableEndpoint({
    ...rest,
    query: { images: imageFilter, range: dayRange, split },
    row,
    order: 'timestamp, repo',
    async handle({ query }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
      const grouped = withGroups(query.images, groups);
      const series = grouped.named(await store.totals(grouped.query, period ? wholePeriods(query.range, period) : query.range));
      const isSplit = query.split === 'registry';
      return {
        columns: columnsOf(row).filter((name) => isSplit || name !== 'registry'),
        rows: cells(rows(series, { ...query.range, split: isSplit }), isSplit),
      };
    },
  });
}

function* cells(rows: Iterable<SeriesRow>, isSplit: boolean): Generator<readonly Cell[]> {
  for (const row of rows) {
    const { day, value } = row;
    yield isSplit ? [startOfDay(day), row.repo, row.registry, value] : [startOfDay(day), row.repo, value];
  }
}
