/** Freezes that runs saw by the hour, as they were recorded, together with those that whole days show: one for each time. */
import { toEpochDay, type EpochDay } from '../model/day.ts';
import { groupBy } from '../model/group-by.ts';
import type { RecordedEvent } from '../model/event.ts';
import type { ImageSeries } from '../model/history.ts';
import { hasPublishedDays, movesByDay, ownerKey, ownerKeyOf, type Freeze } from './freezes.ts';

/** What days show, with what was recorded of the owners of these series, which hold all of their images. */
export function withRecorded(
  found: readonly Freeze[],
  recorded: readonly RecordedEvent[],
  series: readonly ImageSeries[],
): readonly Freeze[] {
  const seen = recordedFreezes(recorded, series);
  if (seen.length === 0) return found;
  const joined = seen.map((freeze) => found.filter((other) => isSame(freeze, other)).reduce(join, freeze));
  return [...found.filter((freeze) => !seen.some((other) => isSame(other, freeze))), ...joined];
}

/** By registry and owner: when its counters stopped, and when they went on. */
interface Course {
  readonly stops: RecordedEvent[];
  readonly resumes: RecordedEvent[];
}

function recordedFreezes(recorded: readonly RecordedEvent[], series: readonly ImageSeries[]): Freeze[] {
  const courses = new Map<string, Course>();
  for (const event of recorded) {
    if (event.kind !== 'counters_stopped' && event.kind !== 'counters_resumed') continue;
    const key = ownerKey(event.registry, event.detail);
    const course = courses.get(key) ?? { stops: [], resumes: [] };
    courses.set(key, course);
    (event.kind === 'counters_stopped' ? course.stops : course.resumes).push(event);
  }
  if (courses.size === 0) return [];
  const watched = series.filter((image) => courses.has(ownerKeyOf(image)) && !hasPublishedDays(image));
  return [...groupBy(watched, ownerKeyOf)].flatMap(([key, own]) => freezesOfCourse(courses.get(key), own));
}

function freezesOfCourse({ stops, resumes }: Course = { stops: [], resumes: [] }, images: readonly ImageSeries[]): Freeze[] {
  const freezes: Freeze[] = [];
  for (const { registry, detail: owner = '', time: since, seenAt: recordedAt } of stops.toSorted(byTime)) {
    // Several processes may have recorded the same one.
    const before = freezes.at(-1)?.seen;
    if (before && (since === before.since || (before.resumed !== undefined && since < before.resumed))) continue;
    const resumed = resumes.toSorted(byTime).find(({ time }) => time > since)?.time;
    const from = toEpochDay(since.slice(0, 10));
    const until = resumed === undefined ? firstMove(images, from) : toEpochDay(resumed.slice(0, 10));
    const last = until === undefined ? newestDay(images) : until - 1;
    // The day on which it began is only known to end within it when another one has begun.
    const to = until === undefined && last <= from ? from - 1 : last;
    freezes.push({ registry, owner, from, to, until, seen: { since, resumed, recordedAt } });
  }
  return freezes;
}

function byTime(a: RecordedEvent, b: RecordedEvent): number {
  return a.time < b.time ? -1 : 1;
}

/** The first day after this one with a change, where the end of a freeze was not recorded. */
function firstMove(images: readonly ImageSeries[], after: EpochDay): EpochDay | undefined {
  const moved = [...movesByDay(images)].filter(([day, hasMoved]) => hasMoved && day > after).map(([day]) => day);
  return moved.length === 0 ? undefined : moved.reduce((first, day) => Math.min(first, day));
}

function newestDay(images: readonly ImageSeries[]): EpochDay {
  return images.reduce((newest, { days }) => Math.max(newest, days[days.length - 1] ?? newest), -Infinity);
}

function isSame(seen: Freeze, byDays: Freeze): boolean {
  const isOfOwner = seen.registry === byDays.registry && seen.owner === byDays.owner;
  return isOfOwner && byDays.from <= Math.max(seen.to, seen.from) && seen.from <= byDays.to;
}

function join(seen: Freeze, byDays: Freeze): Freeze {
  const until = seen.until === undefined ? byDays.until : Math.max(seen.until, byDays.until ?? seen.until);
  return { ...seen, to: Math.max(seen.to, byDays.to), until };
}
