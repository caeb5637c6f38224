/** Round numbers that people notice: 1,000, 2,500, 5,000, 10,000, 25,000, … */

const steps = [1, 2.5, 5];
const firstMilestone = 1000;

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
