/** The chart of how often tags are downloaded, where the registry counts that. */
import { buildChart, type ChartKind, type ChartOptions } from '../core/numbers/chart.ts';
import { addDays, fromEpochDay, type Day, type EpochDay } from '../core/model/day.ts';
import { toPulls } from '../core/numbers/series.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import type { ImageTags } from '../core/views/tags.ts';
import type { TagSeries } from '../core/views/tag-series.ts';
import { todayOf, type PageDeps } from './context.ts';
import { shownChart, type ShownChart } from './shown-chart.ts';
import type { TagRow } from './tag-rows.ts';
import { chartOptions, type View } from './view.ts';

/** The most lines that are still legible. */
const maxLines = 8;

export interface TagChart {
  readonly shown: ShownChart;
  /** How many lines there would be. */
  readonly count: number;
  /** The pulls of each day of the range under a tag; undefined where they are not counted. */
  readonly trendOf: (row: TagRow) => readonly (number | null)[] | undefined;
}

/** Days before the range from which the first value of a chart is taken. */
const daysBefore = { total: 1, daily: 1, average: 7, weekly: 7, monthly: 31 } satisfies Record<ChartKind, number>;

/** Undefined where no registry counts pulls of these tags. `isShown`: whether the table has the tag; `nameOf`: what an image is called beside others. */
export async function tagChart(
  deps: Pick<PageDeps, 'clock' | 'tagSeries'>,
  view: View,
  tags: readonly ImageTags[],
  { isShown, nameOf }: { readonly isShown: (tag: string) => boolean; readonly nameOf: (image: ImageName) => string },
): Promise<TagChart | undefined> {
  const counted = tags.filter((image) => image.tags.some(({ pullCount }) => pullCount !== undefined));
  if (counted.length === 0) return undefined;
  const options = chartOptions(view, todayOf(deps), maxLines);
  const { kind, from, to } = options;
  const all = await deps.tagSeries(counted, { from: from === undefined ? undefined : addDays(from, -daysBefore[kind]), to });
  const found = all.map((each) => ({ ...each, tags: each.tags.filter(isShown) })).filter((each) => each.tags.length > 0);
  const labelOf = (each: TagSeries): string => (counted.length > 1 ? `${nameOf(each)}: ` : '') + each.tags.join(', ');
  const lines = mostPulled(found, options).map((each) => ({ ...each.series, repo: labelOf(each) }));
  const build = (wanted: ChartOptions): ReturnType<typeof buildChart> => buildChart(lines, { ...wanted, split: 'image' });
  const shown = await shownChart(build, view, todayOf(deps), maxLines);
  // Tags of one version share its count: stacked, they would come to more than there is.
  return {
    shown: { ...shown, look: 'lines', isOverlapping: true },
    count: found.length,
    trendOf: trends(all, from, todayOf(deps)),
  };
}

/** Those with the most pulls in the range. */
function mostPulled(all: readonly TagSeries[], { from = '' }: ChartOptions): readonly TagSeries[] {
  const sizes = new Map(all.map((each) => [each, [...pullsByDay(each, from).values()].reduce((sum, pulls) => sum + pulls, 0)]));
  return all.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0)).slice(0, maxLines);
}

function pullsByDay({ series }: TagSeries, from: Day): ReadonlyMap<EpochDay, number> {
  const pulls = toPulls(series);
  const days = Array.from(series.days, (day, at) => [day, pulls[at] ?? 0] as const);
  // The first day has no pulls: it is where the others begin.
  return new Map(days.slice(1).filter(([day]) => fromEpochDay(day) >= from));
}

/** Without today, which is not over. */
function trends(all: readonly TagSeries[], from: Day | undefined, today: EpochDay): TagChart['trendOf'] {
  const pulls = new Map(
    all.flatMap((each) => each.tags.map((tag) => [JSON.stringify([imageKey(each), tag]), pullsByDay(each, from ?? '')])),
  );
  const days = [...pulls.values()].flatMap((each) => [...each.keys()]).filter((day) => day < today);
  const first = Math.min(...days, today);
  const length = Math.max(...days, first - 1) - first + 1;
  return (row) => {
    const own = pulls.get(JSON.stringify([imageKey(row), row.tag.name]));
    return own && Array.from({ length }, (_, at) => own.get(first + at) ?? null);
  };
}
