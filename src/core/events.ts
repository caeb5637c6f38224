/** What happened to the images, worked out from their totals. */
import { fromEpochDay, type Day } from './day.ts';
import { formatExact } from './format.ts';
import { marks, type Mark } from './model.ts';
import type { ImageSeries } from './ports.ts';
import { compareText, type DayRange } from './series.ts';

export type EventKind = 'first_seen' | 'counter_went_down' | 'frozen' | 'restated';

export interface ImageEvent {
  readonly day: Day;
  readonly registry: string;
  readonly repo: string;
  readonly kind: EventKind;
  /** One sentence for people, without the image's name. */
  readonly text: string;
}

/** The events of all images by day, then registry, then repo. */
export function eventsOf(series: readonly ImageSeries[], { from = -Infinity, to = Infinity }: DayRange = {}): readonly ImageEvent[] {
  const events: ImageEvent[] = [];
  for (const image of series) {
    let seen = false;
    let markBefore: Mark | undefined;
    for (let at = 0; at < image.days.length; at += 1) {
      const day = image.days[at] ?? 0;
      const mark = marks[image.marks[at] ?? 0] ?? 'read';
      const add = (kind: EventKind, text: string): void => {
        if (day >= from && day <= to) events.push({ day: fromEpochDay(day), registry: image.registry, repo: image.repo, kind, text });
      };
      const [before, total] = [image.totals[at - 1], image.totals[at] ?? 0];
      if (!seen && mark !== 'backfilled') add('first_seen', `first seen, with ${formatExact(total)} pulls`);
      seen ||= mark !== 'backfilled';
      if (before !== undefined && total < before)
        add('counter_went_down', `counter went down from ${formatExact(before)} to ${formatExact(total)}`);
      if (mark !== markBefore && mark === 'frozen')
        add('frozen', "the total stands still while the registry's own days move, or the reverse");
      if (mark !== markBefore && mark === 'restated') add('restated', "the total no longer agrees with the registry's own days");
      markBefore = mark;
    }
  }
  return events.toSorted((a, b) => compareText(a.day, b.day) || compareText(a.registry, b.registry) || compareText(a.repo, b.repo));
}
