import { expect, it, vi } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createMemoryStore } from '../store/memory.ts';
import { keptEventsOf } from '../core/views/kept-events.ts';
import { workOutEventsAhead } from './events-ahead.ts';

async function setUp() {
  const store = createMemoryStore();
  const read = { registry: 'ghcr', repo: 'acme/app', readAt: '2026-03-01T10:00:00.000Z' };
  const save = (pullCount: number): Promise<void> => store.save([{ ...read, pullCount }]);
  await save(1);
  const latest = vi.spyOn(store, 'latest');
  const clock = createFixedClock('2026-03-02T10:00:00Z');
  const waiting = new Set<() => void>();
  const timer = (_ms: number, action: () => void): (() => void) => {
    waiting.add(action);
    return () => waiting.delete(action);
  };
  /** Lets the time of the timer pass, and what that begins end. */
  const pass = async (): Promise<void> => {
    const actions = [...waiting];
    waiting.clear();
    for (const action of actions) action();
    await expect.poll(() => waiting.size).toBe(1);
  };
  return { store, save, clock, waiting, pass, stop: workOutEventsAhead({ store, clock, timer }), looks: () => latest.mock.calls.length };
}

it('works out events soon after a start, and when something has changed', async () => {
  const { save, pass, looks } = await setUp();
  await pass();
  await pass();
  expect(looks()).toBe(1);

  await save(2);
  await pass();
  expect(looks()).toBe(2);
});

it('rests while nobody asks for events', async () => {
  const { store, save, clock, pass, looks } = await setUp();
  await pass();
  await clock.advance(2 * 60 * 60_000);
  await save(2);
  await pass();
  expect(looks()).toBe(1);

  await keptEventsOf(store).current();
  await save(3);
  await pass();
  expect(looks()).toBe(3);
});

it('ends', async () => {
  const { waiting, stop } = await setUp();
  stop();

  expect(waiting.size).toBe(0);
});
