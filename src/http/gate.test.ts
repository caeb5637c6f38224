import { describe, expect, it } from 'vitest';
import { createManualTimer } from '../../test/support/manual-timer.ts';
import { createGate } from './gate.ts';

function setUp() {
  const time = createManualTimer();
  const gate = createGate({ maxAtOnce: 2, maxWaiting: 2, maxWaitMs: 1_000 }, time.timer);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string): Promise<string> =>
    gate.run(() => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  return { gate, run, begun, end: (name: string) => ends.get(name)?.(), time };
}

describe('a gate', () => {
  it('lets so many in at once, and the next when one leaves, first come first served', async () => {
    const { run, begun, end } = setUp();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(run);
    expect(begun).toEqual(['a', 'b']);

    end('b');
    expect(await b).toBe('b');
    await Promise.resolve();
    expect(begun).toEqual(['a', 'b', 'c']);

    end('a');
    end('c');
    await Promise.all([a, c]);
    end('d');
    expect(await d).toBe('d');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives the place to whoever waits, not to who comes at that moment', async () => {
    const { run, begun, end } = setUp();
    const all = ['a', 'b', 'c'].map(run);

    end('a');
    await all[0];
    const late = run('late');
    await Promise.resolve();

    expect(begun).toEqual(['a', 'b', 'c']);
    end('b');
    end('c');
    await Promise.all(all);
    end('late');
    expect(await late).toBe('late');
  });

  it('refuses those for whom there is no room to wait, and says when to come again', async () => {
    const { run, begun } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) void run(name);

    await expect(run('e')).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 5_000 });
    expect(begun).toEqual(['a', 'b']);
  });

  it('refuses those who waited too long', async () => {
    const { run, begun, end, time } = setUp();
    void run('a');
    void run('b');
    const refused = run('c');

    time.advance(1_000);

    await expect(refused).rejects.toMatchObject({ code: 'overloaded' });
    end('a');
    const next = run('d');
    await new Promise((resolve) => setImmediate(resolve));
    end('d');
    expect(await next).toBe('d');
    expect(begun).toEqual(['a', 'b', 'd']);
  });

  it('is free again after work that failed', async () => {
    const { gate, run, begun } = setUp();
    await Promise.allSettled([gate.run(() => Promise.reject(new Error('x'))), gate.run(() => Promise.reject(new Error('y')))]);

    void run('a');
    void run('b');

    expect(begun).toEqual(['a', 'b']);
  });
});
