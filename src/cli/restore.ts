/** `restore`: puts the snapshots of a backup back, after all of it was checked. */
import { restoreHistory } from '../app/restore.ts';
import type { Config } from '../config/load.ts';
import { formatExact } from '../core/views/format.ts';
import type { CliIo } from './io.ts';
import { createProgressBar } from './progress-bar.ts';

/** @throws AppError invalid_input (the archive is damaged), conflict (a service uses the folder, or files differ), misconfigured */
export async function restore(config: Config, { stdout, stderr }: CliIo, options: Readonly<Record<string, unknown>>): Promise<number> {
  const bar = stderr.isTTY ? createProgressBar(stderr, 'days') : undefined;
  const { written, equal, setAside } = await restoreHistory(config, {
    archive: String(options['from']),
    force: options['force'] === true,
    onProgress: (done, total) => bar?.draw({ done, total }),
  });
  bar?.clear();
  stdout.write(
    `Restored ${formatExact(written)} files into ${config.dataDir}; ${formatExact(equal)} were there already, ${formatExact(setAside)} others were set aside.\n`,
  );
  return 0;
}
