import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import { hasCaughtUp, isBusy, isFrozen, isNotable, longestPause, quietestDay, type Pause } from './standstills.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The hours from which on a standstill is a freeze, to a tenth. */
function hoursOfFreeze(quietest: number | undefined, longestHours: number | undefined, reads = 5): number | undefined {
  const longest = longestHours === undefined ? undefined : longestHours * hour;
  return Array.from({ length: 480 }, (_, at) => at / 10).find((hours) =>
    isFrozen({ since: 0, until: hours * hour, reads }, { quietest, longest }),
  );
}

function pause(fromHours: number, hours: number): Pause {
  return { from: fromHours * hour, to: (fromHours + hours) * hour };
}

describe('a standstill', () => {
  it.each([
    [100_000, 0, 3],
    [300, 0, 3],
    [300, 1, 5.5],
    [300, 2, 8],
    [300, 4, 13],
    [100, 0, 8.9],
    [100, 2, 8.9],
    [100, 4, 13],
    [50, 0, 17.7],
    [50, 4, 17.7],
  ])('of counters with %i pulls on their quietest day and pauses of %i hours is a freeze from %d hours on', (quietest, longest, hours) => {
    expect(hoursOfFreeze(quietest, longest)).toBe(hours);
  });

  it('is none where too little is known, or was read', () => {
    expect(hoursOfFreeze(300, 0, 2)).toBeUndefined();
    expect(hoursOfFreeze(300, 0, 3)).toBe(3);
    expect(hoursOfFreeze(300, undefined)).toBeUndefined();
    expect(hoursOfFreeze(undefined, 0)).toBeUndefined();
    expect(hoursOfFreeze(0, 0)).toBeUndefined();
  });

  it('can be seen within a day where 37 pulls come on a quiet one', () => {
    expect([36, 37].map(isBusy)).toEqual([false, true]);
  });

  it('ended with a jump where half of what quiet days have in that time came at once', () => {
    expect([59, 60].map((pulls) => hasCaughtUp(pulls, pause(0, 12), 240))).toEqual([false, true]);
  });
});

const first = toEpochDay('2026-03-01');

type Images = Parameters<typeof quietestDay>[0];

function image(pulls: readonly number[]): Images[number] {
  return { recent: { days: pulls.map((_, at) => first + at), pulls } };
}

/** One image with so many days. */
function days(count: number): Images {
  return [image(Array.from({ length: count }, () => 9))];
}

describe('the quietest day', () => {
  it('is that of the sum of the images, among the 21 days before', () => {
    const app = image([1, ...Array.from({ length: 30 }, (_, at) => 100 + at)]);
    const tool = image([1, ...Array.from({ length: 30 }, () => 5)]);

    expect(quietestDay([app, tool], first + 31, () => false)).toBe(100 + 9 + 5);
    expect(quietestDay([app, tool], first + 31, (each) => each < first + 12)).toBe(100 + 11 + 5);
  });

  it('is not known with fewer than 14 days, each after a known one', () => {
    // Of the first known day nobody knows whether the one before was.
    expect(quietestDay(days(14), first + 20, () => false)).toBeUndefined();
    expect(quietestDay(days(15), first + 20, () => false)).toBe(9);
    expect(quietestDay(days(15), first + 20, (each) => each === first + 7)).toBeUndefined();
    const everyOther = Array.from({ length: 20 }, (_, at) => first + 2 * at);
    expect(quietestDay([{ recent: { days: everyOther, pulls: everyOther.map(() => 9) } }], first + 40, () => false)).toBeUndefined();
  });
});

describe('pauses', () => {
  it('count for five weeks, when they were looked for since two', () => {
    const pauses = [pause(0, 7), pause(200, 3)];

    expect(longestPause(pauses, 14 * day - 1)).toBeUndefined();
    expect(longestPause(pauses, 22 * day)).toBe(7 * hour);
    expect(longestPause(pauses, 36 * day)).toBe(3 * hour);
    expect(longestPause([], 22 * day)).toBeUndefined();
  });

  it('are recorded where none was lately, or none nearly as long', () => {
    expect(isNotable(pause(400, 0), [])).toBe(true);
    expect(isNotable(pause(400, 1), [pause(300, 1)])).toBe(false);
    expect(isNotable(pause(400, 1.2), [pause(300, 1)])).toBe(false);
    expect(isNotable(pause(400, 1.3), [pause(300, 1)])).toBe(true);
    expect(isNotable(pause(400, 1), [pause(3, 8)])).toBe(true);
  });
});
