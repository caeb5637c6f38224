import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { openStore, type StoreDeps } from './index.ts';
import { totalsOf } from './testing/store-under-test.ts';
import { reading } from './testing/readings.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-store-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function deps(): StoreDeps {
  const clock = createFixedClock(new Date().toISOString());
  return { directory, clock, log: createRecordingLog(), pid: process.pid, hostname: hostname() };
}

describe('the store of the configuration', () => {
  it('is a folder of JSON files on the real machine', async () => {
    const store = await openStore(deps());
    await store.save([reading('acme/app', 10, '2026-03-14')]);
    expect((await readdir(directory)).toSorted()).toEqual(['.lock', '2026-03-14.json']);
    await store.close();

    const again = await openStore(deps());

    expect(await totalsOf(again)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 10 } });
    await again.close();
    expect(await readdir(directory)).toEqual(['.index.json', '2026-03-14.json']);
  });

  it('is refused while another live process has the folder', async () => {
    const store = await openStore({ ...deps(), pid: process.ppid });

    await expect(openStore(deps())).rejects.toMatchObject({ name: 'AppError', code: 'conflict' });

    await store.close();
  });
});
