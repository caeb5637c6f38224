import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay } from '../core/model/day.ts';
import type { RecordedEvent } from '../core/model/event.ts';
import type { ImageSeries } from '../core/model/history.ts';
import { coveredDays } from '../core/numbers/covered-days.ts';
import { findFreezes, withStillDays, type Freeze } from '../core/numbers/freezes.ts';
import { withRecorded } from '../core/numbers/recorded-freezes.ts';
import { toPulls } from '../core/numbers/series.ts';
import { listEvents } from '../core/views/events.ts';
import { createCounterWatch } from './counter-watch.ts';
import { firstDay, momentOf, watchWorld, type HubRead, type HubWorld, type Watched } from './testing/hub-world.ts';

const day = 1_440;
const hour = 60;

const plain: HubWorld = {
  seed: 1,
  days: 32,
  images: [1_200, 200],
  night: 0.3,
  weekend: 0.5,
  batch: 1,
  freezes: [],
  interval: hour,
  outages: [],
};

function watched(world: Partial<HubWorld>, restartsAfter = Infinity): Watched {
  let watch = createCounterWatch();
  return watchWorld({ ...plain, ...world }, (run) => {
    if (run > 0 && run % restartsAfter === 0) watch = createCounterWatch();
    return watch;
  });
}

function kindsOf(recorded: readonly RecordedEvent[]): string[] {
  return recorded.map(({ kind }) => kind).filter((kind) => kind !== 'counters_paused');
}

describe('counters that stop for hours', () => {
  const freezes = [{ at: 24 * day + 20 * hour, minutes: 10 * hour }];

  it('are recorded once, since when and until when, with their owner', () => {
    const { recorded } = watched({ freezes });
    const [stopped, resumed] = recorded.filter(({ kind }) => kind !== 'counters_paused');

    expect(kindsOf(recorded)).toEqual(['counters_stopped', 'counters_resumed']);
    expect(stopped).toMatchObject({ registry: 'dockerhub', detail: 'acme' });
    expect(stopped?.repo).toBeUndefined();
    expect([stopped?.time.slice(0, 13), resumed?.time.slice(0, 13)]).toEqual(['2026-03-26T20', '2026-03-27T06']);
    expect(stopped?.seenAt.slice(0, 13)).toBe('2026-03-26T23');
  });

  it.each([1, 3, 7, 50])('are recorded also by processes that end after %i runs, when they stood still before midnight', (runs) => {
    const { recorded } = watched({ freezes: [{ at: 24 * day + 20 * hour, minutes: 18 * hour }] }, runs);

    // A process of a single run has read twice: that is too little.
    expect(kindsOf(recorded)).toEqual(runs === 1 ? [] : ['counters_stopped', 'counters_resumed']);
  });

  it('are recorded whichever of two processes ends a run', () => {
    const watches = [createCounterWatch(), createCounterWatch(), createCounterWatch()];
    const { recorded } = watchWorld(
      { ...plain, freezes: [{ at: 24 * day, minutes: 20 * hour }] },
      (run) => watches[(run * run) % 3] ?? createCounterWatch(),
    );

    expect(kindsOf(recorded)).toEqual(['counters_stopped', 'counters_resumed']);
  });

  it('are not recorded before they were watched for two weeks, nor where the pulls of a day are too few', () => {
    expect(kindsOf(watched({ freezes: [{ at: 10 * day, minutes: 10 * hour }] }).recorded)).toEqual([]);
    expect(kindsOf(watched({ freezes, images: [60, 10] }).recorded)).toEqual([]);
  });

  it('are an outage of the service where nobody reads them', () => {
    expect(kindsOf(watched({ outages: freezes }).recorded)).toEqual([]);
    expect(kindsOf(watched({ outages: [{ at: 24 * day, minutes: 2 * day }] }).recorded)).toEqual([]);
  });

  it('say nothing of images that could not be read, if these have most of the pulls', () => {
    const watch = createCounterWatch();
    const { recorded } = watchWorld({ ...plain, images: [3_000, 600] }, () => ({
      look(latest, before) {
        const [large, small] = latest;
        const readAt = small?.readAt ?? '';
        const isFailing = readAt > momentOf(24 * day) && readAt < momentOf(24 * day + 12 * hour);
        const fails = isFailing && large && small;
        // The small image is pulled by a job at noon.
        return watch.look(
          fails
            ? [
                { ...large, readAt: momentOf(24 * day - hour) },
                { ...small, pullCount: 5_000 },
              ]
            : latest,
          before,
        );
      },
    }));

    expect(kindsOf(recorded)).toEqual([]);
  });

  it('count as a pause from then on where no jump follows', () => {
    // A job pulls all day long but for a night that was never quiet before.
    const quietNight = { at: 24 * day, minutes: 8 * hour };
    const watch = createCounterWatch();
    const held = new Map<string, number>();
    const { recorded } = watchWorld({ ...plain, weekend: 1, freezes: [quietNight] }, () => ({
      look(latest, before) {
        const lost = latest.map((image) => {
          const isAfter = (image.readAt ?? '') >= momentOf(quietNight.at + quietNight.minutes);
          if (!isAfter) held.set(image.repo, image.pullCount);
          if (isAfter && !held.has(`${image.repo} lost`)) held.set(`${image.repo} lost`, image.pullCount - (held.get(image.repo) ?? 0) - 5);
          return { ...image, pullCount: image.pullCount - (held.get(`${image.repo} lost`) ?? 0) };
        });
        return watch.look(lost, before);
      },
    }));
    const pauses = recorded.filter(({ kind }) => kind === 'counters_paused');

    expect(kindsOf(recorded)).toEqual(['counters_stopped', 'counters_resumed']);
    expect(Math.max(...pauses.map(({ time, seenAt }) => Date.parse(seenAt) - Date.parse(time)))).toBeGreaterThan(6 * 3_600_000);
  });
});

