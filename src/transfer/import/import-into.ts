/** Imports a history into a store: what is new and what is more reliable, but never in place of what was read here. */
import { dayOf, firstPullDay, type Day } from '../../core/model/day.ts';
import { compareMarks } from '../../core/model/mark.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import type { StoredReading } from '../../core/model/history.ts';
import { eventKey, type RecordedEvent } from '../../core/model/event.ts';
import { compareText, imageKey } from '../../core/model/image.ts';
import type { ImportProblem, ImportRecord } from './import-record.ts';

export interface ImportIntoOptions {
  /** Only counts what would be done. */
  readonly dryRun: boolean;
  /** Readings keep the marks they have: a whole history moves. Otherwise each is marked as imported. */
  readonly keepMarks: boolean;
  /** The last day that can be imported; later ones are reported as problems. */
  readonly today?: Day | undefined;
  readonly onProblem: (problem: ImportProblem) => void;
  /** Ends the import between two records; what is stored by then stays. */
  readonly signal?: AbortSignal | undefined;
}

export interface ImportResult {
  /** Totals of days that had none. */
  readonly added: number;
  /** In place of others that were backfilled, or imported before. */
  readonly replaced: number;
  /** Already there, with the same number. */
  readonly equal: number;
  /** Not imported, because the existing total is more reliable. */
  readonly kept: number;
  /** Events that were new. */
  readonly events: number;
  readonly problems: number;
}

/** An older day is a mistake. */
const tooEarly = `before there were registries: the first day that can be imported is ${firstPullDay}`;

/** The part of a store that an import needs; a dry run saves nothing. */
export type ImportStore = Pick<SnapshotStore, 'readings' | 'events' | 'save'>;

type Outcome = 'added' | 'replaced' | 'equal' | 'kept';

/** How much is held in memory before it is stored: each total, tag and platform counts 1. Larger parts write the same files less often. */
const batchWeight = 50_000;

/** @throws what the store and the records throw, and the signal's reason; what was stored until then stays */
export async function importInto(
  store: ImportStore,
  records: AsyncIterable<ImportRecord>,
  options: ImportIntoOptions,
): Promise<ImportResult> {
  const { dryRun, keepMarks, today = '9999-12-31' } = options;
  const counts = { added: 0, replaced: 0, equal: 0, kept: 0, events: 0, problems: 0 };
  const seenEvents = new Set((await store.events()).map(eventKey));
  let days = new Map<Day, Map<string, StoredReading>>();
  let events: RecordedEvent[] = [];
  let weight = 0;

  function report(where: string, reason: string): void {
    counts.problems += 1;
    options.onProblem({ where, reason });
  }

  function putEvent(event: RecordedEvent, where = `event ${event.kind} of ${event.registry}`): void {
    const day = dayOf(Date.parse(event.seenAt));
    if (day > today || day < firstPullDay) return report(where, `time ${day > today ? 'in the future' : tooEarly}`);
    if (seenEvents.has(eventKey(event))) return;
    seenEvents.add(eventKey(event));
    counts.events += 1;
    weight += 1;
    events.push(event);
  }

  function putReading(reading: StoredReading, where = `${reading.day} ${imageKey(reading)}`): void {
    if (reading.day > today) return report(where, `day in the future: today is ${today}`);
    if (reading.day < firstPullDay) return report(where, `day ${tooEarly}`);
    const images = days.get(reading.day) ?? new Map<string, StoredReading>();
    days.set(reading.day, images);
    const before = images.get(imageKey(reading));
    if (before && before.pullCount !== reading.pullCount)
      report(where, `two different totals: ${before.pullCount} and ${reading.pullCount}`);
    if (!isChange(decide(before, reading))) return;
    images.set(imageKey(reading), reading);
    weight += weightOf(reading);
  }

  async function saveBatch(): Promise<void> {
    const changes: StoredReading[] = [];
    for (const [day, images] of [...days].toSorted(([a], [b]) => compareText(a, b))) {
      const stored = await readStored(store, day, images.values());
      for (const [key, reading] of images) {
        const outcome = decide(stored.get(key), reading);
        counts[outcome] += 1;
        if (isChange(outcome)) changes.push(reading);
      }
    }
    if (!dryRun && (changes.length > 0 || events.length > 0)) await store.save(changes, events);
    [days, events, weight] = [new Map(), [], 0];
  }

  for await (const record of records) {
    options.signal?.throwIfAborted();
    if ('problem' in record) report(record.problem.where, record.problem.reason);
    else if ('event' in record) putEvent(record.event, record.where);
    else putReading(keepMarks ? record.reading : { ...record.reading, mark: 'imported' }, record.where);
    if (weight >= batchWeight) await saveBatch();
  }
  await saveBatch();
  return counts;
}

async function readStored(store: ImportStore, day: Day, incoming: Iterable<StoredReading>): Promise<ReadonlyMap<string, StoredReading>> {
  const repos = new Set(Array.from(incoming, ({ repo }) => repo));
  const stored = new Map<string, StoredReading>();
  for await (const reading of store.readings({ repos }, { from: day, to: day })) stored.set(imageKey(reading), reading);
  return stored;
}

/** As the store decides it (mergeReadings), except that a total read here is not even replaced by one read later elsewhere. */
function decide(stored: StoredReading | undefined, reading: StoredReading): Outcome {
  if (!stored) return 'added';
  const better = compareMarks(reading.mark, stored.mark);
  if (better > 0) return 'replaced';
  if (stored.pullCount === reading.pullCount) return 'equal';
  const isLater = Date.parse(reading.readAt) >= Date.parse(stored.readAt);
  return better === 0 && isLater && compareMarks(stored.mark, 'read') < 0 ? 'replaced' : 'kept';
}

function isChange(outcome: Outcome): boolean {
  return outcome === 'added' || outcome === 'replaced';
}

function weightOf({ tags = [] }: StoredReading): number {
  return tags.reduce((sum, { platforms = [] }) => sum + 1 + platforms.length, 1);
}
