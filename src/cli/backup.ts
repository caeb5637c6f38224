/** `backup`: one archive of the folder; a running service is not disturbed. */
import { backupHistory } from '../app/backup.ts';
import type { Config } from '../config/load.ts';
import type { CliIo } from './io.ts';
import { writeTo } from './output.ts';
import { createProgressBar } from './progress-bar.ts';

/** @throws AppError invalid_input (the file is there already), misconfigured (the folder cannot be read, or the file not be written) */
export async function backup(config: Config, { stdout, stderr }: CliIo, options: Readonly<Record<string, unknown>>): Promise<number> {
  const bar = stderr.isTTY ? createProgressBar(stderr, 'days') : undefined;
  const to = String(options['to']);
  await writeTo(
    to,
    backupHistory(config, (done, total) => bar?.draw({ done, total })),
    stdout,
  );
  bar?.clear();
  if (to !== '-') stderr.write(`${to} has every snapshot of ${config.dataDir}, with checksums.\n`);
  return 0;
}
