import { describe, expect, it } from 'vitest';
import { createFixedClock, type FixedClockOptions } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import type { SharedPace } from '../core/ports.ts';
import { createPacing, plainDuration } from './pacing.ts';

const start = '2026-03-14T10:00:00.000Z';
const host = 'hub.example';
const pace = { delayMs: 1000 };
const { signal } = new AbortController();

function setUp({ random = 0, ...options }: FixedClockOptions & { readonly random?: number } = {}) {
  const clock = createFixedClock(start, options);
  const log = createRecordingLog();
  const pacing = createPacing({ clock, random: () => random, log });
  const passed = (): number => clock.now() - Date.parse(start);
  return { clock, log, pacing, passed };
}

describe('the pace', () => {
  it('lets the first request start at once, and each further one the delay after the start before it', async () => {
    const { clock, pacing, passed } = setUp();

    await pacing.turn(host, pace, signal);
    const first = passed();
    await clock.advance(300);
    await pacing.turn(host, pace, signal);
    const second = passed();
    await clock.advance(5000);
    await pacing.turn(host, pace, signal);

    expect([first, second, passed()]).toEqual([0, 1000, 6000]);
    expect(clock.sleeps).toEqual([700]);
  });

  it('adds up to the jitter times the delay at random', async () => {
    const { clock, pacing } = setUp({ random: 0.5 });

    await pacing.turn(host, { delayMs: 1000, jitter: 1.5 }, signal);
    await pacing.turn(host, { delayMs: 1000, jitter: 1.5 }, signal);

    expect(clock.sleeps).toEqual([1750]);
  });

  it('does not wait at all without a delay', async () => {
    const { clock, pacing } = setUp();

    for (let count = 0; count < 5; count += 1) await pacing.turn(host, { delayMs: 0, jitter: 3 }, signal);

    expect(clock.sleeps).toEqual([]);
  });

  it('is kept for each host by itself, and a port makes another host', async () => {
    const { clock, pacing } = setUp();

    await pacing.turn(host, pace, signal);
    await pacing.turn('ghcr.example', pace, signal);
    await pacing.turn(`${host}:8080`, pace, signal);

    expect(clock.sleeps).toEqual([]);
  });

  it('lets those who come at the same time go one after the other, in their order', async () => {
    const { clock, pacing, passed } = setUp({ manual: true });
    const started: [string, number][] = [];
    const caller = async (name: string): Promise<void> => {
      await pacing.turn(host, pace, signal);
      started.push([name, passed()]);
    };

    const all = ['a', 'b', 'c', 'd'].map((name) => caller(name));
    await clock.advance(10_000);
    await Promise.all(all);

    expect(started).toEqual([
      ['a', 0],
      ['b', 1000],
      ['c', 2000],
      ['d', 3000],
    ]);
  });

  it('does not wait for hours when the clock was set back', async () => {
    const { clock, pacing } = setUp();
    await pacing.turn(host, pace, signal);
    pacing.hold(host, 60_000);
    await clock.advance(-3_600_000);

    await pacing.turn(host, pace, signal);

    expect(clock.sleeps).toEqual([60_000]);
  });
});

describe('a caller who gives up', () => {
  it('leaves at once with the reason of the signal, and those behind keep their pace', async () => {
    const { clock, pacing, passed } = setUp({ manual: true });
    const reason = new Error('stop');
    const stopping = new AbortController();
    const started: number[] = [];
    const note = async (turn: Promise<void>): Promise<void> => {
      await turn;
      started.push(passed());
    };
    const first = note(pacing.turn(host, pace, signal));
    const second = note(pacing.turn(host, pace, signal));
    const waiting = pacing.turn(host, pace, stopping.signal);
    const last = note(pacing.turn(host, { delayMs: 600 }, signal));
    await clock.advance(500);

    stopping.abort(reason);

    await expect(waiting).rejects.toBe(reason);
    expect(passed()).toBe(500);
    await clock.advance(5000);
    await Promise.all([first, second, last]);
    expect(started).toEqual([0, 1000, 1600]);
  });

  it('leaves while it sleeps at the head of the queue', async () => {
    const { clock, pacing, passed } = setUp({ manual: true });
    const reason = new Error('stop');
    const stopping = new AbortController();
    await pacing.turn(host, pace, signal);
    const waiting = pacing.turn(host, pace, stopping.signal);
    const behind = pacing.turn(host, pace, signal).then(passed);
    await clock.advance(400);

    stopping.abort(reason);

    await expect(waiting).rejects.toBe(reason);
    await clock.advance(5000);
    await expect(behind).resolves.toBe(1000);
  });
});

