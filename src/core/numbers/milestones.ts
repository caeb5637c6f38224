/** Round numbers that people notice: 1,000, 2,500, 5,000, 10,000, 25,000, … */
import { fromEpochDay, type Day, type EpochDay } from '../model/day.ts';

const steps = [1, 2.5, 5];
const firstMilestone = 1000;

export interface NextMilestone {
  readonly milestone: number;
  /** When the total reaches it, if each day goes on like those of the rate; absent where that is not within ten years. */
  readonly day?: Day | undefined;
}

/** No rate holds for longer. */
const furthestDays = 3_650;

/** `rate`: pulls a day. */
export function nextMilestone(total: number, rate: number, today: EpochDay): NextMilestone {
  const milestone = milestoneAfter(total);
  const daysLeft = rate > 0 ? Math.ceil((milestone - total) / rate) : Infinity;
  return { milestone, day: daysLeft <= furthestDays ? fromEpochDay(today + daysLeft) : undefined };
}

/** The largest milestone that is not above the total; 0 below the first. */
export function milestoneAt(total: number): number {
  if (total < firstMilestone) return 0;
  const decade = 10 ** (String(Math.floor(total)).length - 1);
  return decade * (steps.findLast((step) => step * decade <= total) ?? 1);
}

/** The smallest milestone above the total. */
export function milestoneAfter(total: number): number {
  const passed = milestoneAt(total);
  if (passed === 0) return firstMilestone;
  const decade = 10 ** (String(passed).length - 1);
  return decade * (steps.find((step) => step * decade > total) ?? 10);
}
