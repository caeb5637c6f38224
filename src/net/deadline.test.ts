import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { untilAborted, withDeadline, withOwnAbort } from './deadline.ts';

const never = new Promise<string>(() => undefined);
const { signal } = new AbortController();
const onTimeout = (): Error => new Error('too slow');

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('waiting until aborted', () => {
  it('settles as the promise does', async () => {
    const failure = new Error('failed');

    await expect(untilAborted(Promise.resolve('done'), signal)).resolves.toBe('done');
    await expect(untilAborted(Promise.reject(failure), signal)).rejects.toBe(failure);
  });

  it.each([new Error('stop'), 'a text', 7])('ends with the reason itself: %s', async (reason) => {
    const stopping = new AbortController();
    const waiting = untilAborted(never, stopping.signal);

    stopping.abort(reason);

    await expect(waiting).rejects.toBe(reason);
  });

  it('does not wait when it is aborted already, and takes care of a promise that fails afterwards', async () => {
    const reason = new Error('stop');

    await expect(untilAborted(Promise.reject(new Error('later')), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('an abort of its own', () => {
  it('lets through what ends by itself, and leaves no listener behind', async () => {
    const stopping = new AbortController();
    let given: AbortSignal | undefined;

    const result = await withOwnAbort(stopping.signal, async (own) => {
      given = own.signal;
      return 'done';
    });
    stopping.abort();

    expect(result).toBe('done');
    expect(given?.aborted).toBe(false);
  });

  it('follows the given signal, with its reason', async () => {
    const stopping = new AbortController();
    const reason = new Error('stop');
    let given: AbortSignal | undefined;
    const running = withOwnAbort(stopping.signal, (own) => {
      given = own.signal;
      return never;
    });

    stopping.abort(reason);

    await expect(running).rejects.toBe(reason);
    expect(given?.reason).toBe(reason);
  });

  it('needs no signal, and can be used from inside', async () => {
    const reason = new Error('stop');
    const running = withOwnAbort(undefined, (own) => {
      own.abort(reason);
      return never;
    });

    await expect(running).rejects.toBe(reason);
  });

  it('adds one listener to the given signal, however much waits inside', async () => {
    const stopping = new AbortController();
    const running = withOwnAbort(stopping.signal, ({ signal: inner }) => {
      const waits = [1, 2, 3].map(() => untilAborted(never, inner));
      return Promise.race([...waits, withDeadline({ timeoutMs: 60_000, onTimeout, signal: inner }, () => never)]);
    });

    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);

    stopping.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
  });
});

describe('a deadline', () => {
  it('lets through what is in time and leaves no timer behind', async () => {
    const before = activeTimers();

    const result = await withDeadline({ timeoutMs: 60_000, onTimeout, signal }, async () => 'in time');

    expect(result).toBe('in time');
    expect(activeTimers()).toBe(before);
  });

  it('leaves no timer behind after a failure', async () => {
    const before = activeTimers();
    const failure = new Error('failed');

    await expect(withDeadline({ timeoutMs: 60_000, onTimeout, signal }, () => Promise.reject(failure))).rejects.toBe(failure);

    expect(activeTimers()).toBe(before);
  });

  it('ends what takes no notice of its signal, and aborts that signal', async () => {
    let given: AbortSignal | undefined;
    const run = (own: AbortSignal): Promise<string> => {
      given = own;
      return never;
    };

    await expect(withDeadline({ timeoutMs: 5, onTimeout, signal }, run)).rejects.toThrow('too slow');

    expect(given?.aborted).toBe(true);
  });

  it('ends with the reason of the signal of the caller, and leaves no timer behind', async () => {
    const before = activeTimers();
    const stopping = new AbortController();
    const reason = new Error('stop');
    const waiting = withDeadline({ timeoutMs: 60_000, onTimeout, signal: stopping.signal }, () => never);

    stopping.abort(reason);

    await expect(waiting).rejects.toBe(reason);
    expect(activeTimers()).toBe(before);
  });

  it('does not begin when it is aborted already', async () => {
    const reason = new Error('stop');
    let begun = false;
    const run = async (): Promise<void> => {
      begun = true;
    };

    await expect(withDeadline({ timeoutMs: 60_000, onTimeout, signal: AbortSignal.abort(reason) }, run)).rejects.toBe(reason);

    expect(begun).toBe(false);
  });
});
