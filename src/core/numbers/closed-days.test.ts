import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';
import { closeDays, type Closing, type KnownTotal } from './closed-days.ts';
import type { Discrepancy } from '../model/reading.ts';
import { createPublisher, minutesADay, type PublishedPage, type Publisher } from './testing/published-pages.ts';

/** A store of one image: what a day holds after each page. */
function createHistory() {
  const totals = new Map<EpochDay, KnownTotal>();
  const pulls = new Map<EpochDay, number>();
  let lastRead: number | undefined;
  let discrepancy: Discrepancy | undefined;
  return {
    totals,
    pulls,
    discrepancy: () => discrepancy,
    take(page: PublishedPage): Closing {
      const closing = closeDays(page, { totals, lastRead, discrepancy });
      const day = closing.day ?? Math.floor(page.readAt / 86_400_000);
      if (totals.get(day)?.certainty !== 'end') totals.set(day, { total: page.total, certainty: 'read' });
      if (closing.pulls !== undefined) pulls.set(day, closing.pulls);
      for (const end of closing.ends) {
        totals.set(end.day, { total: end.total, certainty: 'end' });
        if (end.pulls !== undefined) pulls.set(end.day, end.pulls);
      }
      lastRead = page.total;
      discrepancy = closing.discrepancy;
      return closing;
    },
    ends: (): [string, number][] =>
      [...totals]
        .filter(([, { certainty }]) => certainty === 'end')
        .map(([day, { total }]): [string, number] => [fromEpochDay(day), total])
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

function publish(readAt: string, total: number, newest: string, counts: readonly number[]): PublishedPage {
  const label = toEpochDay(newest);
  return { readAt: Date.parse(readAt), total, bars: counts.map((pulls, at) => ({ day: fromEpochDay(label - at), pulls })) };
}

describe('the day of a bar', () => {
  it('is the UTC day of the read for the newest, whatever the labels say before Pacific midnight', () => {
    const history = createHistory();
    history.take(publish('2026-11-10T01:30:00Z', 1000, '2026-11-09', [3, 50, 7]));

    expect(history.ends()).toEqual([
      ['2026-11-08', 947],
      ['2026-11-09', 997],
    ]);
  });

  it('is that of its label later in the day', () => {
    const history = createHistory();
    history.take(publish('2026-07-08T16:33:00Z', 366_959, '2026-07-08', [677, 900, 800]));
    history.take(publish('2026-07-09T00:05:00Z', 367_297, '2026-07-08', [30, 985, 900]));

    expect(Object.fromEntries(history.ends())).toMatchObject({ '2026-07-08': 367_267, '2026-07-07': 366_282 });
    expect(history.discrepancy()).toBeUndefined();
  });

  it.each([
    ['after Pacific midnight in winter', '2026-11-10T08:00:10Z', '2026-11-09'],
    ['after Pacific midnight in summer', '2026-07-10T07:00:10Z', '2026-07-09'],
    ['two days behind', '2026-11-10T03:00:00Z', '2026-11-08'],
    ['ahead', '2026-11-10T03:00:00Z', '2026-11-11'],
  ])('is not known on a page whose labels are %s', (_, readAt, newest) => {
    expect(closeDays(publish(readAt, 1000, newest, [3, 50, 7]), { totals: new Map() })).toEqual({ ends: [], discrepancy: undefined });
  });

  it.each(['2026-11-09T23:59:30Z', '2026-11-10T00:00:30Z'])('is not known within seconds of midnight, at %s, on a first page', (readAt) => {
    expect(closeDays(publish(readAt, 1000, '2026-11-09', [3, 50, 7]), { totals: new Map() }).ends).toEqual([]);
  });

  it.each([
    ['before', '2026-11-09T23:59:30Z'],
    ['after', '2026-11-10T00:00:30Z'],
  ])('follows from what is known within seconds of midnight, %s it', (_, readAt) => {
    const history = createHistory();
    history.take(publish('2026-11-09T12:00:00Z', 1000, '2026-11-09', [20, 50, 7]));
    history.take(publish(readAt, 1041, '2026-11-09', [1, 60, 50]));

    expect(Object.fromEntries(history.ends())).toMatchObject({ '2026-11-09': 1040, '2026-11-08': 980 });
  });

  it('follows from what is known where a page was cached over midnight', () => {
    const history = createHistory();
    history.take(publish('2026-11-09T12:00:00Z', 1000, '2026-11-09', [20, 50, 7]));
    const closing = history.take(publish('2026-11-10T02:00:00Z', 1020, '2026-11-09', [40, 50, 7]));

    expect(closing.day).toBe(toEpochDay('2026-11-09'));
    expect(Object.fromEntries(history.ends())).toEqual({ '2026-11-08': 980, '2026-11-07': 930 });
  });
});

describe('a day that was read before it ended', () => {
  it('is completed by a later page', () => {
    const history = createHistory();
    history.take(publish('2026-11-10T12:00:00Z', 100, '2026-11-10', [10, 30]));
    history.take(publish('2026-11-12T12:00:00Z', 160, '2026-11-12', [10, 30, 30, 30]));

    expect(history.ends()).toEqual([
      ['2026-11-09', 90],
      ['2026-11-10', 120],
      ['2026-11-11', 150],
    ]);
  });

  it('replaces what an earlier version worked out from labels, as far as the bars reach', () => {
    const totals = new Map<EpochDay, KnownTotal>([
      [toEpochDay('2026-11-08'), { total: 997, certainty: 'uncertain' }],
      [toEpochDay('2026-11-07'), { total: 947, certainty: 'uncertain' }],
    ]);
    const { ends } = closeDays(publish('2026-11-10T12:00:00Z', 1000, '2026-11-10', [3, 50, 7]), { totals });

    expect(ends).toEqual([
      { day: toEpochDay('2026-11-09'), total: 997 },
      { day: toEpochDay('2026-11-08'), total: 947 },
    ]);
  });

  it('is measured against a total that was read, where no end of a day is known', () => {
    const totals = new Map<EpochDay, KnownTotal>([[toEpochDay('2026-11-08'), { total: 960, certainty: 'read' }]]);
    const first = publish('2026-11-10T12:00:00Z', 1000, '2026-11-10', [3, 50, 7, 5]);
    const { ends, discrepancy } = closeDays(first, { totals, lastRead: 960 });

    expect(ends).toEqual([]);
    expect(discrepancy).toEqual({ kind: 'inconsistent', by: -13, since: '2026-11-10T12:00:00.000Z' });
    const next = publish('2026-11-11T12:00:00Z', 1010, '2026-11-11', [6, 7, 50, 7, 5]);
    expect(closeDays(next, { totals, lastRead: 1000, discrepancy }).ends).toEqual([
      { day: toEpochDay('2026-11-10'), total: 1004, pulls: 7 },
    ]);
  });
});

function createReadHistory(): ReturnType<typeof createHistory> {
  const history = createHistory();
  history.take(publish('2026-11-10T12:00:00Z', 1000, '2026-11-10', [10, 30, 30]));
  return history;
}

describe('a total that was restated', () => {
  it('is told by how much and since when, after one run', () => {
    const history = createReadHistory();
    history.take(publish('2026-11-10T13:00:00Z', 492, '2026-11-10', [12, 30, 30]));

    expect(history.discrepancy()).toEqual({ kind: 'inconsistent', by: -510, since: '2026-11-10T13:00:00.000Z' });
    expect(history.pulls.get(toEpochDay('2026-11-10'))).toBe(12);
  });

  it('is in step again on the next day, whose pulls are those of the bars', () => {
    const history = createReadHistory();
    history.take(publish('2026-11-10T13:00:00Z', 492, '2026-11-10', [12, 30, 30]));
    history.take(publish('2026-11-11T13:00:00Z', 515, '2026-11-11', [5, 30, 30, 30]));

    expect(history.discrepancy()).toBeUndefined();
    expect(Object.fromEntries(history.ends())).toEqual({ '2026-11-08': 960, '2026-11-09': 990, '2026-11-10': 510 });
    expect(history.pulls.get(toEpochDay('2026-11-10'))).toBe(30);
  });

  it('is frozen while it stands still and its days move, and all days are exact once it has caught up', () => {
    const history = createReadHistory();
    history.take(publish('2026-11-10T20:00:00Z', 1000, '2026-11-10', [25, 30, 30]));
    expect(history.discrepancy()).toMatchObject({ kind: 'frozen', by: -15 });
    history.take(publish('2026-11-11T13:00:00Z', 1000, '2026-11-11', [5, 30, 30, 30]));
    expect(history.discrepancy()).toMatchObject({ kind: 'frozen', since: '2026-11-10T20:00:00.000Z' });
    history.take(publish('2026-11-12T13:00:00Z', 1057, '2026-11-12', [7, 30, 30, 30, 30]));

    expect(history.discrepancy()).toBeUndefined();
    expect(Object.fromEntries(history.ends())).toMatchObject({ '2026-11-10': 1020, '2026-11-11': 1050 });
  });

  it('is frozen while its days stand still and it moves', () => {
    const history = createReadHistory();
    history.take(publish('2026-11-12T13:00:00Z', 1050, '2026-11-12', [0, 0, 0, 30, 30]));

    expect(history.discrepancy()).toMatchObject({ kind: 'frozen', by: 60 });
  });
});

/** Days with pulls in a few minutes each; some without any. */
const days = fc.array(fc.array(fc.tuple(fc.nat(minutesADay - 1), fc.nat(200)), { maxLength: 6 }), { minLength: 70, maxLength: 70 });
const startDay = fc.constantFrom('2026-02-01', '2026-05-10', '2026-09-20');
/** When a run reads, as minutes since the run before, and how late its page is. */
const runs = fc.array(
  fc.tuple(fc.integer({ min: 30, max: 12 * minutesADay }), fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 600 }))),
  {
    minLength: 1,
    maxLength: 25,
  },
);

