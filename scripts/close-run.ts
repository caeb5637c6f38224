/**
 * The last lines of `.ci/run`: what was skipped in all suites and why, and the sum of what passed and failed.
 * Takes the file of the suites' summaries, and the name of each step that failed.
 */
import { readFile } from 'node:fs/promises';
import { countLine, skippedLines, sumOf, type Summary } from '../test/support/summary.ts';

const [file = '', ...failedSteps] = process.argv.slice(2);
const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
const tests = sumOf(lines.map((line): Summary => JSON.parse(line)));
// A step can fail without a failed test, as the linter does.
const failed = Math.max(tests.failed, failedSteps.length);
for (const line of [...skippedLines(tests.skipped), ...failedSteps.map((step) => `failed: ${step}`)]) process.stdout.write(`${line}\n`);
process.stdout.write(`${countLine({ ...tests, failed })}\n`);
process.exitCode = failed > 0 ? 1 : 0;
