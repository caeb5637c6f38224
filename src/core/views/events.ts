/** What happened to the images: the events that follow from their totals, and the recorded ones. */
import { fromEpochDay, startOfDay, toEpochDay, type EpochDay } from '../model/day.ts';
import { discrepancyText } from './discrepancy.ts';
import { formatExact } from './format.ts';
import { freezeEvent, markOn, mergeFreezes } from './freeze-events.ts';
import { plainText } from './plain-text.ts';
import { coveredDays } from '../numbers/covered-days.ts';
import type { Freeze } from '../numbers/freezes.ts';
import { milestoneAfter, milestoneAt } from '../numbers/milestones.ts';
import { findUnusualDays } from '../numbers/unusual-days.ts';
import type { ImageName } from '../model/image.ts';
import { isInconsistent, wasRead, type Inconsistency, type Mark } from '../model/mark.ts';
import type { Discrepancy } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareEvents, isListed, type EventKind, type ListedKind, type RecordedEvent } from '../model/event.ts';
import { includesDay, type DayRange } from '../model/query.ts';

export interface ImageEvent {
  /** ISO 8601 moment; the start of the day where only that is known. */
  readonly time: string;
  readonly registry: string;
  /** Absent when it is about the whole registry. */
  readonly repo?: string | undefined;
  readonly kind: EventKind;
  /** One sentence for people, without the image's name. */
  readonly text: string;
  /** How the total is known that it follows from; absent for what was recorded. */
  readonly mark?: Mark | undefined;
  /** ISO 8601 moment at which it was recorded; absent for what follows from totals. */
  readonly seenAt?: string | undefined;
  /** Of a recorded one, as it was recorded: the names of the tags, or the cause of an outage. */
  readonly detail?: string | undefined;
}

/** What may be listed besides what follows from each image's own totals. */
export interface EventSources {
  readonly recorded?: readonly RecordedEvent[] | undefined;
  /** When registries did not update their counters; the series have the days of them. */
  readonly freezes?: readonly Freeze[] | undefined;
}

/** The events by time, then registry, then repo. */
export function listEvents(
  series: readonly ImageSeries[],
  { recorded = [], freezes = [] }: EventSources,
  range: DayRange = {},
): readonly ImageEvent[] {
  const first = range.from === undefined ? undefined : toEpochDay(range.from);
  const events: ImageEvent[] = [
    ...mergeFreezes(freezes).map((freeze) => freezeEvent(freeze, markOn(series, freeze))),
    ...series.flatMap((image) => Array.from(imageEvents(image, first), (event) => toImageEvent(image, event))),
    ...recordedEvents(recorded),
  ];
  return events.filter(({ time }) => includesDay(range, time.slice(0, 10))).toSorted(compareEvents);
}

/** What follows from the totals of an image. `from`: of the unusual days, the first that is needed. */
export function* imageEvents(image: ImageSeries, from?: EpochDay): Generator<TotalEvent> {
  yield* totalEvents(image);
  yield* unusualEvents(image, from);
}

/** An event that follows from totals, as it is shown. */
export function toImageEvent({ registry, repo }: ImageName, event: TotalEvent): ImageEvent {
  const { epochDay, kind, mark } = event;
  return { time: startOfDay(fromEpochDay(epochDay)), registry, repo, kind, text: totalText(event), mark };
}

/** Those of the recorded events that are shown. */
export function* recordedEvents(recorded: Iterable<RecordedEvent>): Generator<ImageEvent> {
  for (const event of recorded) {
    if (!isListed(event)) continue;
    const { time, seenAt, registry, repo, kind, detail } = event;
    yield { time, seenAt, registry, repo, kind, text: plainText(texts[kind](event)), detail };
  }
}

