import type { ConfigProblem } from '../config/load.ts';

/** One line about an entry that cannot be used. Control characters are shown as escapes, a backslash as it was written. */
export function describeProblem({ variable, entry, reason }: ConfigProblem): string {
  return `skipped ${JSON.stringify(entry).replaceAll('\\\\', '\\')} of ${variable}: ${reason}`;
}
