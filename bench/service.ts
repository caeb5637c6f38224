/** The real program over a folder, as a process of its own. */
import { join } from 'node:path';
import { imageStart, startService } from '../test/support/program.ts';
import { processFigures, type MemoryLimit, type ProcessFigures } from './memory.ts';

export interface MeasuredService {
  readonly url: string;
  /** From its start to its first answer. */
  readonly startMs: number;
  figures(): Promise<ProcessFigures>;
  /** Resolves when it has ended, whatever ended it. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts it as the image does, with nothing to track, so that it only serves. */
export async function startMeasured(
  directory: string,
  limit?: MemoryLimit,
  more: Readonly<Record<string, string>> = {},
): Promise<MeasuredService> {
  const start = await imageStart();
  const begun = performance.now();
  const env = {
    ...start.env,
    DATA_DIR: directory,
    HEALTH_FILE: join(directory, '.healthy'),
    RETENTION_DAYS: '0',
    POLL_INTERVAL_HOURS: '0',
    ...more,
  };
  const { nodeOptions } = start;
  const service = await startService(env, limit ? { nodeOptions, shellPrefix: limit.shellPrefix } : { nodeOptions });
  await (await fetch(`${service.url}/api/summary?repo=none/none`)).text();
  return {
    url: service.url,
    startMs: performance.now() - begun,
    exited: service.exited,
    figures: () => processFigures(service.child.pid ?? 0),
    async stop() {
      await service.stop();
    },
  };
}

/** Until the events of all images were worked out, which goes on beside other answers; resolves to how long that took. */
export async function waitForEvents({ url }: Pick<MeasuredService, 'url'>): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { status } = await fetch(`${url}/api/events?limit=1`);
    if (status === 200) return performance.now() - begun;
    if (status !== 503) throw new Error(`events are answered with ${status}`);
  }
}

/** The heap that the image's Node gives itself in such a limit; an older Node does not know the option for that. */
export function heapIn(limitBytes: number): Readonly<Record<string, string>> {
  if (process.allowedNodeEnvironmentFlags.has('--max-old-space-size-percentage')) return {};
  return { NODE_OPTIONS: `--max-old-space-size=${Math.floor((limitBytes / 1024 ** 2) * 0.6)}` };
}
