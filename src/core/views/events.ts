/** What happened to the images: the events that follow from their totals, and the recorded ones. */
import { fromEpochDay, startOfDay, toEpochDay, type EpochDay } from '../model/day.ts';
import { discrepancyText } from './discrepancy.ts';
import { formatExact } from './format.ts';
import { freezeEvent, markOn, mergeFreezes } from './freeze-events.ts';
import { plainText } from './plain-text.ts';
import { coveredDays } from '../numbers/covered-days.ts';
import type { Freeze } from '../numbers/freezes.ts';
import { milestoneAt } from '../numbers/milestones.ts';
import { findUnusualDays } from '../numbers/unusual-days.ts';
import { isInconsistent, wasRead, type Mark } from '../model/mark.ts';
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
    ...series.flatMap((image) => imageEvents(image, first)),
    ...recordedEvents(recorded),
  ];
  return events.filter(({ time }) => includesDay(range, time.slice(0, 10))).toSorted(compareEvents);
}

/** What follows from the totals of an image. `from`: of the unusual days, the first that is needed. */
export function imageEvents(image: ImageSeries, from?: EpochDay): ImageEvent[] {
  const { registry, repo } = image;
  return [...totalEvents(image), ...unusualEvents(image, from)].map(({ epochDay, kind, text, mark }) => ({
    time: startOfDay(fromEpochDay(epochDay)),
    registry,
    repo,
    kind,
    text,
    mark,
  }));
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

interface TotalEvent {
  readonly epochDay: EpochDay;
  readonly kind: EventKind;
  readonly text: string;
  readonly mark: Mark | undefined;
}

/** `from`: the first day that is asked for. */
function* unusualEvents(image: ImageSeries, from: EpochDay | undefined): Generator<TotalEvent> {
  for (const { day, pulls, typical } of findUnusualDays(image, from)) {
    const text = `${formatExact(pulls)} pulls, where ${formatExact(Math.round(typical))} are typical`;
    yield { epochDay: day, kind: 'unusual_day', text, mark: image.marks.at(Array.prototype.indexOf.call(image.days, day)) };
  }
}

function* totalEvents(image: ImageSeries): Generator<TotalEvent> {
  const { days, totals, marks, still, notes } = image;
  let seen = false;
  let markBefore: Mark | undefined;
  let passed = Infinity;
  for (let at = 0; at < days.length; at += 1) {
    const epochDay = days[at] ?? 0;
    const mark = marks.at(at);
    const [before, total] = [totals[at - 1], totals[at] ?? 0];
    if (!seen && wasRead(mark)) {
      seen = true;
      yield { epochDay, kind: 'first_seen', text: `first seen, with ${formatExact(total)} pulls`, mark };
    }
    if (before !== undefined && total < before) {
      yield { epochDay, kind: 'counter_went_down', text: `counter decreased from ${formatExact(before)} to ${formatExact(total)}`, mark };
    }
    const milestone = milestoneAt(total);
    // When it was passed is not known where the registry did not count for days.
    const isCatchUp = still !== undefined && still.size > 0 && still.has(days[at - 1] ?? 0) && coveredDays(image, at) > 1;
    if (milestone > passed && !isCatchUp) yield { epochDay, kind: 'milestone', text: `passed ${formatExact(milestone)} pulls`, mark };
    // Milestones below the first known total were passed before it; one that a decrease undid is not passed twice.
    passed = at === 0 ? milestone : Math.max(passed, milestone);
    if (mark !== markBefore && isInconsistent(mark)) {
      yield { epochDay, kind: mark, text: discrepancyText(mark, notes?.get(epochDay)?.discrepancy), mark };
    }
    markBefore = mark;
  }
}
