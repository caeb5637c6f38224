/** `backup`: one archive of the folder; a running service is not disturbed. */
import { backupHistory } from '../app/backup.ts';
import type { Config } from '../config/load.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { writeTo } from './output.ts';
import { createProgressBar } from './progress-bar.ts';

export const backupCommand: CommandDefinition = {
  name: 'backup',
  description: 'write all snapshots to one archive, with checksums; safe while the service is running',
  argument: { name: 'to', description: 'path of the archive, such as backup.tar.gz, or - for standard output' },
  run: backup,
};

/** @throws AppError invalid_input (the file already exists), misconfigured (cannot read the folder, or write the file) */
async function backup(config: Config, { stdout, stderr }: CliIo, options: CommandOptions): Promise<number> {
  const bar = stderr.isTTY ? createProgressBar(stderr, 'days') : undefined;
  const to = String(options['to']);
  await writeTo(
    to,
    backupHistory(config, (done, total) => bar?.draw({ done, total })),
    stdout,
  );
  bar?.clear();
  if (to !== '-') stderr.write(`Backed up all snapshots of ${config.dataDir} to ${to}, with checksums.\n`);
  return 0;
}