/** A time in which all reads show the same. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly reads: number;
}

function spansOf(reads: readonly HubRead[]): Span[] {
  const spans: Span[] = [];
  let [start, shown] = [0, ''];
  for (const [at, read] of reads.entries()) {
    const next = JSON.stringify(read.totals);
    if (at > 0 && next === shown) spans[spans.length - 1] = { from: reads[start]?.at ?? 0, to: read.at, reads: at - start + 1 };
    else {
      [start, shown] = [at, next];
      spans.push({ from: read.at, to: read.at, reads: 1 });
    }
  }
  return spans;
}

/** Whether docs/how-numbers-are-made.md promises that a standstill is found by the hour. */
function isPromised(
  { from, to, reads }: Span,
  spans: readonly Span[],
  series: readonly ImageSeries[],
  touched: ReadonlySet<number>,
): boolean {
  const first = firstDay + Math.floor(from / day);
  const lasts = Math.min(to, (Math.floor(from / day) + 2) * day - 70) - from;
  const longest = Math.max(0, ...spans.filter((span) => span.to < from && span.to > from - 35 * day).map((span) => span.to - span.from));
  const known = series.map((image) => new Map(toPulls(image).map((pulls, at) => [image.days[at] ?? 0, pulls])));
  const sums = Array.from({ length: 21 }, (_, at) => first - 1 - at)
    .filter((each) => each > firstDay && !touched.has(each))
    .map((each) => known.reduce((sum, pulls) => sum + (pulls.get(each) ?? 0), 0));
  const quietest = sums.length < 14 ? 0 : Math.min(...sums);
  return from > 16 * day && reads >= 3 && lasts >= 3 * hour + 2.5 * longest && (quietest / 96) * (lasts / hour) >= Math.log(10_000);
}

const busyWorlds: fc.Arbitrary<HubWorld> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e9 }),
    large: fc.integer({ min: 2_000, max: 8_000 }),
    others: fc.array(fc.nat({ max: 300 }), { maxLength: 2 }),
    night: fc.double({ min: 0.3, max: 1, noNaN: true }),
    weekend: fc.double({ min: 0.4, max: 1, noNaN: true }),
    interval: fc.constantFrom(20, 60, 60, 120),
    freezes: fc.array(
      fc.record({
        at: fc.nat({ max: 5 * day }),
        minutes: fc.oneof(fc.integer({ min: 20, max: day }), fc.integer({ min: day, max: 3 * day })),
      }),
      {
        maxLength: 3,
      },
    ),
    outages: fc.array(fc.record({ at: fc.nat({ max: 45 * day }), minutes: fc.integer({ min: 10, max: 600 }) }), { maxLength: 2 }),
  })
  .map(({ large, others, freezes, ...world }) => ({
    ...world,
    days: 46,
    images: [large, ...others],
    batch: 1,
    freezes: freezes.map(({ at, minutes }, index) => ({ at: (17 + 9 * index) * day + at, minutes })),
  }));

