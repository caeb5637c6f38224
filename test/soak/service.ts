/** The service of a soak, as a process of its own: real but for its time, which the parent moves on, and its disk, which the parent spoils. */
import { z } from 'zod';
import { createLogger } from '../../src/app/logger.ts';
import { createApp } from '../../src/app/serve.ts';
import { descriptors } from '../../src/app/world.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Clock, Logger } from '../../src/core/ports.ts';
import type { StartTimer } from '../../src/net/deadline.ts';
import { createFaultyFiles } from '../../src/store/json-files/testing/folder.ts';
import { createSeededRandom } from '../../src/demo/simulator/seeded-random.ts';

/** What the parent says when a run is over: the time at which the next begins, and what its disk does from now on. */
const orders = z.object({
  now: z.number(),
  disk: z.optional(z.object({ step: z.enum(['create', 'write', 'sync', 'rename', 'syncFolder']), code: z.string() })),
});

/** What the parent says when a registry has taken a request that it will not answer. */
const hanging = 'hanging';

export type Orders = z.infer<typeof orders>;

const progressLogMs = 10_000;

let nowMs = Number(process.env['SOAK_START']);
let isRunOver = false;
const files = createFaultyFiles();

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true }));
}

let obey: ((told: Orders) => void) | undefined;
const timers = new Set<() => void>();

/** A request that hangs has used up its time when the parent says so: nothing waits, and no slow machine is taken for a hanging server. */
const startTimer: StartTimer = (_ms, onEnd) => {
  timers.add(onEnd);
  return () => void timers.delete(onEnd);
};

process.on('message', (message) => {
  if (message !== hanging) obey?.(orders.parse(message));
  else for (const end of timers) end();
});

function untilTold(): Promise<Orders> {
  return new Promise((resolve) => (obey = resolve));
}

const clock: Clock = {
  now: () => nowMs,
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    // The log of progress must not drive the time on while a run waits for answers.
    if (ms === progressLogMs) await untilAborted(signal);
    // After a run only the scheduler waits, for the next one.
    if (!isRunOver || ms === 0) {
      nowMs += ms;
      return;
    }
    isRunOver = false;
    process.send?.({ now: nowMs, ms });
    const { now, disk } = await Promise.race([untilTold(), untilAborted(signal)]);
    files.heal();
    if (disk) files.fail(disk.step, disk.code);
    nowMs = now;
  },
};

const config = loadConfig({ env: process.env, descriptors, readTextFile: () => '' });
const plain = createLogger({ level: config.logLevel, format: config.logFormat, stream: process.stderr });
const log: Logger = {
  ...plain,
  info(message, fields) {
    if (message === 'run done') isRunOver = true;
    plain.info(message, fields);
  },
};
const app = createApp(config, { clock, files, log, random: createSeededRandom(7), startTimer });
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
void app.start().then(() => process.send?.({ url: app.url() }));
