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
