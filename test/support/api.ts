/** The API for tests. */
import { createFixedClock } from './fixed-clock.ts';
import { createRecordingLog } from './recording-log.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import type { CollectorStatus } from '../../src/core/views/status.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createApi, type ServiceDeps } from '../../src/http/api.ts';
import { fetchFrom } from './fetch-from.ts';

const healthy: CollectorStatus = { health: { healthy: true, reason: 'every configured registry was read recently' }, registries: [] };

/** A reading at 10 o'clock of a day. */
export function read(registry: string, repo: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry, repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

/** compat.md's example: on the second day GHCR could not be read. */
export const example = [
  read('dockerhub', 'acme/app', '2026-03-01', 100),
  read('ghcr', 'acme/app', '2026-03-01', 50),
  read('dockerhub', 'acme/app', '2026-03-02', 104),
  read('dockerhub', 'acme/app', '2026-03-03', 110, { tagCount: 5 }),
  read('ghcr', 'acme/app', '2026-03-03', 55),
  read('dockerhub', 'acme/tool', '2026-03-03', 7),
];

/** The API over a store in memory that holds these readings, on 2026-03-04 at 10 o'clock. */
export async function setUp(readings: readonly Reading[] = example, deps: Partial<ServiceDeps> = {}) {
  const store = createMemoryStore();
  await store.save(readings);
  const log = createRecordingLog();
  const fetch = fetchFrom(
    createApi({
      store,
      status: () => healthy,
      registries: ['dockerhub', 'ghcr'],
      basePath: '',
      metrics: { scrape: async () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', chunks: ['up 1\n'] }) },
      clock: createFixedClock('2026-03-04T10:00:00.000Z'),
      configured: [],
      groups: [],
      counting: {
        dockerhub: { unit: 'pulls', lifetime: true, note: 'Requests for manifests.' },
        ghcr: { unit: 'downloads', lifetime: true, note: 'Downloads of manifests.' },
      },
      staleAfterMs: 86_400_000,
      version: '1.2.3',
      configProblems: [],
      log,
      ...deps,
    }),
  );
  return { store, log, fetch, json: async (path: string): Promise<unknown> => (await fetch(path)).json() };
}