const texts: Readonly<Record<ListedKind, (event: RecordedEvent) => string>> = {
  tag_pushed: ({ detail }) => `pushed ${detail ?? 'a tag'}`,
  image_gone: () => 'no longer in the registry; its history is kept',
  image_back: () => 'in the registry again',
  registry_dark: ({ detail }) => (detail === undefined ? 'outage' : `outage: ${detail}`),
  registry_back: () => 'outage ended',
  collecting_failed: ({ detail }) => detail ?? 'images cannot be read',
  collecting_restored: () => 'images can be read again',
  storing_failed: ({ detail }) => `what was read cannot be stored${detail === undefined ? '' : `: ${detail}`}`,
  storing_restored: () => 'what is read is stored again',
  notification_failed: ({ detail }) => `a notification was given up${detail === undefined ? '' : `: ${detail}`}`,
};

/** An event that follows from the totals of an image, without its texts: of thousands of images it is kept like this. */
export interface TotalEvent {
  readonly epochDay: EpochDay;
  readonly kind: TotalKind;
  readonly mark: Mark | undefined;
  /** The total, the milestone that it passed, or the pulls of an unusual day. */
  readonly value: number;
  /** The total before, or the pulls of a typical day; 0 where there is nothing to compare with. */
  readonly compared: number;
  readonly discrepancy: Discrepancy | undefined;
}

/** What most events have none of. */
const noEvent = { compared: 0, discrepancy: undefined };

type TotalKind = 'first_seen' | 'counter_went_down' | 'milestone' | 'unusual_day' | Inconsistency;

function totalText({ kind, value, compared, discrepancy }: TotalEvent): string {
  if (kind === 'first_seen') return `first seen, with ${formatExact(value)} pulls`;
  if (kind === 'counter_went_down') return `counter decreased from ${formatExact(compared)} to ${formatExact(value)}`;
  if (kind === 'milestone') return `passed ${formatExact(value)} pulls`;
  if (kind === 'unusual_day') return `${formatExact(value)} pulls, where ${formatExact(Math.round(compared))} are typical`;
  return discrepancyText(kind, discrepancy);
}

/** `from`: the first day that is asked for. */
function* unusualEvents(image: ImageSeries, from: EpochDay | undefined): Generator<TotalEvent> {
  for (const { day, pulls, typical } of findUnusualDays(image, from)) {
    const mark = image.marks.at(Array.prototype.indexOf.call(image.days, day));
    yield { ...noEvent, epochDay: day, mark, kind: 'unusual_day', value: pulls, compared: typical };
  }
}

function* totalEvents(image: ImageSeries): Generator<TotalEvent> {
  const { days, totals, marks, notes } = image;
  let seen = false;
  let markBefore: Mark | undefined;
  /** The next milestone. */
  let next = Infinity;
  for (let at = 0; at < days.length; at += 1) {
    const epochDay = days[at] ?? 0;
    const mark = marks.at(at);
    const [before, total] = [totals[at - 1], totals[at] ?? 0];
    if (!seen && wasRead(mark)) {
      seen = true;
      yield { ...noEvent, epochDay, mark, kind: 'first_seen', value: total };
    }
    if (before !== undefined && total < before) {
      yield { ...noEvent, epochDay, mark, kind: 'counter_went_down', value: total, compared: before };
    }
    // When it was passed is not known where the registry did not count for days.
    if (total >= next && !isCatchUp(image, at)) yield { ...noEvent, epochDay, mark, kind: 'milestone', value: milestoneAt(total) };
    // Milestones below the first known total were passed before it; one that a decrease undid is not passed twice.
    if (at === 0 || total >= next) next = milestoneAfter(total);
    if (mark !== markBefore && isInconsistent(mark)) {
      yield { ...noEvent, epochDay, mark, kind: mark, value: total, discrepancy: notes?.get(epochDay)?.discrepancy };
    }
    markBefore = mark;
  }
}

/** Whether a value covers days on which the registry did not update its counter. */
function isCatchUp(image: ImageSeries, at: number): boolean {
  return image.still?.has(image.days[at - 1] ?? 0) === true && coveredDays(image, at) > 1;
}
