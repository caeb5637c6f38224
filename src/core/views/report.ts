/** The report: how each image does over some days, and when it reaches its next milestone. */
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { dailyRate, seriesGrowth, sumGrowth, sumKnown, type ComparedGrowth } from '../numbers/growth.ts';
import { isMember, type Group } from './groups.ts';
import { type ImageName, compareText, imageKey } from '../model/image.ts';
import type { KnownHistory } from './images.ts';
import { nextMilestone } from '../numbers/milestones.ts';
import type { ImageSeries } from '../model/history.ts';
import { pullsByDay } from '../numbers/series.ts';
import { currentImages, keepDays } from './summary.ts';

export interface ReportRow {
  /** The canonical name, or that of a group. */
  readonly name: string;
  readonly registries: readonly string[];
  readonly total: number;
  /** Pulls of the reported days, and how many more that is than in as many days before. */
  readonly growth: ComparedGrowth;
  /** Pulls of each reported day; null where none are known. */
  readonly daily: readonly (number | null)[];
  readonly milestone: number;
  /** When the total reaches it, if each day goes on like the last 30; absent when that is not within ten years. */
  readonly milestoneDay?: Day | undefined;
}

export interface Report {
  readonly from: Day;
  readonly to: Day;
  readonly rows: readonly ReportRow[];
  readonly total: number;
  readonly growth: ComparedGrowth;
}

/** What a row of the report is: an image or group with all of its registries, a registry, an owner, or each image of each registry. */
export const reportRows = ['image', 'registry', 'owner', 'none'] as const;

export const reportOrders = ['total', 'pulls', 'change', 'name'] as const;

export interface ReportOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The first reported day. */
  readonly from: Day;
  /** The last reported day, at most yesterday; absent: yesterday, and totals are the newest. */
  readonly to?: Day | undefined;
  readonly groups: readonly Group[];
  /** Only these images, by canonical names, or groups. */
  readonly repos?: ReadonlySet<string> | undefined;
  /** `image` where absent. */
  readonly groupBy?: (typeof reportRows)[number] | undefined;
  /** `total` where absent: the largest first, but names from a to z. */
  readonly sort?: (typeof reportOrders)[number] | undefined;
}

/** The report on what is known; images of a group are one row, also those that are read no more. */
export function buildReport(known: KnownHistory, options: ReportOptions): Report {
  const { now, from, to, groups, repos, groupBy = 'image', sort = 'total' } = options;
  const today = to === undefined ? toEpochDay(dayOf(now)) : toEpochDay(to) + 1;
  const groupFor = (image: ImageName): Group | undefined => groups.find((group) => isMember(group, image));
  const isWanted = (image: ImageName): boolean =>
    repos === undefined || repos.has(image.repo) || repos.has(groupFor(image)?.name ?? image.repo);
  const seriesByImage = new Map(known.series.map((series) => [imageKey(series), series]));
  const byName = new Map<string, (ImageName & { readonly total: number })[]>();
  for (const image of to === undefined ? newestTotals(known, groupFor) : totalsOn(known, today - 1, groupFor)) {
    if (!isWanted(image)) continue;
    const name = rowName(image, groupFor(image), groupBy);
    const own = byName.get(name);
    if (own) own.push(image);
    else byName.set(name, [image]);
  }
  const rows = [...byName].map(([name, images]): ReportRow => {
    const total = images.reduce((sum, image) => sum + image.total, 0);
    const own = images.flatMap((image) => seriesByImage.get(imageKey(image)) ?? []);
    const registries = [...new Set(images.map(({ registry }) => registry))];
    return { name, registries, ...toFigures(own, total, { today, from }) };
  });
  return {
    from,
    to: fromEpochDay(today - 1),
    rows: rows.toSorted((a, b) => rank(b, sort) - rank(a, sort) || compareText(a.name, b.name)),
    total: sumKnown(rows.map(({ total }) => total)) ?? 0,
    growth: sumGrowth(rows.map(({ growth }) => growth)),
  };
}

type Totals = readonly (ImageName & { readonly total: number })[];

/** Of the images that are current, or in a group. */
function newestTotals({ latest, newestDay }: KnownHistory, groupFor: (image: ImageName) => Group | undefined): Totals {
  const current = new Set(newestDay === undefined ? [] : currentImages(latest, newestDay));
  return latest
    .filter((image) => current.has(image) || groupFor(image))
    .map(({ registry, repo, pullCount }) => ({ registry, repo, total: pullCount }));
}

/** The same as they were on this day. */
function totalsOn({ series }: KnownHistory, day: EpochDay, groupFor: (image: ImageName) => Group | undefined): Totals {
  return series.flatMap(({ registry, repo, days, totals }) => {
    const at = Array.from(days).findLastIndex((each) => each <= day);
    const isShown = at >= 0 && ((days[at] ?? 0) >= day - keepDays || groupFor({ registry, repo }) !== undefined);
    return isShown ? [{ registry, repo, total: totals[at] ?? 0 }] : [];
  });
}

function rowName({ registry, repo }: ImageName, group: Group | undefined, groupBy: ReportOptions['groupBy']): string {
  if (groupBy === 'registry') return registry;
  if (groupBy === 'owner') return repo.slice(0, repo.indexOf('/'));
  return groupBy === 'none' ? `${registry}:${repo}` : (group?.name ?? repo);
}

/** What a row is sorted by, descending; those without a value come last. */
function rank({ total, growth }: ReportRow, sort: ReportOptions['sort']): number {
  if (sort === 'name') return 0;
  const value = sort === 'pulls' ? growth.pulls : sort === 'change' ? growth.change : total;
  return value ?? -Number.MAX_SAFE_INTEGER;
}

function toFigures(
  series: readonly ImageSeries[],
  total: number,
  { today, from }: { readonly today: EpochDay; readonly from: Day },
): Omit<ReportRow, 'name' | 'registries'> {
  const rate = series.reduce((sum, image) => sum + dailyRate(image, today - 1), 0);
  const { milestone, day: milestoneDay } = nextMilestone(total, rate, today);
  const length = Math.max(0, today - toEpochDay(from));
  const merged = series.map((image) => ({ ...image, repo: '' }));
  const byDay = new Map(Array.from(pullsByDay(merged, { from, to: fromEpochDay(today - 1) }), ({ day, value }) => [day, value]));
  return {
    total,
    growth: sumGrowth(series.map((image) => seriesGrowth(image, today - 1, length))),
    daily: Array.from({ length }, (_, at) => byDay.get(addDays(from, at)) ?? null),
    milestone,
    milestoneDay,
  };
}
