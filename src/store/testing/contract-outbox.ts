/** What every outbox keeps to: the suite of all of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import type { Notice, NotifyMemory } from '../../core/model/notice.ts';
import type { ClaimOptions, Outbox } from '../../core/ports.ts';

export interface TestOutbox {
  readonly outbox: Outbox;
  /** The same one, as another process or the next start sees it. */
  reopen(): Promise<Outbox>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const memory: NotifyMemory = {
  watermark: '2026-03-14T10:00:00.000Z',
  known: { a: 20_000 },
  seen: { evt_1: 20_001 },
  troubles: {},
  digestAt: 5,
};
const options: ClaimOptions = { leaseMs: 60_000, configured: ['one', 'two'] };
const day = 86_400_000;

function notice(id: string): Notice {
  const event = { id: `evt_${id}`, time: '2026-03-14T00:00:00Z', registry: 'ghcr', kind: 'milestone', subject: 'a', text: 'b' } as const;
  return {
    id,
    kind: 'events',
    time: '2026-03-14T10:00:00.000Z',
    title: 'ä “x”',
    isProblem: true,
    lines: ['a: b'],
    events: [event],
    moreEvents: 0,
  };
}

async function add(outbox: Outbox, ...keys: readonly string[]): Promise<void> {
  const messages = keys.map((key) => {
    const [channel = '', id = ''] = key.split(' ');
    return { channel, notice: notice(id) };
  });
  await outbox.advance(() => ({ memory, messages }));
}

async function claimed(outbox: Outbox, channel = 'one'): Promise<string | undefined> {
  const found = await outbox.claim(channel, options);
  return 'delivery' in found ? found.delivery.notice.id : undefined;
}

export function describeOutbox(name: string, make: () => Promise<TestOutbox>): void {
  describe(`the outbox of ${name}`, () => {
    let test: TestOutbox;

    beforeEach(async () => {
      test = await make();
    });

    afterEach(async () => {
      await test.dispose();
    });

    it('remembers what it was told, and gives messages as they were, after a restart too', async () => {
      const { outbox } = test;
      const before: (NotifyMemory | undefined)[] = [];
      await outbox.advance((known) => void before.push(known));
      await add(outbox, 'one m1');
      const again = await test.reopen();
      await again.advance((known) => void before.push(known));

      expect(before).toEqual([undefined, memory]);
      expect(await again.claim('one', options)).toEqual({ delivery: { channel: 'one', notice: notice('m1'), attempts: 0, triedForMs: 0 } });
    });

    it('changes nothing when the step says so, or fails', async () => {
      const { outbox } = test;
      await outbox.advance(() => undefined);
      await expect(
        outbox.advance(() => {
          throw new AppError('internal', 'no');
        }),
      ).rejects.toThrow('no');

      expect(await outbox.claim('one', options)).toEqual({ waitMs: undefined });
    });

    it('gives each message to one, the oldest first, until the lease is over', async () => {
      const { outbox } = test;
      await add(outbox, 'one m1', 'two m1');
      await add(outbox, 'one m2');

      expect([await claimed(outbox), await claimed(outbox), await claimed(outbox), await claimed(outbox, 'two')]).toEqual([
        'm1',
        'm2',
        undefined,
        'm1',
      ]);
      const waiting = await outbox.claim('one', options);
      expect('waitMs' in waiting && waiting.waitMs).toBeGreaterThan(0);
      await test.pass(61_000);
      expect(await claimed(outbox)).toBe('m1');
    });

    it('does not take a message twice, neither while it waits nor when it was delivered', async () => {
      const { outbox } = test;
      await add(outbox, 'one m1');
      await add(outbox, 'one m1');
      await claimed(outbox);
      await outbox.settle({ channel: 'one', id: 'm1' }, { kind: 'delivered' });
      await add(await test.reopen(), 'one m1');
      await test.pass(61_000);

      expect(await claimed(await test.reopen())).toBeUndefined();
      expect(await outbox.report(['one', 'two'])).toMatchObject([
        { channel: 'one', waiting: 0, delivered: 1, givenUp: 0, lastSuccess: expect.any(String) },
        { channel: 'two', waiting: 0, delivered: 0, givenUp: 0 },
      ]);
    });

    it('holds a failed message back for as long as was said, and the whole channel where that is down', async () => {
      const { outbox } = test;
      await add(outbox, 'one m1', 'one m2', 'two m1');
      await claimed(outbox);
      await outbox.settle({ channel: 'one', id: 'm1' }, { kind: 'failed', error: 'busy', retryInMs: 30_000, isChannelDown: false });
      expect(await claimed(outbox)).toBe('m2');
      await outbox.settle({ channel: 'one', id: 'm2' }, { kind: 'failed', error: 'down', retryInMs: 120_000, isChannelDown: true });
      await test.pass(60_000);
      expect([await claimed(outbox), await claimed(outbox, 'two')]).toEqual([undefined, 'm1']);
      await test.pass(61_000);

      const found = await outbox.claim('one', options);
      expect(found).toMatchObject({ delivery: { attempts: 1 } });
      expect('delivery' in found && found.delivery.triedForMs).toBeGreaterThanOrEqual(120_000);
      expect(await outbox.report(['one'])).toMatchObject([{ waiting: 2, lastError: 'down', lastErrorAt: expect.any(String) }]);
    });

    it('gives a message at once to somebody else when it was released', async () => {
      const { outbox } = test;
      await add(outbox, 'one m1');
      await claimed(outbox);
      await outbox.settle({ channel: 'one', id: 'm1' }, { kind: 'released' });

      expect(await claimed(outbox)).toBe('m1');
    });

    it('counts what was given up, and keeps what ended ended', async () => {
      const { outbox } = test;
      await add(outbox, 'one m1');
      await claimed(outbox);
      await outbox.settle({ channel: 'one', id: 'm1' }, { kind: 'given up', error: 'gone' });
      await outbox.settle({ channel: 'one', id: 'm1' }, { kind: 'delivered' });

      expect(await outbox.report(['one'])).toMatchObject([{ waiting: 0, delivered: 0, givenUp: 1, lastError: 'gone' }]);
    });

    it('is bounded: the oldest messages of a channel are given up when more than 500 wait', async () => {
      const { outbox } = test;
      await add(outbox, 'one m0', 'two m0');
      await add(outbox, ...Array.from({ length: 500 }, (_, at) => `one n${at}`));

      expect(await outbox.report(['one', 'two'])).toMatchObject([
        { waiting: 500, givenUp: 1, lastError: 'more than 500 messages wait' },
        { waiting: 1, givenUp: 0 },
      ]);
      expect(await claimed(outbox)).not.toBe('m0');
    });

    it('drops after some days what waits for a channel that is configured no more', async () => {
      const { outbox } = test;
      await add(outbox, 'one m1', 'old m1');
      await test.pass(5 * day);
      const again = await test.reopen();
      await claimed(again);

      expect(await again.report(['one', 'old'])).toMatchObject([{ waiting: 1 }, { waiting: 0 }]);
    });
  });
}
