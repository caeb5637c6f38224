import { describe, expect, it } from 'vitest';
import { sumWeekdays, weekdayPulls } from './weekday.ts';

/** Pulls of the days before day 100, newest first. */
function recent(...pulls: readonly number[]) {
  return { days: pulls.map((_, at) => 99 - at).toReversed(), pulls: pulls.toReversed() };
}

const week = (monday: number): number[] => [monday, 10, 10, 10, 10, 10, 10];

describe('a day beside the same weekday', () => {
  it('is held against the weeks before, not the day before', () => {
    const image = weekdayPulls(recent(...week(130), ...week(100), ...week(110), ...week(90), ...week(100)), 99);

    expect(image).toEqual({ pulls: 130, earlier: [100, 110, 90, 100] });
    expect(sumWeekdays([image])).toEqual({ pulls: 130, change: 30, before: 100, isUsual: false });
  });

  it('is usual where one of those weeks had as much', () => {
    const image = weekdayPulls(recent(...week(105), ...week(100), ...week(110), ...week(90), ...week(100)), 99);

    expect(sumWeekdays([image])).toMatchObject({ change: 5, isUsual: true });
  });

  it('goes back only as far as there are no gaps', () => {
    expect(weekdayPulls({ days: [78, 92, 99], pulls: [7, 8, 9] }, 99)).toEqual({ pulls: 9, earlier: [8] });
    expect(weekdayPulls({ days: [92], pulls: [8] }, 99)).toEqual({ pulls: undefined, earlier: [8] });
  });

  it('is compared with nothing while fewer than two weeks are known', () => {
    expect(sumWeekdays([])).toEqual({ pulls: undefined });
    expect(sumWeekdays([{ pulls: 5, earlier: [4] }])).toEqual({ pulls: 5 });
    expect(sumWeekdays([{ pulls: 5, earlier: [4, 2] }])).toMatchObject({ before: 3, change: 2 });
  });

  it('leaves images that are too new out of the change, and not out of the sum', () => {
    const old = { pulls: 20, earlier: [10, 10, 10, 10] };
    const young = { pulls: 1_000, earlier: [900] };

    expect(sumWeekdays([old, young])).toEqual({ pulls: 1_020, change: 10, before: 10, isUsual: false });
  });
});
