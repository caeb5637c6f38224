/** Closes a test run with what was skipped and why, and one plain line that continuous integration reads. */
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { countLine, skippedLines, type SkippedTest, type Summary } from './summary.ts';

/** Where this is set, the run is one of several: its summary is added to that file, and whoever set it has the last word. */
const file = process.env['TEST_SUMMARIES'];

export default class PlainSummary implements Reporter {
  /** With `-t` most tests are skipped because nobody wants them. */
  #isSelection = false;

  onInit({ config }: Vitest): void {
    this.#isSelection = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const all = summaryOf(modules, unhandledErrors.length);
    const summary = this.#isSelection ? { ...all, skipped: [] } : all;
    if (file !== undefined) {
      appendFileSync(file, `${JSON.stringify(summary)}\n`);
      return;
    }
    for (const line of [...skippedLines(summary.skipped), countLine(summary)]) process.stdout.write(`${line}\n`);
  }
}

/** What fails outside of a test counts as a failure: a file that cannot be loaded, a hook of a suite, a rejection that nobody handles. */
function summaryOf(modules: readonly TestModule[], unhandledErrors: number): Summary {
  let [passed, failed] = [0, unhandledErrors];
  const skipped: SkippedTest[] = [];
  for (const module of modules) {
    for (const suite of [module, ...module.children.allSuites()]) if (suite.errors().length > 0) failed += 1;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      if (result.state === 'failed') failed += 1;
      if (result.state !== 'skipped') continue;
      skipped.push({ file: relative('.', module.moduleId), name: test.fullName, reason: result.note ?? 'no reason given' });
    }
  }
  return { passed, failed, skipped };
}