function dayAt(minute: number): number {
  return Math.floor(minute / minutesADay);
}

/** Whether the labels of a page that is not late tell its UTC day by themselves: after Pacific midnight, also in winter, and not near midnight. */
function tellsItsDay(minute: number): boolean {
  const ofDay = minute % minutesADay;
  return ofDay > 8 * 60 && ofDay < minutesADay - 5;
}

function publisherOf(start: string, counts: readonly (readonly (readonly [number, number])[])[], more = {}): Publisher {
  const pulls = new Map<number, number>();
  for (const [day, each] of counts.entries()) {
    for (const [minute, count] of each) pulls.set(day * minutesADay + minute, (pulls.get(day * minutesADay + minute) ?? 0) + count);
  }
  return createPublisher({ startDay: start, pulls, initial: 50_000, ...more });
}

/** Never within seconds of midnight on the way in steps of five hours. */
const firstRead = 31 * minutesADay + 12 * 60 + 7;

describe('whatever the moments of the runs', () => {
  it('every past day from the first backfilled one on is exact, and nothing is called inconsistent', () => {
    fc.assert(
      fc.property(startDay, days, runs, (start, counts, moments) => {
        const publisher = publisherOf(start, counts);
        const history = createHistory();
        history.take(publisher.page(firstRead, 0));
        let minute = firstRead;
        const telling = [dayAt(firstRead)];
        for (const [pause, late] of moments) {
          if (minute + pause >= 69 * minutesADay) break;
          minute += pause;
          if (late === 0 && tellsItsDay(minute)) telling.push(dayAt(minute));
          history.take(publisher.page(minute, Math.min(late, pause)));
          expect(history.discrepancy()).toBeUndefined();
          expectExact(history, publisher);
        }
        const last = minute + 16 * 60 - ((minute + 16 * 60) % minutesADay) + 12 * 60 + minutesADay;
        history.take(publisher.page(last, 0));
        expectExact(history, publisher);
        // A page that does not tell its day is as good as none: what nobody reads for more than 29 days is lost.
        if ([...telling, dayAt(last)].every((day, at) => day - (telling[at - 1] ?? day) <= 29)) expectComplete(history);
      }),
      { numRuns: 150 },
    );
  });

  it('no day is lost by an outage of 29 days', () => {
    fc.assert(
      fc.property(startDay, days, (start, counts) => {
        const publisher = publisherOf(start, counts);
        const history = createHistory();
        history.take(publisher.page(firstRead, 0));
        history.take(publisher.page(firstRead + 29 * minutesADay, 0));
        expectExact(history, publisher);
        expectComplete(history);
        expect(history.discrepancy()).toBeUndefined();
      }),
    );
  });

  it('a first page that was cached over midnight heals', () => {
    fc.assert(
      fc.property(startDay, days, fc.integer({ min: 5, max: 300 }), fc.integer({ min: 1, max: 500 }), (start, counts, read, late) => {
        const publisher = publisherOf(start, counts);
        const history = createHistory();
        const midnight = 31 * minutesADay;
        history.take(publisher.page(midnight + read, late));
        history.take(publisher.page(midnight + 12 * 60, 0));
        history.take(publisher.page(midnight + minutesADay + 12 * 60, 0));
        expectExact(history, publisher);
        expect(history.discrepancy()).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});

/** Pages every five hours, none of them late. */
function* regularPages(publisher: Publisher): Generator<{ readonly minute: number; readonly page: PublishedPage }> {
  for (let minute = firstRead; minute < 60 * minutesADay; minute += 300) yield { minute, page: publisher.page(minute, 0) };
}

describe('whenever the registry restates', () => {
  // No two days are alike, as with an image that is in use.
  const busy = fc
    .uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 70, maxLength: 70 })
    .map((counts) => counts.map((count) => [10, 310, 610, 910, 1210].map((minute) => [minute, count] as const)));
  const incident = fc.integer({ min: firstRead + 1, max: 50 * minutesADay });

  it('a fall is told once, from the first read after it until its day is over, and all days stay exact', () => {
    fc.assert(
      fc.property(busy, incident, fc.integer({ min: 1_000, max: 40_000 }), (counts, minute, lost) => {
        const publisher = publisherOf('2026-05-10', counts, { incidents: [{ minute, step: -lost }] });
        // Between two reads nobody sees when it fell: it is the day of the read that shows it.
        const seen = publisherOf('2026-05-10', counts, { incidents: [{ minute: firstAfter(minute) - 1, step: -lost }] });
        const history = createHistory();
        const told = new Set<string>();
        for (const { page: next, minute: at } of regularPages(publisher)) {
          history.take(next);
          const { since, by } = history.discrepancy() ?? {};
          if (since !== undefined) told.add(`${since} ${by}`);
          expect(since !== undefined).toBe(at > minute && Math.floor(at / minutesADay) === Math.floor(firstAfter(minute) / minutesADay));
          expectExact(history, seen);
        }
        const day = toEpochDay('2026-05-10') + Math.floor(firstAfter(minute) / minutesADay);
        expect([...told]).toEqual([`${new Date((toEpochDay('2026-05-10') * 1440 + firstAfter(minute)) * 60_000).toISOString()} ${-lost}`]);
        expect(history.pulls.get(day)).toBe(publisher.pullsOf(day));
      }),
      { numRuns: 50 },
    );
  });

  it('a total that stands still for days is told as frozen, and its days are exact once it has caught up', () => {
    fc.assert(
      fc.property(busy, incident, fc.integer({ min: 2 * minutesADay, max: 8 * minutesADay }), (counts, from, length) => {
        const publisher = publisherOf('2026-05-10', counts, { frozen: [from, from + length] });
        const honest = publisherOf('2026-05-10', counts);
        const history = createHistory();
        const kinds = new Set<string | undefined>();
        for (const { page: next } of regularPages(publisher)) {
          history.take(next);
          kinds.add(history.discrepancy()?.kind);
        }
        // Where it stops between two reads, the first of them only shows that it disagrees.
        expect(kinds).toContain('frozen');
        expect(history.discrepancy()).toBeUndefined();
        expectExact(history, honest);
        expectComplete(history);
      }),
      { numRuns: 50 },
    );
  });
});

/** The minute of the first regular page after this one. */
function firstAfter(minute: number): number {
  return firstRead + Math.ceil((minute - firstRead + 1) / 300) * 300;
}

function expectExact(history: ReturnType<typeof createHistory>, publisher: Publisher): void {
  const wrong = [...history.totals].filter(([day, { total, certainty }]) => certainty === 'end' && total !== publisher.endOf(day));
  expect(wrong.map(([day, { total }]) => [fromEpochDay(day), total, publisher.endOf(day)])).toEqual([]);
}

/** No day is missing, and only the newest is not known to its end. */
function expectComplete({ totals }: ReturnType<typeof createHistory>): void {
  const known = [...totals.keys()].toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [known[0], known.at(-1)];
  expect(known.length).toBe(last - first + 1);
  expect([...totals].filter(([, { certainty }]) => certainty !== 'end').map(([day]) => day)).toEqual([last]);
}
