import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHolder, judge, parseHolder, type Judge, type Sighting } from './lock-holder.ts';

const now = Date.parse('2026-03-14T12:00:00.000Z');

function lock(pid: number, hostname: string, ageMs: number, scope = 'here'): Sighting {
  return { text: formatHolder({ pid, hostname, startedAt: '2026-03-14T08:00:00.000Z', token: 't', scope }), modifiedAt: now - ageMs };
}

function verdict(seen: Sighting, more: Partial<Judge> = {}): string {
  const alive = new Set([7]);
  return judge(seen, {
    pid: 100,
    hostname: 'nas',
    scope: 'here',
    now,
    isAlive: (pid) => alive.has(pid),
    first: seen,
    watchedMs: 0,
    ...more,
  });
}

describe('the holder of a lock on this host', () => {
  it('is alive while its process runs and touches it', () => {
    expect(verdict(lock(7, 'nas', 0))).toBe('alive');
    expect(verdict(lock(7, 'nas', 90_000))).toBe('alive');
  });

  it('is dead when there is no such process, however fresh the lock', () => {
    expect(verdict(lock(8, 'nas', 0))).toBe('dead');
  });

  it('is dead when it has our own id: the container was restarted', () => {
    expect(verdict(lock(100, 'nas', 0), { isAlive: () => true })).toBe('dead');
  });

  it('is dead when another program has its id by now and nobody touches the lock', () => {
    expect(verdict(lock(7, 'nas', 90_001))).toBe('dead');
  });
});

describe('the holder of a lock in another container with the same host name', () => {
  it.each([100, 7, 8])('is unclear at first, whatever its id (%d) says here', (pid) => {
    expect(verdict(lock(pid, 'nas', 0, 'elsewhere'))).toBe('unclear');
    expect(verdict({ ...lock(pid, 'nas', 0), text: `{"pid":${pid},"hostname":"nas","startedAt":"","token":"old"}` })).toBe('unclear');
  });

  it('is alive when the lock was touched since, and dead when it was not for longer than three heartbeats', () => {
    expect(verdict(lock(100, 'nas', 0, 'elsewhere'), { first: lock(100, 'nas', 20_000, 'elsewhere') })).toBe('alive');
    expect(verdict(lock(100, 'nas', 90_001, 'elsewhere'))).toBe('dead');
  });
});

describe('the holder of a lock on another host', () => {
  it('is unclear at first, also when a process of its id runs here', () => {
    expect(verdict(lock(7, 'other', 0))).toBe('unclear');
    expect(verdict(lock(7, 'other', 90_000))).toBe('unclear');
  });

  it('is alive when the lock was touched since', () => {
    expect(verdict(lock(7, 'other', 0), { first: lock(7, 'other', 20_000) })).toBe('alive');
  });

  it('is dead when the lock was not touched for longer than three heartbeats', () => {
    expect(verdict(lock(7, 'other', 90_001))).toBe('dead');
  });

  it('is dead after as long a watch, also when the clocks differ', () => {
    expect(verdict(lock(7, 'other', -3_600_000), { watchedMs: 90_000 })).toBe('unclear');
    expect(verdict(lock(7, 'other', -3_600_000), { watchedMs: 90_001 })).toBe('dead');
  });
});

describe('a lock without a holder', () => {
  it.each([
    '',
    'x',
    'null',
    '{}',
    '{"pid":0,"hostname":"a","startedAt":"b","token":"c"}',
    '{"pid":"7","hostname":"a","startedAt":"b","token":"c"}',
  ])('(%s) gets a moment to be written, and is dead then', (text) => {
    expect(verdict({ text, modifiedAt: now })).toBe('unclear');
    expect(verdict({ text, modifiedAt: now - 5_001 })).toBe('dead');
    expect(verdict({ text, modifiedAt: now + 60_000 }, { watchedMs: 5_001 })).toBe('dead');
  });
});

describe('the text of a lock', () => {
  it('is read back as it was written', () => {
    const holder = fc.record({
      pid: fc.integer({ min: 1 }),
      hostname: fc.string(),
      startedAt: fc.string(),
      token: fc.string(),
      scope: fc.string(),
    });

    fc.assert(
      fc.property(holder, (each) => {
        expect(parseHolder(formatHolder(each))).toEqual(each);
      }),
    );
  });

  it('may be anything without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseHolder(text)?.pid ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});
