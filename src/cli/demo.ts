/** `demo`: the whole product over simulated data, until it receives a signal. */
import { prepareDemo, type DemoService } from '../app/demo.ts';
import { systemClock } from '../app/system-clock.ts';
import type { Config } from '../config/load.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { invalidOption } from './options.ts';

export const demoCommand: CommandDefinition = {
  name: 'demo',
  description: 'show the product with simulated data; needs no network and leaves nothing behind',
  options: [{ flags: '--port <number>', description: 'port to listen on, 0 for any free one (default: that of LISTEN_ADDR)' }],
  run: demo,
};

/** How often images are pulled. */
const stepMs = 60_000;
const maxPort = 65_535;

/** @throws AppError when the port is no port or taken, or the temporary folder cannot be used */
async function demo({ listen, basePath, ...config }: Config, { env, signal, stdout }: CliIo, options: CommandOptions): Promise<number> {
  const port = parsePort(options['port']) ?? listen.port;
  // Only what goes wrong is of interest, unless something else is asked for.
  const logLevel = (env['LOG_LEVEL'] ?? options['logLevel']) === undefined ? 'warn' : config.logLevel;
  const service = await prepareDemo({ settings: { listen: { ...listen, port }, basePath, logLevel, logFormat: config.logFormat } });
  try {
    await service.app.start(signal);
    const url = service.app.url();
    stdout.write(`Simulated data: no registry is contacted, and nothing is kept.

  Dashboard  ${url}/
  API        ${url}/api/pulls/daily
  Metrics    ${url}/metrics

Press Ctrl+C to stop.
`);
    await passTime(service, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await service.stop();
  }
  return 0;
}

/** Resolves when the signal comes. */
async function passTime({ demo: world }: DemoService, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await systemClock.sleep(stepMs, signal);
    world.advance(stepMs);
  }
}

/** @throws AppError invalid_input */
function parsePort(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= maxPort) return port;
  throw invalidOption('port', value, [`a whole number from 0 to ${maxPort}`]);
}
