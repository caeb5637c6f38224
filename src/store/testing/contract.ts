/** What every store does, whatever it keeps its snapshots in. */
import { describeAnswers } from './contract-answers.ts';
import { describeDailyTotals } from './contract-daily-totals.ts';
import { describeEvents } from './contract-events.ts';
import { describePrune } from './contract-prune.ts';
import { describeReadings } from './contract-readings.ts';
import { describeSaves } from './contract-saves.ts';
import { describeHeldBack } from './contract-wrong-clock.ts';
import type { MakeStore } from './store-under-test.ts';

/** Runs the suite on stores that `make` makes, a new one a test. */
export function describeStore(name: string, make: MakeStore): void {
  describeReadings(name, make);
  describeAnswers(name, make);
  describeDailyTotals(name, make);
  describeEvents(name, make);
  describePrune(name, make);
  describeSaves(name, make);
  describeHeldBack(name, make);
}
