import { describe, expect, it } from 'vitest';
import type { SnapshotStore } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import { createTagSeriesFinder } from './tag-series-finder.ts';

const app = { registry: 'ghcr', repo: 'acme/app' };

/** A store with one tag on two days, whose readings are asked for so often; `fail`: what they fail with. */
async function setUp() {
  const memory = createMemoryStore();
  const save = (day: string, pullCount: number): Promise<void> =>
    memory.save([{ ...app, pullCount, readAt: `${day}T10:00:00Z`, tags: [{ name: '1.0', versionId: '1', pullCount }] }]);
  await save('2026-03-13', 5);
  await save('2026-03-14', 9);
  let failure: Error | undefined;
  let asked = 0;
  const store: Pick<SnapshotStore, 'readings' | 'version'> = {
    version: () => memory.version(),
    readings(query, range) {
      asked += 1;
      if (failure) throw failure;
      return memory.readings(query, range);
    },
  };
  const find = createTagSeriesFinder(store);
  const totals = async (from = '2026-03-13'): Promise<unknown> =>
    (await find([app], { from })).map(({ series }) => Array.from(series.totals));
  return { save, totals, asked: () => asked, fail: (error: Error | undefined): void => void (failure = error) };
}

describe('the series of tags', () => {
  it('are read once, and again for other days and when something is stored', async () => {
    const { save, totals, asked } = await setUp();

    expect([await totals(), await totals()]).toEqual([[[5, 9]], [[5, 9]]]);
    expect(asked()).toBe(1);
    expect(await totals('2026-03-14')).toEqual([[9]]);
    expect(asked()).toBe(2);
    await save('2026-03-14', 12);
    expect(await totals('2026-03-14')).toEqual([[12]]);
    expect(asked()).toBe(3);
  });

  it('are read anew after a failure', async () => {
    const { totals, fail } = await setUp();

    fail(new Error('the disk is gone'));
    await expect(totals()).rejects.toThrow('the disk is gone');
    fail(undefined);
    expect(await totals()).toEqual([[5, 9]]);
  });
});
