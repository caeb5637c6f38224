/**
 * Watches from run to run whether the counters of each owner change, since a stored day has one total of an image only. What is seen is
 * recorded, for the processes that end the next runs and for those after a restart; the totals in memory are only compared with.
 */
import { dayMs, type EpochDay } from '../core/model/day.ts';
import type { RecordedEvent, RecordedKind } from '../core/model/event.ts';
import { groupBy } from '../core/model/group-by.ts';
import type { LatestImage } from '../core/model/history.ts';
import { isEndOfDay } from '../core/model/mark.ts';
import { ownerKey, ownerKeyOf, ownerOf } from '../core/numbers/freezes.ts';
import {
  hasCaughtUp,
  isBusy,
  isFrozen,
  isNotable,
  longestPause,
  quietestDay,
  type Pause,
  type Standstill,
} from '../core/numbers/standstills.ts';

export interface CounterWatch {
  /** Takes the newest stored totals of all images, and gives what they say since the last look. `recorded`: all events before. */
  look(latest: readonly LatestImage[], recorded: readonly RecordedEvent[]): readonly RecordedEvent[];
}

interface Total {
  readonly pullCount: number;
  readonly readAt: number;
}

interface Owner extends Standstill {
  readonly registry: string;
  readonly name: string;
  /** By repo. */
  readonly totals: ReadonlyMap<string, Total>;
}

/** What a look has found out about an owner. */
interface Look {
  readonly owner: Owner;
  /** How it stood before. */
  readonly before: Standstill;
  readonly images: Images;
  /** Those that were read again. */
  readonly read: readonly LatestImage[];
  readonly hasMoved: boolean;
  /** By how much they grew. */
  readonly pulls: number;
}

export function createCounterWatch(): CounterWatch {
  let owners: ReadonlyMap<string, Owner> = new Map();
  return {
    look(latest, recorded) {
      const courses = coursesOf(recorded);
      const events: RecordedEvent[] = [];
      const next = new Map<string, Owner>();
      for (const [key, images] of imagesByOwner(latest)) {
        const before = owners.get(key);
        const look = before && compare(before, images);
        next.set(key, look?.owner ?? firstLook(images));
        if (look && look.read.length > 0) events.push(...eventsOf(look, courses.get(key) ?? noCourse));
      }
      owners = next;
      return events;
    },
  };
}

type Images = readonly [LatestImage, ...LatestImage[]];

/** The images that are watched. */
function imagesByOwner(latest: readonly LatestImage[]): ReadonlyMap<string, Images> {
  return groupBy(latest.filter(isWatched), ownerKeyOf);
}

/** Those that were read, of registries that do not publish their days: there the days say more. */
function isWatched({ readAt, backfilledDays, mark, totalSince }: LatestImage): boolean {
  return readAt !== undefined && backfilledDays === 0 && !isEndOfDay(mark) && totalSince === undefined;
}

function toTotal({ pullCount, readAt = '' }: LatestImage): Total {
  return { pullCount, readAt: Date.parse(readAt) };
}

function totalsOf(images: Images): ReadonlyMap<string, Total> {
  return new Map(images.map((image) => [image.repo, toTotal(image)]));
}

function newestRead(totals: Iterable<Total>): number {
  let newest = -Infinity;
  for (const { readAt } of totals) newest = Math.max(newest, readAt);
  return newest;
}

function firstLook(images: Images): Owner {
  const [{ registry, repo }] = images;
  const totals = totalsOf(images);
  const until = newestRead(totals.values());
  const today = dayAt(until);
  const readToday = images.filter(({ recent }) => recent.days[recent.days.length - 1] === today);
  // Where nothing has changed since yesterday's totals, the standstill began before midnight at the latest.
  const isStill = readToday.length > 0 && readToday.every(({ recent }) => hasNoPulls(recent));
  const since = isStill ? today * dayMs - 1 : until;
  return { registry, name: ownerOf(repo), totals, since, until, reads: 1 };
}

/** Whether its total is that of the day before. */
function hasNoPulls({ days, pulls }: LatestImage['recent']): boolean {
  const at = days.length - 1;
  return days[at - 1] === (days[at] ?? 0) - 1 && pulls[at] === 0;
}

