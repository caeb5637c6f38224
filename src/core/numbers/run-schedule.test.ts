import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs } from '../model/day.ts';
import { drawJitter, minDayMarginMs, nextRunAt } from './run-schedule.ts';

const hourMs = 3_600_000;
const firstDay = Date.parse('2026-11-10T00:00:00Z');

function at(moment: string): number {
  return Date.parse(moment);
}

/** Runs of these lengths after each other, each with its jitter; the last one may go over the end. */
function startsOf(first: number, intervalMs: number, runs: readonly { readonly jitter: number; readonly durationMs: number }[]): number[] {
  const starts = [first];
  let startedAt = first;
  for (const { jitter, durationMs } of runs) {
    startedAt = Math.max(nextRunAt({ startedAt, durationMs, jitter }, intervalMs), startedAt + durationMs);
    starts.push(startedAt);
  }
  return starts;
}

const first = fc.integer({ min: firstDay, max: firstDay + dayMs - 1 });
const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((random) => drawJitter(() => random));
const intervalMs = fc.oneof(fc.constant(dayMs), fc.integer({ min: hourMs / 2, max: dayMs }));
const shortRuns = fc.array(fc.record({ jitter, durationMs: fc.integer({ min: 0, max: 15 * 60_000 }) }), { minLength: 40, maxLength: 60 });

describe('the next run', () => {
  it.each([
    ['an interval after the start', '2026-11-10T05:00:00Z', 1, '2026-11-10T11:00:00Z'],
    ['a little earlier', '2026-11-10T05:00:00Z', 0.9, '2026-11-10T10:24:00Z'],
    ['a little later', '2026-11-10T05:00:00Z', 1.1, '2026-11-10T11:36:00Z'],
  ])('begins %s', (_, startedAt, factor, next) => {
    expect(nextRunAt({ startedAt: at(startedAt), durationMs: 60_000, jitter: factor }, 6 * hourMs)).toBe(at(next));
  });

  it.each([
    ['an hour before the end of the day that had no run', 24, 60_000, '2026-11-11T23:00:00Z'],
    ['earlier where a run takes longer than an hour', 24, 5 * hourMs, '2026-11-11T19:00:00Z'],
    ['on that day with a shorter interval too', 22.5, 60_000, '2026-11-11T23:00:00Z'],
    ['as late as it may with a longer interval', 25, 60_000, '2026-11-12T03:20:00Z'],
  ])('begins %s', (_, hours, durationMs, next) => {
    expect(nextRunAt({ startedAt: at('2026-11-10T23:50:00Z'), durationMs, jitter: 1.1 }, hours * hourMs)).toBe(at(next));
  });

  it('is due at once where the run took longer than the interval', () => {
    const startedAt = at('2026-11-10T05:00:00Z');
    expect(nextRunAt({ startedAt, durationMs: 7 * hourMs, jitter: 1.1 }, 6 * hourMs)).toBeLessThan(startedAt + 7 * hourMs);
    expect(nextRunAt({ startedAt, durationMs: 30 * hourMs, jitter: 1.1 }, 24 * hourMs)).toBeLessThan(startedAt + 30 * hourMs);
  });
});

describe('with an interval of up to a day, whatever the start and the jitter', () => {
  it('every UTC day has a run, which has an hour of it left', () => {
    fc.assert(
      fc.property(first, intervalMs, shortRuns, (start, interval, runs) => {
        const starts = startsOf(start, interval, runs);
        const days = new Set(starts.map((startedAt) => Math.floor(startedAt / dayMs)));
        expect(days.size).toBe(Math.max(...days) - Math.min(...days) + 1);
        for (const day of [...days].slice(1)) {
          const earliest = Math.min(...starts.filter((startedAt) => Math.floor(startedAt / dayMs) === day));
          expect((day + 1) * dayMs - earliest).toBeGreaterThanOrEqual(minDayMarginMs);
        }
      }),
    );
  });

  it('every UTC day has a run as long as runs are no longer than a day, however long they are', () => {
    const runs = fc.array(fc.record({ jitter, durationMs: fc.integer({ min: 0, max: dayMs }) }), { minLength: 20, maxLength: 40 });
    fc.assert(
      fc.property(first, intervalMs, runs, (start, interval, each) => {
        const days = [...new Set(startsOf(start, interval, each).map((startedAt) => Math.floor(startedAt / dayMs)))];
        expect(days.at(-1)).toBe((days[0] ?? 0) + days.length - 1);
      }),
    );
  });

  it('runs begin an interval after each other, give or take a tenth, where no end of a day is near', () => {
    fc.assert(
      fc.property(first, fc.integer({ min: hourMs / 2, max: 20 * hourMs }), jitter, (startedAt, interval, factor) => {
        const next = nextRunAt({ startedAt, durationMs: 0, jitter: factor }, interval);
        expect(Math.abs(next - startedAt - interval)).toBeLessThanOrEqual(interval / 10 + 1);
      }),
    );
  });
});
