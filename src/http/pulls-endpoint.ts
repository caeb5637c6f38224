/** What the four endpoints of pulls over time have in common. */
import { startOfDay } from '../core/model/day.ts';
import { wholePeriods, type Period } from '../core/numbers/period.ts';
import type { RowOptions, SeriesRow } from '../core/numbers/series.ts';
import type { ImageSeries } from '../core/model/history.ts';
import { seriesWithFreezes } from '../core/views/frozen-series.ts';
import { withGroups } from '../core/views/groups.ts';
import { createPullDetails, detailMarks } from '../core/views/pull-details.ts';
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
  readonly rows: (series: readonly ImageSeries[], options: RowOptions) => Iterable<SeriesRow>;
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
    async handle({ query }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
      const grouped = withGroups(query.images, groups);
      const load = async (): Promise<readonly ImageSeries[]> => {
        if (query.details) return (await seriesWithFreezes(store, grouped.query)).series;
        return store.totals(grouped.query, period ? wholePeriods(query.range, period) : query.range);
      };
      const series = grouped.named(await load());
      const isSplit = query.split === 'registry';
      const detailsOf = query.details ? createPullDetails(series, isSplit) : undefined;
      const left = new Set([...(isSplit ? [] : ['registry']), ...(detailsOf ? [] : Object.keys(detailFields))]);
      return {
        columns: columnsOf(row).filter((name) => !left.has(name)),
        rows: cells(rows(series, { ...query.range, split: isSplit }), isSplit, detailsOf),
      };
    },
  });
}

const detailFields = {
  days: optional(integer({ minimum: 1, description: 'Only with details=true: the most days that a part of the value covers' })),
  days_pulls: optional(count({ description: 'Only with details=true: the pulls that cover more than one day' })),
  mark: optional(oneOf(detailMarks, { description: 'Only with details=true: how the value is known, or a tenth of it or more' })),
};

function* cells(
  rows: Iterable<SeriesRow>,
  isSplit: boolean,
  detailsOf: ReturnType<typeof createPullDetails> | undefined,
): Generator<readonly Cell[]> {
  for (const row of rows) {
    const { day, value } = row;
    const start: readonly Cell[] = isSplit ? [startOfDay(day), row.repo, row.registry, value] : [startOfDay(day), row.repo, value];
    if (!detailsOf) {
      yield start;
      continue;
    }
    const { days, severalDaysPulls, mark } = detailsOf(row);
    yield [...start, days, severalDaysPulls, mark];
  }
}