describe('a host that asked for a pause', () => {
  it('is asked again after it, by whoever is next', async () => {
    const { clock, pacing } = setUp();
    await pacing.turn(host, pace, signal);
    pacing.hold(host, 20_000);
    pacing.hold(host, 5000);

    await pacing.turn(host, pace, signal);
    await pacing.turn(host, pace, signal);

    expect(clock.sleeps).toEqual([20_000, 1000]);
  });

  it('refuses every request while it is blocked, at once, and says for how long', async () => {
    const { clock, pacing } = setUp();
    pacing.block(host, 1_800_000, { status: 429 });
    await clock.advance(60_000);

    const turn = pacing.turn(host, pace, signal);

    await expect(turn).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'hub.example limits the rate of requests; the next try is possible in 29 min',
      retryAfterMs: 1_740_000,
    });
    expect(clock.sleeps).toEqual([]);
  });

  it('is asked again when the time is over', async () => {
    const { clock, pacing } = setUp();
    pacing.block(host, 90_000, {});
    await clock.advance(90_000);

    await expect(pacing.turn(host, pace, signal)).resolves.toBeUndefined();
  });

  it('refuses those too who were waiting already', async () => {
    const { clock, pacing } = setUp({ manual: true });
    await pacing.turn(host, pace, signal);
    const waiting = [pacing.turn(host, pace, signal), pacing.turn(host, pace, signal)];
    const ends = Promise.allSettled(waiting);
    pacing.block(host, 1_800_000, {});

    await clock.advance(1000);

    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('refuses a newcomer at once, even while others still wait', async () => {
    const { clock, pacing } = setUp({ manual: true });
    await pacing.turn(host, pace, signal);
    const waiting = pacing.turn(host, pace, signal);
    await clock.advance(0);
    pacing.block(host, 1_800_000, {});

    await expect(pacing.turn(host, pace, signal)).rejects.toMatchObject({ code: 'rate_limited' });

    const ends = Promise.allSettled([waiting]);
    await clock.advance(1000);
    expect(await ends).toMatchObject([{ status: 'rejected', reason: { code: 'rate_limited' } }]);
  });

  it('stays blocked for the longer of two times', async () => {
    const { pacing } = setUp();
    pacing.block(host, 1_800_000, {});
    pacing.block(host, 90_000, {});

    await expect(pacing.turn(host, pace, signal)).rejects.toMatchObject({ retryAfterMs: 1_800_000 });
  });

  it('is blocked for an hour at most when the clock was set back', async () => {
    const { clock, pacing } = setUp();
    pacing.block(host, 90_000, {});
    await clock.advance(-365 * 86_400_000);

    await expect(pacing.turn(host, pace, signal)).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it('does not block another host', async () => {
    const { pacing } = setUp();
    pacing.block(host, 90_000, {});

    await expect(pacing.turn('ghcr.example', pace, signal)).resolves.toBeUndefined();
  });

  it('is told to the log once while it lasts', async () => {
    const { clock, log, pacing } = setUp();

    pacing.block(host, 90_000, { status: 429 });
    pacing.block(host, 120_000, { status: 429 });
    await clock.advance(120_000);
    pacing.block(host, 90_000, { status: 403 });

    expect(log.lines).toEqual([
      { level: 'warn', message: 'host limits requests and is left alone for a while', fields: { host, waitMs: 90_000, status: 429 } },
      { level: 'warn', message: 'host limits requests and is left alone for a while', fields: { host, waitMs: 90_000, status: 403 } },
    ]);
  });
});

describe('a duration for people', () => {
  it.each([
    [1, '1 s'],
    [60_000, '60 s'],
    [119_000, '119 s'],
    [119_001, '2 min'],
    [1_740_000, '29 min'],
    [7_200_000, '2 h'],
    [86_400_000, '24 h'],
  ])('of %i ms is %s', (ms, text) => {
    expect(plainDuration(ms)).toBe(text);
  });
});

interface Shared {
  readonly asked: string[];
  readonly sharedPace: SharedPace;
}

/** Other processes behind the same address that make one wait so long, call by call. */
function createShared(waits: readonly number[]): Shared {
  const asked: string[] = [];
  const pending = [...waits];
  const sharedPace: SharedPace = {
    reserve: async (askedHost, gapMs) => {
      asked.push(`${askedHost} ${gapMs}`);
      return pending.shift() ?? 0;
    },
    hold: async (heldHost, waitMs) => void asked.push(`hold ${heldHost} ${waitMs}`),
  };
  return { asked, sharedPace };
}

async function away(): Promise<never> {
  throw new Error('no database');
}

describe('a pace that is shared with other processes', () => {
  it('is waited for after the own one', async () => {
    const clock = createFixedClock(start);
    const { asked, sharedPace } = createShared([700, 0]);
    const pacing = createPacing({ clock, random: () => 0, log: createRecordingLog(), sharedPace });

    await pacing.turn(host, pace, signal);
    await pacing.turn(host, pace, signal);

    expect(clock.sleeps).toEqual([700, 1000]);
    expect(asked).toEqual([`${host} 1000`, `${host} 1000`]);
  });

  it('tells the others of a rate limit, and refuses at once where theirs is long', async () => {
    const clock = createFixedClock(start);
    const { asked, sharedPace } = createShared([30 * 60_000]);
    const pacing = createPacing({ clock, random: () => 0, log: createRecordingLog(), sharedPace });

    pacing.hold('other.example', 2000);
    const turn = pacing.turn(host, pace, signal);

    await expect(turn).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 30 * 60_000 });
    expect(asked).toEqual(['hold other.example 2000', `${host} 1000`]);
  });

  it('gives way to the own one where the others cannot be asked', async () => {
    const clock = createFixedClock(start);
    const log = createRecordingLog();
    const pacing = createPacing({ clock, random: () => 0, log, sharedPace: { reserve: away, hold: away } });

    await pacing.turn(host, pace, signal);

    expect(log.lines.map(({ message }) => message)).toEqual(['the shared pace cannot be kept']);
  });
});
