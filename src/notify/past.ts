/** What would have been sent of days that are over, as if each had had one run. */
import { fromEpochDay } from '../core/model/day.ts';
import { imageKey } from '../core/model/image.ts';
import { wasRead } from '../core/model/mark.ts';
import type { ImageSeries } from '../core/model/history.ts';
import type { Notice, NotifyMemory } from '../core/model/notice.ts';
import type { ImageEvent } from '../core/views/events.ts';
import { detect, hashOf, type DetectContext } from './detect.ts';
import { eventsNotice } from './message.ts';

export interface Past {
  readonly series: readonly ImageSeries[];
  /** By time. */
  readonly events: readonly ImageEvent[];
}

export function pastNotices({ series, events }: Past, context: DetectContext): readonly Notice[] {
  const days = [...new Set(events.map(dayOfEvent))].toSorted();
  const firstReads = new Map(series.map((image) => [imageKey(image), firstRead(image)]));
  const notices: Notice[] = [];
  let seen: NotifyMemory['seen'] = {};
  let troubles: NotifyMemory['troubles'] = {};
  for (const day of days) {
    const startedAt = Date.parse(`${day}T00:00:00Z`);
    const registries = series.flatMap(({ registry, repo }) => {
      const isNew = firstReads.get(imageKey({ registry, repo })) === day;
      return isNew ? [{ registry, readRepos: [repo] }] : [];
    });
    // Images count from the day on which they were first read here.
    const known = Object.fromEntries(
      [...firstReads].flatMap(([key, first]) =>
        first !== undefined && first < day ? [[hashOf(key), Date.parse(first) / 86_400_000]] : [],
      ),
    );
    const memory: NotifyMemory = { watermark: `${day}T00:00:00.000Z`, known, seen, troubles };
    const found = detect(memory, { startedAt, registries, events: events.filter((event) => dayOfEvent(event) === day) }, context);
    ({ seen, troubles } = found.memory);
    if (found.events.length > 0) notices.push(eventsNotice(found.events, `${day}T00:00:00Z`, (id) => context.titles.get(id) ?? id));
  }
  return notices;
}

function dayOfEvent({ time, seenAt }: ImageEvent): string {
  return (seenAt ?? time).slice(0, 10);
}

function firstRead({ days, marks }: ImageSeries): string | undefined {
  for (let at = 0; at < days.length; at += 1) {
    const mark = marks.at(at);
    if (wasRead(mark) && mark !== 'imported') return fromEpochDay(days[at] ?? 0);
  }
  return undefined;
}
