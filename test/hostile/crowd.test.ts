/** A crowd that holds connections open, towards the real program; what memory that costs is in the bench. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
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

it('a crowd with half headers is thinned out from its oldest on: others are served', async () => {
  const crowd = await gatherCrowd(service.url, { size: 3_000, headerBytes: 30_000 });
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${service.url}/api/summary`)).status));

  expect(statuses).toEqual(statuses.map(() => 200));
  // The crowd hears of it later than the service does it.
  await expect.poll(() => crowd.open()).toBeLessThanOrEqual(512);
  crowd.leave();
  expect((await fetch(`${service.url}/api/summary`)).status).toBe(200);
});
