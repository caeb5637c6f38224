import type { ConfigProblem } from '../config/read-setting.ts';

/** One line about a problem of the configuration. Control characters are shown as escapes, a backslash as it was written. */
export function describeProblem({ variable, entry, reason }: ConfigProblem): string {
  if (entry === '') return `warning: ${variable}: ${reason}`;
  return `ignoring invalid entry ${JSON.stringify(entry).replaceAll('\\\\', '\\')} in ${variable}: ${reason}`;
}
