/** The whole product without any network: simulated registries, 120 days of believable history, and the service on port 9100. */
import { toAppError } from '../src/core/model/errors.ts';
import { createLogger } from '../src/app/logger.ts';
import { prepareDemoService } from '../test/support/demo-service.ts';

const stepMs = 60_000;

const log = createLogger({ level: 'info', format: 'auto', stream: process.stderr });
const { LISTEN_ADDR, LOG_LEVEL } = process.env;
const service = await prepareDemoService({ log, env: { LISTEN_ADDR, LOG_LEVEL } });
const { app, demo } = service;
const moving = setInterval(() => demo.advance(stepMs), stepMs);

async function end(): Promise<void> {
  clearInterval(moving);
  await service.stop();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());

try {
  await app.start();
  process.stdout.write(`\nThe demo is on ${app.url()}/ and its API on ${app.url()}/api/pulls/daily; stop it with Ctrl+C.\n\n`);
} catch (error) {
  process.stderr.write(`registry-stats: ${toAppError(error).message}\n`);
  process.exitCode = 1;
  await end();
}
