/** When a digest is due, and what it says. */
import { addDays, dayOf, fromEpochDay, type Day } from '../core/model/day.ts';
import type { Digest } from '../core/model/notice.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { lastDue, localDay, type DigestSchedule } from '../core/numbers/local-time.ts';
import { buildDigest } from '../core/views/digest.ts';
import { listEvents } from '../core/views/events.ts';
import { seriesWithFreezes } from '../core/views/frozen-series.ts';
import type { Group } from '../core/views/groups.ts';
import { buildReport } from '../core/views/report.ts';
import { subjectOf } from './detect.ts';

export interface DigestDeps {
  readonly store: Pick<SnapshotStore, 'latest' | 'totals' | 'days' | 'events'>;
  readonly groups: readonly Group[];
  readonly titles: ReadonlyMap<string, string>;
}

/** The first day of a digest that was due at a moment: the day on which the one before was due. */
export function firstDayOf(schedule: DigestSchedule, timeZone: string, due: number): Day {
  const first = fromEpochDay(localDay(lastDue(schedule, timeZone, due - 1), timeZone));
  // Days are those of UTC, and the last one is yesterday: one day at least.
  const yesterday = addDays(dayOf(due), -1);
  return first < yesterday ? first : yesterday;
}

/** The digest of the days from this one to the day before `now`, which is in milliseconds since the epoch. */
export async function readDigest({ store, groups, titles }: DigestDeps, from: Day, now: number): Promise<Digest> {
  const [latest, { series, freezes }, days, recorded] = await Promise.all([
    store.latest({}),
    seriesWithFreezes(store, {}),
    store.days(),
    store.events(),
  ]);
  const report = buildReport({ latest, series, newestDay: days.at(-1) }, { now, from, groups });
  const events = listEvents(series, { recorded, freezes }, { from, to: report.to });
  return buildDigest({ report, series, events, subject: (event) => subjectOf(event, titles) });
}
