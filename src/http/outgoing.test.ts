import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createManualTimer } from '../../test/support/manual-timer.ts';
import { createOutgoing, type Sending } from './outgoing.ts';

function setUp() {
  const time = createManualTimer();
  const limits = { maxBytes: 100, maxWaitMs: 10_000, maxSilentMs: 30_000, yieldAfterMs: 5_000 };
  return { time, outgoing: createOutgoing(limits, time.timer, time.now) };
}

function attached(sending: Sending | undefined): Readable {
  const stream = new Readable({ read() {} }).on('error', () => undefined);
  return sending?.attach(stream) ?? stream;
}

async function close(stream: Readable): Promise<void> {
  const closed = once(stream, 'close');
  stream.destroy();
  await closed;
}

describe('what is being sent', () => {
  it('has a budget, which is given back when a stream is closed, half-read or whole', async () => {
    const { outgoing } = setUp();
    const first = attached(outgoing.tryReserve({}, 60));
    attached(outgoing.tryReserve({}, 40));
    expect(outgoing.tryReserve({}, 1)).toBeUndefined();

    await close(first);

    expect(outgoing.tryReserve({}, 61)).toBeUndefined();
    expect(outgoing.tryReserve({}, 60)).toBeDefined();
  });

  it('counts a body once that many get, until the last has it', async () => {
    const { outgoing } = setUp();
    const body = {};
    const readers = Array.from({ length: 5 }, () => attached(outgoing.tryReserve(body, 100)));
    expect(outgoing.tryReserve({}, 1)).toBeUndefined();

    for (const reader of readers.slice(1)) await close(reader);
    expect(outgoing.tryReserve({}, 1)).toBeUndefined();

    const [last] = readers;
    if (last) await close(last);
    expect(outgoing.tryReserve({}, 1)).toBeDefined();
  });

  it('lets a body that is larger than all room go alone', async () => {
    const { outgoing } = setUp();
    const large = attached(outgoing.tryReserve({}, 1_000));
    expect(outgoing.tryReserve({}, 1)).toBeUndefined();

    await close(large);
    attached(outgoing.tryReserve({}, 1));

    expect(outgoing.tryReserve({}, 1_000)).toBeUndefined();
  });

  it('waits for room, and is refused when that takes too long', async () => {
    const { outgoing, time } = setUp();
    const sending = outgoing.tryReserve({}, 100);
    const first = attached(sending);
    const lucky = outgoing.reserve({}, 100);
    await close(first);
    const stream = attached(await lucky);
    const unlucky = outgoing.reserve({}, 100);
    unlucky.catch(() => undefined);

    // Its reader is alive: it takes a piece now and then.
    for (let second = 0; second < 10; second += 1) {
      (await lucky).onTaken();
      time.advance(1_000);
    }

    await expect(unlucky).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 5_000 });
    expect(stream.destroyed).toBe(false);
  });

  it('cuts off a reader that takes nothing for half a minute, and no other', async () => {
    const { outgoing, time } = setUp();
    const silent = attached(outgoing.tryReserve({}, 10));
    const alive = outgoing.tryReserve({}, 10);
    const stream = attached(alive);

    for (let second = 0; second < 40; second += 1) {
      alive?.onTaken();
      time.advance(1_000);
    }

    expect([silent.destroyed, stream.destroyed]).toEqual([true, false]);
  });

  it('cuts it off sooner when another needs the room', async () => {
    const { outgoing, time } = setUp();
    const silent = attached(outgoing.tryReserve({}, 100));
    time.advance(20_000);
    expect(silent.destroyed).toBe(false);

    const waiting = outgoing.reserve({}, 100);
    time.advance(1_000);

    expect(silent.destroyed).toBe(true);
    await expect(waiting).resolves.toBeDefined();
  });

  it('does not take a reader for silent whose next piece is still being made', () => {
    const { outgoing, time } = setUp();
    const sending = outgoing.tryReserve({}, 10);
    const stream = attached(sending);
    sending?.onWanted();

    time.advance(120_000);
    expect(stream.destroyed).toBe(false);

    sending?.onTaken();
    time.advance(60_000);
    expect(stream.destroyed).toBe(true);
  });
});
