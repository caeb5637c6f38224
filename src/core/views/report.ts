/** The report: how each image does over a time that ends with yesterday, and when it reaches its next milestone. */
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { seriesGrowth, sumGrowth, sumKnown, type ComparedGrowth } from '../numbers/growth.ts';
import { isMember, type Group } from './groups.ts';
import { type ImageName, compareText } from '../model/image.ts';
import type { KnownHistory } from './images.ts';
import { milestoneAfter } from '../numbers/milestones.ts';
import type { ImageSeries } from '../model/history.ts';
import { pullsByDay } from '../numbers/series.ts';
import { currentImages } from './summary.ts';

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
  /** The largest total first. */
  readonly rows: readonly ReportRow[];
  readonly total: number;
  readonly growth: ComparedGrowth;
}

export interface ReportOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The first reported day; the last is yesterday. */
  readonly from: Day;
  readonly groups: readonly Group[];
}

const rateDays = 30;
const furthestDays = 3650;

/** The report on what is known; images of a group are one row, also those that are read no more. */
export function buildReport({ latest, series, newestDay }: KnownHistory, { now, from, groups }: ReportOptions): Report {
  const today = toEpochDay(dayOf(now));
  const groupFor = (image: ImageName): Group | undefined => groups.find((group) => isMember(group, image));
  const current = new Set(newestDay === undefined ? [] : currentImages(latest, newestDay));
  const shown = latest.filter((image) => current.has(image) || groupFor(image));
  const names = [...new Set(shown.map((image) => groupFor(image)?.name ?? image.repo))];
  const rows = names.map((name) => {
    const isNamed = (image: ImageName): boolean => (groupFor(image)?.name ?? image.repo) === name;
    const images = shown.filter(isNamed);
    const total = images.reduce((sum, { pullCount }) => sum + pullCount, 0);
    const own = series.filter((each) => images.some(({ registry, repo }) => registry === each.registry && repo === each.repo));
    const registries = [...new Set(images.map(({ registry }) => registry))];
    return { name, registries, ...toFigures(own, total, { today, from }) };
  });
  return {
    from,
    to: fromEpochDay(today - 1),
    rows: rows.toSorted((a, b) => b.total - a.total || compareText(a.name, b.name)),
    total: sumKnown(rows.map(({ total }) => total)) ?? 0,
    growth: sumGrowth(rows.map(({ growth }) => growth)),
  };
}

function toFigures(
  series: readonly ImageSeries[],
  total: number,
  { today, from }: { readonly today: EpochDay; readonly from: Day },
): Omit<ReportRow, 'name' | 'registries'> {
  const milestone = milestoneAfter(total);
  const rate = series.reduce((sum, image) => sum + dailyRate(image, today - 1), 0);
  const daysLeft = rate > 0 ? Math.ceil((milestone - total) / rate) : Infinity;
  const length = Math.max(0, today - toEpochDay(from));
  const merged = series.map((image) => ({ ...image, repo: '' }));
  const byDay = new Map(Array.from(pullsByDay(merged, { from, to: fromEpochDay(today - 1) }), ({ day, value }) => [day, value]));
  return {
    total,
    growth: sumGrowth(series.map((image) => seriesGrowth(image, today - 1, length))),
    daily: Array.from({ length }, (_, at) => byDay.get(addDays(from, at)) ?? null),
    milestone,
    milestoneDay: daysLeft <= furthestDays ? fromEpochDay(today + daysLeft) : undefined,
  };
}

/** Pulls a day over the last 30 days, or as many as the image is known for. */
function dailyRate(image: ImageSeries, lastDay: EpochDay): number {
  const days = Math.min(rateDays, lastDay - (image.days[0] ?? lastDay));
  return days > 0 ? (seriesGrowth(image, lastDay, days).pulls ?? 0) / days : 0;
}
