import { describe, expect, it } from 'vitest';
import { systemClock } from './system-clock.ts';

describe('the system clock', () => {
  it('tells the time of the machine', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });

  it('wakes a sleeper at once when it is aborted, with the reason', async () => {
    const stopping = new AbortController();
    const sleeping = systemClock.sleep(60_000, stopping.signal);

    stopping.abort(new Error('stop'));

    await expect(sleeping).rejects.toThrow('stop');
  });

  it('does not start to sleep when it is aborted already', async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });

  it('sleeps for as long as it is asked to', async () => {
    const before = Date.now();

    await systemClock.sleep(5);

    expect(Date.now() - before).toBeGreaterThanOrEqual(4);
  });
});
