/** `serve`: the service, until it is asked to stop. */
import { createApp } from '../app/serve.ts';
import type { Config } from '../config/load.ts';
import type { CliIo } from './io.ts';

/** @throws AppError when the folder or the port cannot be opened */
export async function serve(config: Config, { signal }: CliIo): Promise<number> {
  const app = createApp(config);
  await app.start();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await app.close();
  return 0;
}
