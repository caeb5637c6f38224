import { describe, expect, it } from 'vitest';
import { foundEvents } from '../../../test/support/found-events.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { addDays } from '../model/day.ts';
import type { Reading } from '../model/reading.ts';
import { keptEventsOf } from './kept-events.ts';

const start = '2026-01-01';

function readings(days: number, pullCount: (at: number) => number, repo = 'acme/app'): Reading[] {
  return Array.from({ length: days }, (_, at) => ({
    registry: 'dockerhub',
    repo,
    pullCount: pullCount(at),
    readAt: `${addDays(start, at)}T23:00:00.000Z`,
  }));
}

/** A store that counts how often all images are asked for, and fails when it is told to. */
async function setUp() {
  const memory = createMemoryStore();
  await memory.save(readings(3, (at) => 500 * (at + 1)));
  const state = { looks: 0, fails: false };
  const store = {
    ...memory,
    async latest(query: Parameters<typeof memory.latest>[0]) {
      state.looks += 1;
      if (state.fails) throw new Error('the store is away');
      return memory.latest(query);
    },
  };
  return { store, state, kept: keptEventsOf(store) };
}

describe('the events of all images', () => {
  it('are worked out once for all who ask, whatever their filters are', async () => {
    const { store, state } = await setUp();
    const source = { store, groups: [] };
    const [all, some] = await Promise.all([
      foundEvents(source, { images: {}, range: {} }),
      foundEvents(source, { images: {}, range: {}, kinds: new Set(['milestone'] as const) }),
    ]);

    expect(state.looks).toBe(1);
    expect([...all].map(({ kind }) => kind)).toEqual(['first_seen', 'milestone']);
    expect([...some].map(({ kind }) => kind)).toEqual(['milestone']);
  });

  it('have what was stored before they were asked for, also while others are worked out', async () => {
    const { store, kept, state } = await setUp();
    const first = kept.current();
    await store.save(readings(4, (at) => 500 * (at + 1), 'acme/tool'));
    const [second, third] = [kept.current(), kept.current()];

    expect((await first).derived.length).toBeGreaterThan(0);
    expect((await second).derived.map(({ image }) => image.repo)).toContain('acme/tool');
    expect(await third).toBe(await second);
    expect(state.looks).toBe(2);
  });

  it('are worked out anew after that failed, and nothing of what failed is kept', async () => {
    const { store, kept, state } = await setUp();
    const before = await kept.current();
    await store.save(readings(5, (at) => 500 * (at + 1)));
    state.fails = true;
    await expect(kept.current()).rejects.toThrow('the store is away');
    expect(await kept.last()).toBe(before);

    state.fails = false;
    expect((await kept.current()).derived).toHaveLength(3);
  });

  it('are those of a fresh look after images have come, changed, and lost their oldest days', async () => {
    const { store, kept } = await setUp();
    await kept.current();
    const steps = [
      () => store.save(readings(60, (at) => 1_000 + 450 * (at === 50 ? 49 : at), 'acme/tool')),
      () => store.save(readings(2, () => 3, 'aaa/app')),
      () => store.save([...readings(10, (at) => 700 * at), ...readings(61, (at) => 900 * at, 'zzz/app')]),
      () => store.prune(addDays(start, 5), { withTotals: true }),
      () => store.save(readings(62, (at) => 1_000 + 451 * at, 'acme/tool')),
    ];
    for (const step of steps) {
      await step();
      const fresh = await keptEventsOf({ ...store }).current();

      expect(await kept.current()).toEqual(fresh);
    }
  });
});
