/** What the four endpoints of pulls over time have in common. */
import { fromEpochDay, startOfDay } from '../core/model/day.ts';
import { wholePeriods, type Period } from '../core/numbers/period.ts';
import { toLines, type DayValues, type RowLine } from '../core/numbers/daily-rows.ts';
import type { DailyTotals } from '../core/model/history.ts';
import { withGroups } from '../core/views/groups.ts';
import { detailedPullValues, detailMarks, findStillImages, type PullDetails } from '../core/views/pull-details.ts';
import { prepareText, type Cell, type PreparedText } from '../core/views/table.ts';
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
  readonly values: (totals: DailyTotals, lines: readonly RowLine[]) => AsyncIterable<DayValues>;
}

export function pullsEndpoint(declaration: PullsDeclaration): Endpoint<Pick<ApiDeps, 'store' | 'groups'>> {
  const { rowName, column, columnDescription, period, hasDetails, values, ...rest } = declaration;
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
      if (!wanted) return { columns, rows: rowsOf(values(totals, lines), lines) };
      const still = await findStillImages(store, totals.images, grouped.query, range.from);
      return { columns, rows: rowsOf(detailedPullValues(totals, lines, still), lines) };
    },
  });
}

const detailFields = {
  days: optional(integer({ minimum: 1, description: 'Only with details=true: the most days that a part of the value covers' })),
  days_pulls: optional(count({ description: 'Only with details=true: the pulls that cover more than one day' })),
  mark: optional(oneOf(detailMarks, { description: 'Only with details=true: how the value is known, or a tenth of it or more' })),
};

interface ShownDay extends DayValues {
  readonly detailsOf?: (line: number) => PullDetails;
}

async function* rowsOf(days: AsyncIterable<ShownDay>, lines: readonly RowLine[]): AsyncGenerator<Iterable<readonly Cell[]>> {
  const names = lines.map(({ repo: name }) => prepareText(name));
  for await (const day of days) yield rowsOfDay(day, lines, names);
}

function* rowsOfDay(
  { day, values, detailsOf }: ShownDay,
  lines: readonly RowLine[],
  names: readonly PreparedText[],
): Generator<readonly Cell[]> {
  const start = startOfDay(fromEpochDay(day));
  for (let at = 0; at < lines.length; at += 1) {
    const value = values[at];
    if (Number.isNaN(value)) continue;
    const id = lines[at]?.registry;
    const cells: readonly Cell[] = id === undefined ? [start, names[at], value] : [start, names[at], id, value];
    yield detailsOf ? [...cells, ...detailCells(detailsOf(at))] : cells;
  }
}

function detailCells({ days, severalDaysPulls, mark }: PullDetails): readonly Cell[] {
  return [days, severalDaysPulls, mark];
}
