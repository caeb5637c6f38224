/** A crowd that holds connections open: the real program, so that its memory can be looked at. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processFigures } from '../../bench/memory.ts';
import { gatherCrowd } from '../support/crowd.ts';
import { startService, type Service } from '../support/program.ts';

let directory: string;
let service: Service;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-crowd-'));
  service = await startService({ DATA_DIR: directory, HEALTH_FILE: join(directory, '.healthy') });
});

afterEach(async () => {
  await service.stop();
  await rm(directory, { recursive: true });
});

it('a crowd with half headers is thinned out from its oldest on: others are served at once, and the memory is bounded', async () => {
  const before = (await processFigures(service.child.pid ?? 0)).peakRssBytes;
  const crowd = await gatherCrowd(service.url, { size: 3_000, headerBytes: 30_000 });
  const startedAt = performance.now();
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${service.url}/api/summary`)).status));
  const answeredMs = performance.now() - startedAt;
  const after = (await processFigures(service.child.pid ?? 0)).peakRssBytes;

  expect(statuses).toEqual(statuses.map(() => 200));
  expect(answeredMs).toBeLessThan(4_000);
  expect(crowd.open()).toBeLessThanOrEqual(512);
  // All of them would hold 90 MB in headers alone.
  expect(after - before).toBeLessThan(80 * 1024 ** 2);
  crowd.leave();
  expect((await fetch(`${service.url}/api/summary`)).status).toBe(200);
});
