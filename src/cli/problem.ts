import type { ConfigProblem } from '../config/load.ts';

/** One line about an invalid entry. Control characters are shown as escapes, a backslash as it was written. */
export function describeProblem({ variable, entry, reason }: ConfigProblem): string {
  return `ignoring invalid entry ${JSON.stringify(entry).replaceAll('\\\\', '\\')} in ${variable}: ${reason}`;
}