/** Whether a freeze that was found is about this time. */
function isAbout({ from, to, until, seen }: Freeze, span: Span): boolean {
  if (seen) return seen.since <= momentOf(span.to) && (seen.resumed === undefined || seen.resumed > momentOf(span.from));
  return from <= firstDay + Math.floor(span.to / day) && (until ?? to + 1) >= firstDay + Math.floor(span.from / day);
}

describe('for any owner that is pulled day and night', () => {
  it('every freeze of the promised length is found, none twice and nothing else, and what follows it is no spike', () => {
    let promised = 0;
    fc.assert(
      fc.property(busyWorlds, (world) => {
        const { recorded, series, reads } = watched(world);
        const spans = spansOf(reads);
        const found = withRecorded(findFreezes(series), recorded, series);
        const still = withStillDays(series, found);
        const events = listEvents(still, { recorded, freezes: found });
        const touched = new Set<number>();
        const missed: Span[] = [];
        const frozen = world.freezes.flatMap(({ at, minutes }) =>
          spans.filter((span) => span.to >= at && span.from < at + minutes && span.reads > 1),
        );

        // Every one that was found is a true one, and has one event.
        for (const freeze of found) expect(frozen.some((span) => isAbout(freeze, span))).toBe(true);
        expect(events.filter(({ kind }) => kind === 'frozen')).toHaveLength(found.length);
        for (const span of frozen) {
          const own = found.filter((freeze) => isAbout(freeze, span));
          if (isPromised(span, spans, series, touched)) {
            promised += 1;
            if (own.length !== 1 || own[0]?.seen?.since !== momentOf(span.from)) missed.push(span);
          }
          const [first, last] = [span.from, span.to].map((at) => firstDay + Math.floor(at / day));
          for (let each = first ?? 0; each <= (last ?? 0) + 1; each += 1) touched.add(each);
        }
        expect(missed).toEqual([]);
        for (const { from, until, seen } of found) {
          if (until === undefined) continue;
          const at = Array.from(series[0]?.days ?? []).indexOf(until);
          for (const image of still)
            expect(coveredDays(image, at)).toBe(seen && seen.since.slice(0, 10) === seen.resumed?.slice(0, 10) ? 1 : until - from + 1);
          const onDay = events.filter(({ time, kind }) => time.startsWith(fromEpochDay(until)) && kind !== 'frozen');
          expect(onDay.filter(({ kind }) => kind === 'unusual_day' || (kind === 'milestone' && until > from))).toEqual([]);
        }
        // No number changes.
        expect(still.map(toPulls)).toEqual(series.map(toPulls));
      }),
      { numRuns: 25 },
    );
    expect(promised).toBeGreaterThan(5);
  });
});

describe('for counters that are never frozen', () => {
  const calmWorlds: fc.Arbitrary<HubWorld> = fc.record({
    seed: fc.integer({ min: 1, max: 1e9 }),
    days: fc.constant(50),
    images: fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 3_000 })), { minLength: 1, maxLength: 2 }),
    night: fc.constantFrom(0, 0.02, 0.1, 0.3, 1),
    weekend: fc.constantFrom(0, 0.05, 0.3, 1),
    batch: fc.constantFrom(1, 1, 4, 20),
    freezes: fc.constant([]),
    interval: fc.constantFrom(15, 60, 60, 60, 180, 360),
    outages: fc.array(fc.record({ at: fc.nat({ max: 50 * day }), minutes: fc.integer({ min: 10, max: 3 * day }) }), { maxLength: 2 }),
  });

  it('none is found, with few pulls or many, at night, at weekends, after outages of the service', () => {
    fc.assert(
      fc.property(calmWorlds, (world) => {
        expect(kindsOf(watched(world).recorded)).toEqual([]);
      }),
      // A fixed seed: by its definition the rule lets through a standstill that is chance once in thousands of weeks.
      { numRuns: 40, seed: 16 },
    );
  });

  it('none is found where a job pulls everything once a day', () => {
    const watch = createCounterWatch();
    const { recorded } = watchWorld({ ...plain, images: [50] }, () => ({
      look(latest, before) {
        const jobs = latest.map((image) => {
          const runs = Math.floor((Date.parse(image.readAt ?? '') / 3_600_000 - 2) / 24);
          const daily = Array.from(image.recent.days, () => 600);
          return { ...image, pullCount: runs * 600, recent: { days: image.recent.days, pulls: daily } };
        });
        return watch.look(jobs, before);
      },
    }));

    expect(kindsOf(recorded)).toEqual([]);
    expect(recorded.some(({ kind }) => kind === 'counters_paused')).toBe(true);
  });
});
