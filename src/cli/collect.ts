/** `collect`: one run with a progress bar, and a summary of what was read and what failed. */
import { collectOnce, type Collected } from '../app/collect.ts';
import { descriptors } from '../app/world.ts';
import type { Config } from '../config/load.ts';
import { formatExact } from '../core/views/format.ts';
import type { Progress } from '../core/model/outcome.ts';
import { plainText } from '../core/views/plain-text.ts';
import type { CommandDefinition } from './command.ts';
import type { CliIo } from './io.ts';
import { describeProblem } from './problem.ts';
import { createProgressBar } from './progress-bar.ts';
import { formatTable } from './table.ts';

export const collectCommand: CommandDefinition = {
  name: 'collect',
  description: 'run once, print a summary, and exit 1 if nothing could be read',
  run: collect,
};

/** @throws AppError when the folder cannot be opened */
async function collect(config: Config, { stdout, stderr, signal }: CliIo): Promise<number> {
  const bar = stderr.isTTY ? createProgressBar(stderr) : undefined;
  const progress = new Map<string, Progress>();
  const result = await collectOnce({ ...config, logLevel: bar ? 'error' : config.logLevel }, signal, {
    onProgress(registry, step) {
      progress.set(registry, step);
      const steps = [...progress.values()];
      bar?.draw({ done: sum(steps.map(({ done }) => done)), total: sum(steps.map(({ total }) => total)) });
    },
  });
  bar?.clear();
  stdout.write(summarize(config, result));
  const { registries, saveError, interrupted } = result.run;
  const readAny = registries.some(({ imagesRead }) => imagesRead > 0);
  return readAny && !saveError && !interrupted ? 0 : 1;
}

function summarize(config: Config, { run, status, images }: Collected): string {
  const lines: string[] = [];
  if (run.registries.length === 0 && !run.interrupted) lines.push(nothingConfigured());
  if (images.length > 0) {
    const rows = images.map(({ registry, repo, pullCount }) => [registry, repo, formatExact(pullCount)]);
    lines.push(formatTable(['REGISTRY', 'IMAGE', 'PULLS'], rows, { right: [2] }), '');
  }
  for (const problem of config.problems) lines.push(describeProblem(problem));
  for (const { registry, imagesRead, failures, listings, durationMs } of run.registries) {
    const { diagnosis, unexplained = failures } = status.registries.find((each) => each.registry === registry) ?? {};
    lines.push(
      `${registry}: ${imagesRead} read, ${failures.filter(({ missing }) => missing === 'total').length} failed in ${(durationMs / 1000).toFixed(1)} s`,
    );
    for (const { owner, shortfall } of listings) if (shortfall) lines.push(plainText(`  ${owner}/*: ${shortfall.message}`));
    for (const { repo, missing, message } of unexplained)
      lines.push(plainText(`  ${repo}: ${missing === 'details' ? 'total read, but ' : ''}${message}`));
    if (diagnosis !== undefined) lines.push(plainText(`  ${failures.length - unexplained.length} images: ${diagnosis}`));
  }
  if (run.saveError) lines.push(`not stored: ${run.saveError.message}`);
  if (run.interrupted) lines.push('interrupted; what was read is stored');
  return `${lines.join('\n')}\n`;
}

function nothingConfigured(): string {
  const variables = descriptors.map(({ variablePrefix }) => `${variablePrefix}_REPOS`);
  return `No images are configured: set ${variables.slice(0, -1).join(', ')} or ${variables.at(-1)}, see --help.`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
