/** What happened to the images: the events that follow from their totals, and the recorded ones. */
import { fromEpochDay, startOfDay, type EpochDay } from '../model/day.ts';
import { formatExact } from './format.ts';
import { milestoneAt } from '../numbers/milestones.ts';
import { wasRead, type Mark } from '../model/mark.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareEvents, type EventKind, type RecordedEvent, type RecordedKind } from '../model/event.ts';
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
}

/** The events by time, then registry, then repo. */
export function listEvents(
  series: readonly ImageSeries[],
  recorded: readonly RecordedEvent[],
  range: DayRange = {},
): readonly ImageEvent[] {
  const events: ImageEvent[] = [];
  for (const image of series) {
    for (const { epochDay, kind, text } of totalEvents(image)) {
      const day = fromEpochDay(epochDay);
      if (includesDay(range, day)) events.push({ time: startOfDay(day), registry: image.registry, repo: image.repo, kind, text });
    }
  }
  for (const event of recorded) {
    const { time, registry, repo, kind } = event;
    if (includesDay(range, time.slice(0, 10))) events.push({ time, registry, repo, kind, text: texts[kind](event) });
  }
  return events.toSorted(compareEvents);
}

const texts: Readonly<Record<RecordedKind, (event: RecordedEvent) => string>> = {
  tag_pushed: ({ detail }) => `pushed ${detail ?? 'a tag'}`,
  image_gone: () => 'no longer in the registry; its history is kept',
  image_back: () => 'in the registry again',
  registry_dark: ({ detail }) => (detail === undefined ? 'outage' : `outage: ${detail}`),
  registry_back: () => 'outage ended',
};

interface TotalEvent {
  readonly epochDay: EpochDay;
  readonly kind: EventKind;
  readonly text: string;
}

function* totalEvents({ days, totals, marks }: ImageSeries): Generator<TotalEvent> {
  let seen = false;
  let markBefore: Mark | undefined;
  let passed = Infinity;
  for (let at = 0; at < days.length; at += 1) {
    const epochDay = days[at] ?? 0;
    const mark = marks.at(at);
    const [before, total] = [totals[at - 1], totals[at] ?? 0];
    if (!seen && wasRead(mark)) {
      seen = true;
      yield { epochDay, kind: 'first_seen', text: `first seen, with ${formatExact(total)} pulls` };
    }
    if (before !== undefined && total < before) {
      yield { epochDay, kind: 'counter_went_down', text: `counter decreased from ${formatExact(before)} to ${formatExact(total)}` };
    }
    const milestone = milestoneAt(total);
    if (milestone > passed) yield { epochDay, kind: 'milestone', text: `passed ${formatExact(milestone)} pulls` };
    // Milestones below the first known total were passed before it; one that a decrease undid is not passed twice.
    passed = at === 0 ? milestone : Math.max(passed, milestone);
    if (mark !== markBefore && mark === 'frozen') {
      yield { epochDay, kind: 'frozen', text: 'the total does not change while the published daily counts do, or the reverse' };
    }
    if (mark !== markBefore && mark === 'inconsistent') {
      yield { epochDay, kind: 'inconsistent', text: 'total inconsistent with the published daily counts' };
    }
    markBefore = mark;
  }
}
