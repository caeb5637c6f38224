/** `restore`: restores the snapshots of a backup, after all of it was verified. */
import { restoreHistory } from '../app/restore.ts';
import type { Config } from '../config/load.ts';
import { formatExact } from '../core/views/format.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { createProgressBar } from './progress-bar.ts';

export const restoreCommand: CommandDefinition = {
  name: 'restore',
  description: 'verify a backup, then restore its snapshots; the service must be stopped',
  argument: { name: 'from', description: 'path of the archive' },
  options: [{ flags: '--force', description: 'rename existing files whose content differs, instead of stopping' }],
  run: restore,
};

/** @throws AppError invalid_input (the archive is damaged), conflict (a service uses the folder, or files differ), misconfigured */
async function restore(config: Config, { stdout, stderr }: CliIo, options: CommandOptions): Promise<number> {
  const bar = stderr.isTTY ? createProgressBar(stderr, 'days') : undefined;
  const { written, equal, setAside } = await restoreHistory(config, {
    archive: String(options['from']),
    force: options['force'] === true,
    onProgress: (done, total) => bar?.draw({ done, total }),
  });
  bar?.clear();
  stdout.write(
    `Restored ${formatExact(written)} files to ${config.dataDir}; ${formatExact(equal)} unchanged, ${formatExact(setAside)} existing files renamed.\n`,
  );
  return 0;
}
