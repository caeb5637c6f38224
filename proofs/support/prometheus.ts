/** The real Prometheus and promtool, where they are installed. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

export const howToInstall = 'apt-get install prometheus';

/** Whether both can be run here. */
export const isInstalled = ['prometheus', 'promtool'].every((command) => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** Runs promtool; rejects with what it says when it finds a fault. */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)('promtool', [...args]);
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
}

const answer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })) }),
});

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  /** The value of an expression at a moment in seconds, now where it is absent; rejects for one that is not valid. */
  query(expression: string, atSeconds?: number): Promise<readonly Sample[]>;
  /** Resolves to the first answer that is not empty. */
  wait(expression: string): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

const waitMs = 15_000;

/** Starts it with a configuration over a folder of blocks, on a free port of this machine. */
export async function startPrometheus(configFile: string, dataDirectory: string): Promise<Prometheus> {
  const port = await freePort();
  const child = spawn('prometheus', [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataDirectory}`,
    '--storage.tsdb.retention.time=10y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
  const ended = once(child, 'exit');
  const query = async (expression: string, atSeconds?: number): Promise<readonly Sample[]> => {
    const parameters = new URLSearchParams({ query: expression, ...(atSeconds === undefined ? {} : { time: String(atSeconds) }) });
    const body = await (await fetch(`http://127.0.0.1:${port}/api/v1/query?${parameters.toString()}`)).text();
    const parsed = answer.safeParse(JSON.parse(body));
    if (!parsed.success) throw new Error(`${expression}: ${body}`);
    return parsed.data.data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  };
  return {
    query,
    async wait(expression) {
      for (const until = Date.now() + waitMs; Date.now() < until; await sleep(100)) {
        const samples = await query(expression).catch(() => []);
        if (samples.length > 0) return samples;
      }
      throw new Error(`${expression} stays empty`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