function compare(before: Owner, images: Images): Look {
  const read = images.filter(({ repo, readAt = '' }) => Date.parse(readAt) > (before.totals.get(repo)?.readAt ?? Infinity));
  const totals = totalsOf(images);
  if (read.length === 0) return { owner: { ...before, totals }, before, images, read, hasMoved: false, pulls: 0 };
  const differenceOf = ({ repo, pullCount }: LatestImage): number => pullCount - (before.totals.get(repo)?.pullCount ?? pullCount);
  const moved = read.filter((image) => differenceOf(image) !== 0);
  const until = newestRead(read.map(toTotal));
  const course = moved.length > 0 ? { since: newestRead(moved.map(toTotal)), reads: 1 } : { since: before.since, reads: before.reads + 1 };
  const pulls = moved.reduce((sum, image) => sum + Math.max(0, differenceOf(image)), 0);
  return { owner: { ...before, ...course, totals, until }, before, images, read, hasMoved: moved.length > 0, pulls };
}

/** What was recorded of an owner. */
interface Course {
  readonly pauses: readonly Pause[];
  /** Ended ones and the open one. */
  readonly freezes: readonly Pause[];
  /** When the open one began. */
  readonly openSince: number | undefined;
}

const noCourse: Course = { pauses: [], freezes: [], openSince: undefined };

function coursesOf(recorded: readonly RecordedEvent[]): ReadonlyMap<string, Course> {
  const ofCounters = recorded.filter(({ kind }) => kind.startsWith('counters_'));
  const byOwner = groupBy(ofCounters, ({ registry, detail }) => ownerKey(registry, detail));
  return new Map(Array.from(byOwner, ([key, events]) => [key, courseOf(events)]));
}

function courseOf(events: readonly RecordedEvent[]): Course {
  const momentsOf = (kind: RecordedKind): number[] => events.filter((event) => event.kind === kind).map(({ time }) => Date.parse(time));
  const resumed = momentsOf('counters_resumed');
  const freezes = momentsOf('counters_stopped').map((from) => ({
    from,
    to: resumed.filter((moment) => moment > from).reduce((first, moment) => Math.min(first, moment), Infinity),
  }));
  return {
    pauses: events
      .filter(({ kind }) => kind === 'counters_paused')
      .map(({ time, seenAt }) => ({ from: Date.parse(time), to: Date.parse(seenAt) })),
    freezes,
    openSince: freezes.find(({ to }) => to === Infinity)?.from,
  };
}

function eventsOf(look: Look, course: Course): RecordedEvent[] {
  return look.hasMoved ? eventsOfMove(look, course) : eventsOfStandstill(look, course);
}

function eventsOfMove({ owner, before, read, pulls }: Look, { pauses, freezes, openSince }: Course): RecordedEvent[] {
  const pause = { from: openSince ?? before.since, to: before.until };
  const quietest = quietestDay(read, dayAt(pause.from), isTouched(freezes));
  const ended = openSince === undefined ? [] : [toEvent(owner, 'counters_resumed', owner.since, owner.since)];
  // A standstill without a jump after it was a pause after all.
  const wasPause = openSince === undefined || !hasCaughtUp(pulls, { ...pause, to: owner.since }, quietest ?? 0);
  const isTold = quietest === undefined || isBusy(quietest);
  const isNew = wasPause && isTold && isNotable(pause, pauses);
  return isNew ? [...ended, toEvent(owner, 'counters_paused', pause.from, pause.to)] : ended;
}

/** The images that were read have to have most of the pulls: the others may go on. */
const minReadShare = 0.9;

function eventsOfStandstill({ owner, images, read }: Look, { pauses, freezes, openSince }: Course): RecordedEvent[] {
  const [first, last] = [dayAt(owner.since), dayAt(owner.until)];
  // What has lasted for a whole day is found by its days.
  if (openSince !== undefined || last - first > 1) return [];
  const quietest = quietestDay(read, first, isTouched(freezes));
  const isMost = (quietest ?? 0) >= minReadShare * (quietestDay(images, first, isTouched(freezes)) ?? Infinity);
  const isStop = isMost && isFrozen(owner, { quietest, longest: longestPause(pauses, owner.since) });
  return isStop ? [toEvent(owner, 'counters_stopped', owner.since, owner.until)] : [];
}

function dayAt(moment: number): EpochDay {
  return Math.floor(moment / dayMs);
}

function isTouched(freezes: readonly Pause[]): (day: EpochDay) => boolean {
  return (day) => freezes.some(({ from, to }) => day >= dayAt(from) && day * dayMs <= to);
}

function toEvent({ registry, name }: Owner, kind: RecordedKind, time: number, seenAt: number): RecordedEvent {
  return { time: toIso(time), seenAt: toIso(seenAt), registry, kind, detail: name };
}

function toIso(moment: number): string {
  return new Date(moment).toISOString();
}
