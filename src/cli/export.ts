/** `export`: the stored history for other programs; a running service is not disturbed. */
import { once } from 'node:events';
import { exportHistory } from '../app.ts';
import type { Config } from '../config/load.ts';
import { AppError } from '../core/errors.ts';
import type { CliIo } from './io.ts';

/** @throws AppError invalid_input (no such format), misconfigured (the folder cannot be read) */
export async function exportTo(config: Config, { stdout }: CliIo, options: Readonly<Record<string, unknown>>): Promise<number> {
  const { format } = options;
  if (format !== 'openmetrics') throw new AppError('invalid_input', `--format is ${JSON.stringify(format)}: valid is openmetrics`);
  for await (const text of exportHistory(config)) if (!stdout.write(text)) await once(stdout, 'drain');
  return 0;
}
