import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastDue, nextDue, quietForMs, type DigestSchedule } from './local-time.ts';

const monday8: DigestSchedule = { every: 'week', weekday: 1, minute: 480 };
const first8: DigestSchedule = { every: 'month', monthDay: 1, minute: 480 };

function at(iso: string): number {
  return Date.parse(iso);
}

describe('a digest', () => {
  it.each([
    ['in summer', monday8, 'Europe/Berlin', '2026-07-15T12:00:00Z', '2026-07-13T06:00:00Z', '2026-07-20T06:00:00Z'],
    ['in winter', monday8, 'Europe/Berlin', '2026-01-14T12:00:00Z', '2026-01-12T07:00:00Z', '2026-01-19T07:00:00Z'],
    ['at the very moment', monday8, 'UTC', '2026-01-12T08:00:00Z', '2026-01-12T08:00:00Z', '2026-01-19T08:00:00Z'],
    ['just before it', monday8, 'UTC', '2026-01-12T07:59:59Z', '2026-01-05T08:00:00Z', '2026-01-12T08:00:00Z'],
    ['each month', first8, 'America/New_York', '2026-03-15T00:00:00Z', '2026-03-01T13:00:00Z', '2026-04-01T12:00:00Z'],
    [
      'where the day is already the next',
      first8,
      'Pacific/Auckland',
      '2026-03-31T21:00:00Z',
      '2026-03-31T19:00:00Z',
      '2026-04-30T20:00:00Z',
    ],
    ['in a zone with half hours', monday8, 'Asia/Kolkata', '2026-01-14T12:00:00Z', '2026-01-12T02:30:00Z', '2026-01-19T02:30:00Z'],
  ] as const)('%s was due and is due again', (_what, schedule, zone, now, last, next) => {
    expect(new Date(lastDue(schedule, zone, at(now))).toISOString()).toBe(new Date(last).toISOString());
    expect(new Date(nextDue(schedule, zone, at(now))).toISOString()).toBe(new Date(next).toISOString());
  });

  it('is due by the clock of the system where no zone is named', () => {
    const system = Intl.DateTimeFormat().resolvedOptions().timeZone;

    expect(nextDue(monday8, undefined, at('2026-07-15T12:00:00Z'))).toBe(nextDue(monday8, system, at('2026-07-15T12:00:00Z')));
  });

  it('is due once a week in every zone, also when the clocks change then', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu');
    const start = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zone, start, fc.nat({ max: 6 }), fc.nat({ max: 1439 }), (timeZone, now, weekday, minute) => {
        const schedule: DigestSchedule = { every: 'week', weekday, minute };
        const next = nextDue(schedule, timeZone, now);
        expect(next).toBeGreaterThan(now);
        expect(lastDue(schedule, timeZone, next)).toBe(next);
        expect(lastDue(schedule, timeZone, next - 1)).toBeLessThanOrEqual(now);
        expect(Math.abs(next - lastDue(schedule, timeZone, now) - 7 * 86_400_000)).toBeLessThanOrEqual(2 * 3_600_000);
      }),
    );
  });

  it('at a time that summer time leaves out comes once, and at one that comes twice as well', () => {
    const night: DigestSchedule = { every: 'week', weekday: 0, minute: 150 };

    expect(new Date(nextDue(night, 'Europe/Berlin', at('2026-03-28T12:00:00Z'))).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(new Date(nextDue(night, 'Europe/Berlin', at('2026-10-24T12:00:00Z'))).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(new Date(nextDue(night, 'Europe/Berlin', at('2026-10-25T00:30:00Z'))).toISOString()).toBe('2026-11-01T01:30:00.000Z');
  });
});

describe('quiet hours', () => {
  const nights = { from: 22 * 60, to: 7 * 60 };

  it.each([
    ['2026-01-12T20:59:00Z', 0],
    ['2026-01-12T21:00:00Z', 9 * 60],
    ['2026-01-13T05:30:00Z', 30],
    ['2026-01-13T06:00:00Z', 0],
    // The night on which the clocks go forward is an hour shorter.
    ['2026-03-28T21:00:00Z', 8 * 60],
  ])('in Berlin at %s last for %i minutes more', (now, minutes) => {
    expect(quietForMs(nights, 'Europe/Berlin', at(now))).toBe(minutes * 60_000);
  });

  it('may be within one day', () => {
    const noon = { from: 12 * 60, to: 13 * 60 };

    expect(quietForMs(noon, 'UTC', at('2026-01-12T12:15:00Z'))).toBe(45 * 60_000);
    expect(quietForMs(noon, 'UTC', at('2026-01-12T13:00:00Z'))).toBe(0);
  });
});
