import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createScheduler } from './scheduler.ts';

const start = '2026-03-14T10:00:00.000Z';
const hour = 3_600_000;

function setUp(options: { readonly intervalMs: number; readonly random?: number; readonly cycleMs?: number }) {
  const clock = createFixedClock(start, { manual: true });
  const starts: number[] = [];
  let running = 0;
  let most = 0;
  const scheduler = createScheduler({
    clock,
    random: () => options.random ?? 0.5,
    intervalMs: options.intervalMs,
    async runCycle(signal) {
      starts.push(clock.now() - Date.parse(start));
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(options.cycleMs ?? 0, signal).catch(() => undefined);
      running -= 1;
    },
  });
  return { clock, starts, scheduler, mostAtOnce: () => most };
}

describe('the scheduler', () => {
  it('starts the first cycle at once and the next one interval after its end', async () => {
    const { clock, starts, scheduler, mostAtOnce } = setUp({ intervalMs: hour, cycleMs: 600_000 });

    scheduler.start();
    await clock.advance(0);
    await clock.advance(600_000);
    await clock.advance(hour);

    expect(starts).toEqual([0, 600_000 + hour]);
    expect(mostAtOnce()).toBe(1);
    await scheduler.stop();
  });

  it.each([
    [0, 0.9],
    [0.999_999, 1.1],
  ])('waits between 90 and 110 percent of the interval (random %f)', async (random, share) => {
    const { clock, scheduler } = setUp({ intervalMs: hour, random });

    scheduler.start();
    await clock.advance(0);

    expect(scheduler.nextCycleAt()).toBeCloseTo(Date.parse(start) + hour * share, -2);
    await scheduler.stop();
  });

  it('runs one cycle only when the interval is 0', async () => {
    const { clock, starts, scheduler } = setUp({ intervalMs: 0 });

    scheduler.start();
    await clock.advance(0);
    await clock.advance(1000 * hour);

    expect(starts).toEqual([0]);
    expect(scheduler.nextCycleAt()).toBeUndefined();
  });

  it('aborts the running cycle on stop, waits for its end and starts none afterwards', async () => {
    const { clock, starts, scheduler } = setUp({ intervalMs: hour, cycleMs: 10 * hour });
    scheduler.start();
    await clock.advance(0);

    await scheduler.stop();
    await clock.advance(20 * hour);

    expect(starts).toEqual([0]);
  });
});
