import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { start } from './testing/fake-registry.ts';
import { describeWorkList, image, isRead, openRun } from './testing/contract.ts';
import { createWorkList } from './work-list.ts';

const hour = 3_600_000;

describeWorkList('that of one process', async () => {
  const clock = createFixedClock(start, { manual: true });
  return { list: createWorkList({ clock, random: () => 0.5, intervalMs: hour }), wait: (ms) => clock.advance(ms) };
});

it('a clock that is set back while the next run is waited for does not keep it away', async () => {
  let now = Date.parse(start);
  const clock = { ...createFixedClock(start), now: () => now };
  const list = createWorkList({ clock, random: () => 0.5, intervalMs: hour });
  const run = await openRun(list, [image('acme/app')]);
  await list.finish(run, [{ item: image('acme/app'), outcome: isRead }]);
  await list.end();

  now -= 100 * hour;
  const waiting = await list.open();

  expect('waitMs' in waiting && waiting.waitMs).toBeLessThanOrEqual(1.1 * hour);
  expect(await list.open()).toMatchObject({ isToPlan: true });
});

it('a run that is left before its end says nothing about what was not reached', async () => {
  const list = createWorkList({ clock: createFixedClock(start), random: () => 0.5, intervalMs: hour });
  const run = await openRun(list, [image('acme/a'), image('acme/b')]);
  await list.finish(run, [{ item: image('acme/a'), outcome: isRead }]);

  expect(await list.interrupt(run)).toMatchObject({ interrupted: true, registries: [{ imagesRead: 1, failures: [] }] });
  expect((await list.report()).finished).toBeUndefined();
});

/** Works off runs of these lengths, each begun when it is due, and resolves to their starts. */
async function startsOf(first: number, intervalMs: number, runs: readonly (readonly [random: number, durationMs: number])[]) {
  let now = first;
  let random = 0;
  const list = createWorkList({ clock: { ...createFixedClock(start), now: () => now }, random: () => random, intervalMs });
  const starts: number[] = [];
  for (const [value, durationMs] of runs) {
    random = value;
    const run = await openRun(list, []);
    starts.push(now);
    now += durationMs;
    await list.end();
    expect(run).toBe(String(starts.length));
    const next = await list.open();
    const { nextAt } = await list.report();
    now += 'waitMs' in next ? (next.waitMs ?? 0) : 0;
    expect(nextAt).toBe(now);
  }
  return starts;
}

it('no UTC day goes by without a run, whatever its start, jitter and interval of up to a day', async () => {
  const run = fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 0, max: 3 * hour }));
  const first = fc.integer({ min: Date.parse('2026-03-14'), max: Date.parse('2026-03-15') - 1 });
  await fc.assert(
    fc.asyncProperty(
      first,
      fc.integer({ min: hour, max: 24 * hour }),
      fc.array(run, { minLength: 20, maxLength: 30 }),
      async (at, interval, runs) => {
        const days = [...new Set((await startsOf(at, interval, runs)).map((each) => Math.floor(each / (24 * hour))))];
        expect(days.at(-1)).toBe((days[0] ?? 0) + days.length - 1);
      },
    ),
  );
});

it('the next run begins at once after one that took longer than the interval', async () => {
  const [first = 0, second = 0] = await startsOf(Date.parse(start), hour, [
    [0.5, 3 * hour],
    [0.5, 0],
  ]);

  expect(second - first).toBe(3 * hour);
});
