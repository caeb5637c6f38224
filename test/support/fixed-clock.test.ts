import { describe, expect, it } from 'vitest';
import { createFixedClock } from './fixed-clock.ts';

const start = '2026-03-14T10:00:00.000Z';
const startMs = Date.parse(start);

describe('a fixed clock', () => {
  it('stands still at its start', () => {
    expect(createFixedClock(start).now()).toBe(startMs);
  });

  it('refuses a start that is not a moment', () => {
    expect(() => createFixedClock('tomorrow')).toThrow('not a moment: tomorrow');
  });

  it('moves on by each sleep, at once, and records it', async () => {
    const clock = createFixedClock(start);

    await clock.sleep(1500);
    await clock.sleep(0);
    await clock.sleep(500);

    expect(clock.now()).toBe(startMs + 2000);
    expect(clock.sleeps).toEqual([1500, 0, 500]);
  });

  it('moves on when it is told to', async () => {
    const clock = createFixedClock(start);

    await clock.advance(60_000);

    expect(clock.now()).toBe(startMs + 60_000);
  });

  it.each([false, true])('rejects a sleep with the reason of a signal that is already aborted (manual %s)', async (manual) => {
    const clock = createFixedClock(start, { manual });
    const reason = new Error('stop');

    await expect(clock.sleep(1000, AbortSignal.abort(reason))).rejects.toBe(reason);

    expect(clock.now()).toBe(startMs);
    expect(clock.sleeps).toEqual([]);
  });
});

describe('a fixed clock that is moved by hand', () => {
  it('keeps a sleep pending until the time has come', async () => {
    const clock = createFixedClock(start, { manual: true });
    let awake = false;
    void clock.sleep(1000).then(() => {
      awake = true;
      return awake;
    });

    await clock.advance(999);
    const before = awake;
    await clock.advance(1);

    expect(before).toBe(false);
    expect(awake).toBe(true);
    expect(clock.now()).toBe(startMs + 1000);
  });

  it('wakes sleepers in the order of time, of equals the first one, each at its own moment', async () => {
    const clock = createFixedClock(start, { manual: true });
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.now() - startMs]);
    };
    const all = [sleeper('late', 3000), sleeper('early', 1000), sleeper('early too', 1000), sleeper('never', 9000)];

    await clock.advance(5000);

    expect(woken).toEqual([
      ['early', 1000],
      ['early too', 1000],
      ['late', 3000],
    ]);
    expect(clock.now()).toBe(startMs + 5000);
    await clock.advance(4000);
    await Promise.all(all);
  });

  it('wakes one that sleeps again within the time that passes', async () => {
    const clock = createFixedClock(start, { manual: true });
    const beats: number[] = [];
    const beating = (async () => {
      while (beats.length < 3) {
        await clock.sleep(1000);
        beats.push(clock.now() - startMs);
      }
    })();

    await clock.advance(10_000);
    await beating;

    expect(beats).toEqual([1000, 2000, 3000]);
    expect(clock.sleeps).toEqual([1000, 1000, 1000]);
  });

  it('rejects a pending sleep with the reason at once when it is aborted', async () => {
    const clock = createFixedClock(start, { manual: true });
    const stopping = new AbortController();
    const reason = new Error('stop');
    const sleep = clock.sleep(1000, stopping.signal);

    stopping.abort(reason);

    await expect(sleep).rejects.toBe(reason);
    expect(clock.now()).toBe(startMs);
  });

  it('does not reject a sleep that has ended', async () => {
    const clock = createFixedClock(start, { manual: true });
    const stopping = new AbortController();
    const sleep = clock.sleep(1000, stopping.signal);
    await clock.advance(1000);

    stopping.abort(new Error('too late'));

    await expect(sleep).resolves.toBeUndefined();
  });
});
