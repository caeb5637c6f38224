/** What test runs came to, and the lines that say so. */
export interface SkippedTest {
  readonly file: string;
  readonly name: string;
  /** Why it could not run. */
  readonly reason: string;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

/** The summary of several runs as one. */
export function sumOf(summaries: readonly Summary[]): Summary {
  return {
    passed: summaries.reduce((sum, { passed }) => sum + passed, 0),
    failed: summaries.reduce((sum, { failed }) => sum + failed, 0),
    skipped: summaries.flatMap(({ skipped }) => skipped),
  };
}

/** One line for each reason in a file. */
export function skippedLines(skipped: readonly SkippedTest[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { file, name, reason } of skipped) {
    const key = JSON.stringify([file, reason]);
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  return Array.from(names, ([key, of]) => {
    const [file, reason]: [string, string] = JSON.parse(key);
    return `skipped: ${file}, ${of.length === 1 ? `"${of[0]}"` : `${of.length} tests`}: ${reason}`;
  });
}

/** The line that continuous integration reads. */
export function countLine({ passed, failed }: Summary): string {
  return `${passed} passed, ${failed} failed`;
}
