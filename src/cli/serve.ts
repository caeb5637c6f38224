/** `serve`: the service, until it receives a signal. */
import { createApp } from '../app/serve.ts';
import type { Config } from '../config/load.ts';
import type { CommandDefinition } from './command.ts';
import type { CliIo } from './io.ts';

export const serveCommand: CommandDefinition = {
  name: 'serve',
  description: 'collect on a schedule and serve the history (default)',
  isDefault: true,
  run: serve,
};

/** @throws AppError when the folder or the port cannot be opened */
async function serve(config: Config, { signal }: CliIo): Promise<number> {
  const app = createApp(config);
  try {
    await app.start(signal);
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await app.close();
  return 0;
}
