/** Somebody who asks for everything, again and again, while the service works. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Load {
  /** Resolves when no question is open. */
  stop(): Promise<LoadResult>;
}

export interface LoadResult {
  readonly answers: number;
  /** What was not answered with 200, and why. */
  readonly failures: readonly string[];
}

const pauseMs = 250;

export function startLoad(url: string, image: string): Load {
  const paths = [
    '/',
    '/status',
    `/images/${image}`,
    '/api/summary',
    '/api/pulls',
    '/api/pulls/daily?split=registry',
    `/api/pulls/weekly?repo=${image}`,
    '/api/events',
    `/api/tags/history?repo=${image}`,
    '/api/status',
    '/metrics',
    `/badge/all/${image}.svg`,
    `/chart/all/${image}.svg`,
  ];
  const stopping = new AbortController();
  const failures: string[] = [];
  let answers = 0;

  async function ask(path: string): Promise<void> {
    try {
      const answer = await fetch(url + path);
      await answer.arrayBuffer();
      answers += 1;
      if (answer.status !== 200) failures.push(`${path}: ${answer.status}`);
    } catch (error) {
      failures.push(`${path}: ${String(error)}`);
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const path of paths) {
        if (stopping.signal.aborted) return;
        await ask(path);
        await sleep(pauseMs);
      }
    }
  }

  const running = loop();
  return {
    async stop() {
      stopping.abort();
      await running;
      return { answers, failures };
    },
  };
}
