/** Ten thousand connections that only stay open, and how others fare meanwhile. */
import { gatherCrowd } from '../test/support/crowd.ts';
import { once } from './load.ts';
import { createMemoryLimit } from './memory.ts';
import { ms, size } from './report.ts';
import { startMeasured } from './service.ts';

const headerBytes = 30_000;

/** A row of the results: inside a limit of 128 MiB, where one can be made. */
export async function crowdRow(directory: string, connections: number): Promise<string[]> {
  const limit = await createMemoryLimit(128 * 1024 ** 2);
  const service = await startMeasured(directory, limit);
  const latencies: number[] = [];
  const gathered = new AbortController();
  const others = (async () => {
    while (!gathered.signal.aborted) latencies.push((await once(`${service.url}/api/summary`)).ms);
  })();
  const crowd = await gatherCrowd(service.url, { size: connections, headerBytes });
  gathered.abort();
  await others;
  const row = [
    `${connections.toLocaleString('en')}, each with ${size(headerBytes)} of a header that never ends`,
    String(latencies.length),
    `${ms(latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length / 2)] ?? 0)} / ${ms(Math.max(...latencies))}`,
    limit ? size(await limit.peakBytes()) : 'no memory cgroup can be made on this machine',
  ];
  crowd.leave();
  await service.stop();
  await limit?.remove();
  return row;
}
