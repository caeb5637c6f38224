import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createScheduler } from './scheduler.ts';
import { createWorkList } from './work-list.ts';

const start = '2026-03-14T10:00:00.000Z';
const hour = 3_600_000;

/** The schedule of a process that is alone, with runs that take so long. */
function setUp(options: { readonly intervalMs: number; readonly random?: number; readonly runMs?: number }) {
  const clock = createFixedClock(start, { manual: true });
  const list = createWorkList({ clock, random: () => options.random ?? 0.5, intervalMs: options.intervalMs });
  const starts: number[] = [];
  let running = 0;
  let most = 0;
  const scheduler = createScheduler({
    clock,
    async step(signal) {
      const opened = await list.open();
      if (!('run' in opened)) return opened.waitMs;
      starts.push(clock.now() - Date.parse(start));
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(options.runMs ?? 0, signal).catch(() => undefined);
      running -= 1;
      await list.end();
      return 0;
    },
  });
  return { clock, starts, scheduler, list, maxAtOnce: () => most };
}

describe('the scheduler', () => {
  it('starts the first run at once and the next one interval after its start', async () => {
    const { clock, starts, scheduler, maxAtOnce } = setUp({ intervalMs: hour, runMs: 600_000 });

    scheduler.start();
    await clock.advance(0);
    await clock.advance(600_000);
    await clock.advance(hour - 600_000);

    expect(starts).toEqual([0, hour]);
    expect(maxAtOnce()).toBe(1);
    await scheduler.stop();
  });

  it.each([
    [0, 0.9],
    [0.999_999, 1.1],
  ])('waits between 90 and 110 percent of the interval (random %f)', async (random, share) => {
    const { clock, scheduler, list } = setUp({ intervalMs: hour, random });

    scheduler.start();
    await clock.advance(0);

    expect((await list.report()).nextAt).toBeCloseTo(Date.parse(start) + hour * share, -2);
    await scheduler.stop();
  });

  it.each([0, hour])(
    'starts a run at once when it is woken, with an interval of %i, and keeps the interval after that',
    async (intervalMs) => {
      const { clock, starts, scheduler, list, maxAtOnce } = setUp({ intervalMs, runMs: 60_000 });
      scheduler.start();
      await clock.advance(0);
      await clock.advance(600_000);

      await list.trigger(0);
      scheduler.wake();
      await clock.advance(0);
      await clock.advance(60_000);
      await clock.advance(hour);

      expect(starts).toEqual(intervalMs === 0 ? [0, 600_000] : [0, 600_000, 600_000 + hour]);
      expect(maxAtOnce()).toBe(1);
      await scheduler.stop();
      scheduler.wake();
      await clock.advance(2 * hour);
      expect(starts).toHaveLength(intervalMs === 0 ? 2 : 3);
    },
  );

  it('runs once only when the interval is 0', async () => {
    const { clock, starts, scheduler, list } = setUp({ intervalMs: 0 });

    scheduler.start();
    await clock.advance(0);
    await clock.advance(1000 * hour);

    expect(starts).toEqual([0]);
    expect((await list.report()).nextAt).toBeUndefined();
  });

  it('aborts the run on stop, waits for its end and starts none afterwards', async () => {
    const { clock, starts, scheduler } = setUp({ intervalMs: hour, runMs: 10 * hour });
    scheduler.start();
    await clock.advance(0);

    await scheduler.stop();
    await clock.advance(20 * hour);

    expect(starts).toEqual([0]);
  });

  it('starts the next run at once when the last one took longer than the interval', async () => {
    const { clock, starts, scheduler, maxAtOnce } = setUp({ intervalMs: hour, runMs: 2 * hour });

    scheduler.start();
    await clock.advance(0);
    await clock.advance(2 * hour);
    await clock.advance(0);

    expect(starts).toEqual([0, 2 * hour]);
    expect(maxAtOnce()).toBe(1);
    await scheduler.stop();
  });
});
