/** Puts a history into a store: what is new and what is known better now, and never in the place of what was read here. */
import { toEpochDay } from '../core/day.ts';
import { markOf, marks, type Mark } from '../core/model.ts';
import type { SnapshotStore, StoredReading } from '../core/ports.ts';
import type { RecordedEvent } from '../core/recorded-event.ts';
import type { Item, Problem } from './item.ts';

export interface IntakeOptions {
  /** Only tells what would be done. */
  readonly dryRun: boolean;
  /** Readings keep the marks they have: a whole history moves. Otherwise each is marked as imported. */
  readonly keepMarks: boolean;
  readonly onProblem: (problem: Problem) => void;
}

export interface Intake {
  /** Totals of days that had none. */
  readonly added: number;
  /** In the place of others that were reconstructed, or imported before. */
  readonly replaced: number;
  /** Already there, with the same number. */
  readonly equal: number;
  /** Left out, because another number was read here. */
  readonly kept: number;
  readonly events: number;
  readonly problems: number;
}

/** Readings that are stored at once, if no day is cut by that. */
const batchSize = 2_000;

/** @throws what the store throws; what was stored until then stays */
export async function takeIn(store: SnapshotStore, items: AsyncIterable<Item>, options: IntakeOptions): Promise<Intake> {
  const known = await knownTotals(store);
  const counts = { added: 0, replaced: 0, equal: 0, kept: 0, events: 0, problems: 0 };
  let readings: StoredReading[] = [];
  let events: RecordedEvent[] = [];

  async function save(): Promise<void> {
    if (!options.dryRun && (readings.length > 0 || events.length > 0)) await store.save(readings, events);
    readings = [];
    events = [];
  }

  for await (const item of items) {
    if ('problem' in item) {
      counts.problems += 1;
      options.onProblem(item.problem);
    } else if ('event' in item) {
      counts.events += 1;
      events.push(item.event);
    } else {
      const reading: StoredReading = options.keepMarks
        ? item.reading
        : { ...item.reading, backfilled: undefined, doubt: undefined, imported: true };
      const outcome = compare(known.get(keyOf(reading)), reading);
      counts[outcome] += 1;
      if (outcome === 'equal' || outcome === 'kept') continue;
      // Each day's file is written once, as long as the days come in their order.
      if (readings.length >= batchSize && readings.at(-1)?.day !== reading.day) await save();
      readings.push(reading);
      known.set(keyOf(reading), { total: reading.pullCount, mark: markOf(reading) });
    }
  }
  await save();
  return counts;
}

interface Known {
  readonly total: number;
  readonly mark: Mark;
}

function compare(known: Known | undefined, reading: StoredReading): 'added' | 'replaced' | 'equal' | 'kept' {
  if (!known) return 'added';
  if (known.total === reading.pullCount && (worth[known.mark] > 0 || markOf(reading) === 'backfilled')) return 'equal';
  return worth[known.mark] < 2 && worth[markOf(reading)] >= worth[known.mark] ? 'replaced' : 'kept';
}

const worth: Readonly<Record<Mark, number>> = { backfilled: 0, imported: 1, read: 2, frozen: 2, restated: 2 };

async function knownTotals(store: SnapshotStore): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for (const { registry, repo, days, totals, marks: codes } of await store.totals({})) {
    for (let at = 0; at < days.length; at += 1) {
      known.set(`${registry} ${repo} ${days[at]}`, { total: totals[at] ?? 0, mark: marks[codes[at] ?? 0] ?? 'read' });
    }
  }
  return known;
}

function keyOf({ registry, repo, day }: StoredReading): string {
  return `${registry} ${repo} ${toEpochDay(day)}`;
}
