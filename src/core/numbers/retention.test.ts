import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, fromEpochDay } from '../model/day.ts';
import { firstKeptDay, retentionDay } from './retention.ts';

describe('retention', () => {
  it.each([
    [1, '2026-03-13'],
    [14, '2026-02-28'],
    [90, '2025-12-14'],
    [36_500, '1926-04-08'],
  ])('of %i days keeps today and as many days before it', (retentionDays, expected) => {
    expect(firstKeptDay('2026-03-14', retentionDays)).toBe(expected);
  });

  it('of 0 days keeps all', () => {
    expect(firstKeptDay('2026-03-14', 0)).toBeUndefined();
  });

  it('never drops today or a later day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.nat(36_500), fc.nat(1000), (epochDay, retentionDays, later) => {
        const today = fromEpochDay(epochDay);
        const first = firstKeptDay(today, retentionDays);
        expect(first === undefined || first <= addDays(today, later)).toBe(true);
      }),
    );
  });

  it('reaches one day further back with every day more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36_500 }), (retentionDays) => {
        const shorter = firstKeptDay('2026-03-14', retentionDays);
        const longer = firstKeptDay('2026-03-14', retentionDays + 1);
        expect(longer).toBe(shorter && addDays(shorter, -1));
      }),
    );
  });
});

describe('the day that retention counts back from', () => {
  it.each([
    ['none without a day', [], undefined],
    ['none while one day was read', ['2026-03-14'], undefined],
    ['the newest', ['2026-03-14', '2026-03-12', '2026-03-13'], '2026-03-14'],
    ['the newest after a week away', ['2026-03-07', '2026-03-14'], '2026-03-14'],
    ['the last before a clock jumped', ['2025-04-13', '2025-04-14', '2026-03-14'], '2025-04-14'],
    ['the newest, once the jump is confirmed by another day', ['2025-04-14', '2026-03-13', '2026-03-14'], '2026-03-14'],
    ['none that lies in the future', ['2026-03-13', '2026-03-14', '2026-03-15', '2026-03-16'], '2026-03-14'],
  ])('is %s', (_, days, expected) => {
    expect(retentionDay(days, '2026-03-14')).toBe(expected);
  });
});
