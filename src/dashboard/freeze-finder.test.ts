import { describe, expect, it, vi } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { addDays } from '../core/model/day.ts';
import type { Reading } from '../core/model/reading.ts';
import { createMemoryStore } from '../store/memory.ts';
import { createFreezeFinder } from './freeze-finder.ts';

/** Sixty days with 5,000 pulls each, but for the fiftieth. */
const counter = Array.from({ length: 60 }, (_, at): Reading => ({
  registry: 'dockerhub',
  repo: 'acme/app',
  pullCount: 5_000 * (at === 50 ? 49 : at),
  readAt: `${addDays('2026-01-01', at)}T23:50:00.000Z`,
}));

function others(count: number): Reading[] {
  return Array.from({ length: count }, (_, at) => ({
    registry: 'ghcr',
    repo: `other/app-${at}`,
    pullCount: 1,
    readAt: '2026-03-01T10:00:00.000Z',
    mark: 'closed',
  }));
}

const found = [expect.objectContaining({ registry: 'dockerhub', owner: 'acme' })];

describe('the freezes that pages show', () => {
  it('are waited for', async () => {
    const store = createMemoryStore();
    await store.save(counter);

    expect(await createFreezeFinder({ store, clock: createFixedClock('2026-03-02T10:00:00Z') })(1)).toEqual(found);
  });

  it('are those that were found before where there are many images, so that no page waits', async () => {
    const store = createMemoryStore();
    await store.save([...counter, ...others(1_001)]);
    const freezes = createFreezeFinder({ store, clock: createFixedClock('2026-03-02T10:00:00Z') });

    expect(await freezes(1_002)).toEqual([]);
    await expect.poll(() => freezes(1_002)).toEqual(found);
  });

  it('are not looked for before the page that asked is sent where there are many images', async () => {
    const store = createMemoryStore();
    await store.save([...counter, ...others(1_001)]);
    const latest = vi.spyOn(store, 'latest');
    const clock = createFixedClock('2026-03-02T10:00:00Z', { manual: true });
    const freezes = createFreezeFinder({ store, clock });

    expect([await freezes(1_002), latest.mock.calls.length]).toEqual([[], 0]);
    await clock.advance(1_000);
    await expect.poll(() => freezes(1_002)).toEqual(found);
  });

  it('are looked for again after that failed', async () => {
    const store = createMemoryStore();
    await store.save(counter);
    let fails = true;
    const failing = {
      ...store,
      totals: async (...query: Parameters<typeof store.totals>) => (fails ? Promise.reject(new Error('gone')) : store.totals(...query)),
    };
    const freezes = createFreezeFinder({ store: failing, clock: createFixedClock('2026-03-02T10:00:00Z') });

    await expect(freezes(1)).rejects.toThrow('gone');
    fails = false;
    expect(await freezes(1)).toEqual(found);
  });
});
