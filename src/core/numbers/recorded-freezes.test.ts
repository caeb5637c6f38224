import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay } from '../model/day.ts';
import type { RecordedEvent, RecordedKind } from '../model/event.ts';
import type { ImageSeries } from '../model/history.ts';
import type { Mark } from '../model/mark.ts';
import { coveredDays } from './covered-days.ts';
import { findFreezes, withStillDays, type Freeze } from './freezes.ts';
import { withRecorded } from './recorded-freezes.ts';

const first = toEpochDay('2026-03-01');

function image(pulls: readonly number[], repo = 'acme/app'): ImageSeries {
  let total = 1_000;
  return {
    registry: 'dockerhub',
    repo,
    days: pulls.map((_, at) => first + at),
    totals: pulls.map((each) => (total += each)),
    marks: pulls.map(() => 'read'),
  };
}

function event(kind: RecordedKind, time: string, seenAt = time, owner = 'acme'): RecordedEvent {
  return { time: `${time}:00.000Z`, seenAt: `${seenAt}:00.000Z`, registry: 'dockerhub', kind, detail: owner };
}

function found(recorded: readonly RecordedEvent[], ...series: readonly ImageSeries[]): readonly Freeze[] {
  return withRecorded(findFreezes(series), recorded, series);
}

function daysOf({ from, to, until }: Freeze): readonly (string | undefined)[] {
  return [fromEpochDay(from), fromEpochDay(to), until === undefined ? undefined : fromEpochDay(until)];
}

function coveredBy(series: ImageSeries, freezes: readonly Freeze[]): number[] {
  const [frozen = series] = withStillDays([series], freezes);
  return Array.from(frozen.days, (_, at) => coveredDays(frozen, at));
}

describe('a freeze that runs saw', () => {
  it('within one day covers no second day', () => {
    const app = image([0, 900, 900, 900]);
    const freezes = found([event('counters_stopped', '2026-03-03T05:10'), event('counters_resumed', '2026-03-03T14:10')], app);

    expect(freezes.map(daysOf)).toEqual([['2026-03-03', '2026-03-02', '2026-03-03']]);
    expect(freezes[0]?.seen).toMatchObject({ since: '2026-03-03T05:10:00.000Z', resumed: '2026-03-03T14:10:00.000Z' });
    expect(coveredBy(app, freezes)).toEqual([1, 1, 1, 1]);
  });

  it('over midnight makes the value of the next day cover two', () => {
    const app = image([0, 900, 700, 1_100, 900]);
    const freezes = found([event('counters_stopped', '2026-03-03T20:10'), event('counters_resumed', '2026-03-04T05:10')], app);

    expect(freezes.map(daysOf)).toEqual([['2026-03-03', '2026-03-03', '2026-03-04']]);
    expect(coveredBy(app, freezes)).toEqual([1, 1, 1, 2, 1]);
  });

  it('goes on until a change is seen; the day on which it began counts as covered when it is over', () => {
    const stopped = [event('counters_stopped', '2026-03-03T20:10')];

    expect(found(stopped, image([0, 900, 700])).map(daysOf)).toEqual([['2026-03-03', '2026-03-02', undefined]]);
    expect(found(stopped, image([0, 900, 700, 0])).map(daysOf)).toEqual([['2026-03-03', '2026-03-04', undefined]]);
  });

  it('ends with the first day that has pulls again, where its end was not recorded', () => {
    const app = image([0, 900, 700, 0, 2_000, 900]);

    expect(found([event('counters_stopped', '2026-03-03T20:10')], app).map(daysOf)).toEqual([['2026-03-03', '2026-03-04', '2026-03-05']]);
  });

  it('is one with the whole days that stand still in it, and covers the rest of the day on which it began', () => {
    const app = image([...Array.from({ length: 60 }, () => 900), 500, 0, 0, 3_100, 900]);
    const recorded = [event('counters_stopped', '2026-04-30T13:10'), event('counters_resumed', '2026-05-03T02:10')];

    expect(findFreezes([app])).toHaveLength(1);
    const freezes = found(recorded, app);
    expect(freezes.map(daysOf)).toEqual([['2026-04-30', '2026-05-02', '2026-05-03']]);
    expect(coveredBy(app, freezes).slice(60)).toEqual([1, 1, 1, 4, 1]);
    expect(found(recorded.slice(0, 1), app).map(daysOf)).toEqual([['2026-04-30', '2026-05-02', '2026-05-03']]);
  });

  it('is another one than that of other days, and than that of another owner', () => {
    const app = image([...Array.from({ length: 60 }, () => 900), 0, 1_800, 900, 900, 700, 1_100, 900]);
    const other = image([0, 5, 5], 'other/app');
    const recorded = [event('counters_stopped', '2026-05-04T20:10'), event('counters_resumed', '2026-05-05T02:10')];

    expect(found(recorded, app, other).map(daysOf)).toEqual([
      ['2026-04-30', '2026-04-30', '2026-05-01'],
      ['2026-05-04', '2026-05-04', '2026-05-05'],
    ]);
    expect(found([event('counters_stopped', '2026-03-03T20:10', '2026-03-04T01:10', 'gone')], app, other)).toHaveLength(1);
  });

  it('that several processes recorded, or one twice, is one', () => {
    const recorded = [
      event('counters_stopped', '2026-03-03T20:10', '2026-03-04T01:10'),
      event('counters_stopped', '2026-03-03T20:10', '2026-03-04T01:20'),
      event('counters_stopped', '2026-03-03T22:10', '2026-03-04T01:20'),
      event('counters_resumed', '2026-03-04T05:10'),
      event('counters_resumed', '2026-03-04T05:10', '2026-03-04T06:10'),
    ];

    expect(found(recorded, image([0, 900, 700, 1_100]))).toHaveLength(1);
  });

  it('is none where the registry publishes its days', () => {
    const app = image([0, 900, 700, 1_100]);
    const recorded = [event('counters_stopped', '2026-03-03T20:10'), event('counters_resumed', '2026-03-04T05:10')];

    expect(found(recorded, app)).toHaveLength(1);
    expect(found(recorded, { ...app, marks: ['closed', 'closed', 'closed', 'read'] satisfies Mark[] })).toEqual([]);
  });

  it('may begin where the one before has ended', () => {
    const recorded = [
      event('counters_stopped', '2026-03-02T20:10'),
      event('counters_resumed', '2026-03-03T05:10'),
      event('counters_stopped', '2026-03-03T05:10', '2026-03-03T12:10'),
      event('counters_resumed', '2026-03-03T18:10'),
    ];

    expect(found(recorded, image([0, 700, 1_100, 900])).map(daysOf)).toEqual([
      ['2026-03-02', '2026-03-02', '2026-03-03'],
      ['2026-03-03', '2026-03-02', '2026-03-03'],
    ]);
  });
});
