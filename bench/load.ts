/** Asks one address over a few connections that stay open, from a process of its own. */
import { fork } from 'node:child_process';
import { once as event } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly requests: number;
  /** As the header says it; absent: nothing is packed. */
  readonly acceptEncoding?: string | undefined;
}

const result = z.object({
  perSecond: z.number(),
  medianMs: z.number(),
  p99Ms: z.number(),
  /** Of one answer's body. */
  bytes: z.number(),
});

export type LoadResult = z.infer<typeof result>;

/** Resolves when all requests are answered; rejects when one is not answered with 200. */
export async function measure(load: Load): Promise<LoadResult> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(load)], { execArgv: process.execArgv });
  const ended = event(child, 'exit').then(([code]: unknown[]) => Promise.reject(new Error(`the load ended with ${String(code)}`)));
  const [message]: unknown[] = await Promise.race([event(child, 'message'), ended]);
  return result.parse(message);
}

/** The time of one request with a connection of its own. */
export async function once(url: string, acceptEncoding?: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  const begun = performance.now();
  const bytes = await ask(url, new Agent(), acceptEncoding);
  return { ms: performance.now() - begun, bytes };
}

function ask(url: string, agent: Agent, acceptEncoding?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: acceptEncoding === undefined ? {} : { 'Accept-Encoding': acceptEncoding } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url} answered ${response.statusCode}`)),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

async function run({ url, connections, requests, acceptEncoding }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let left = requests;
  let bytes = 0;
  const begun = performance.now();
  const connection = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const asked = performance.now();
      bytes = await ask(url, agent, acceptEncoding);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { perSecond: times.length / seconds, medianMs: at(0.5), p99Ms: at(0.99), bytes };
}

const [, program, load] = process.argv;
if (process.send && load !== undefined && program === fileURLToPath(import.meta.url)) {
  process.send(await run(JSON.parse(load)));
  process.disconnect();
}
