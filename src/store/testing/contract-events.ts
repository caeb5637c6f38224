/** What every store answers about recorded events: which, how many, and in which order. */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareIdentities, compareRecorded, eventIdentity, recordedKinds, type RecordedEvent } from '../../core/model/event.ts';
import type { EventPart, EventQuery } from '../../core/model/event-query.ts';
import { event } from './readings.ts';
import { useStore, type MakeStore } from './store-under-test.ts';

/** The same moments in different forms, two of one millisecond, and one whose day is another in UTC. */
const times = [
  '2026-03-13T22:00:00.000Z',
  '2026-03-13T22:00:00Z',
  '2026-03-13T22:00:00.000100Z',
  '2026-03-13T22:00:00.000900Z',
  '2026-03-14T00:30:00+02:00',
  '2026-03-14T08:00:00.5Z',
  '2026-03-14T08:00:00.400Z',
  '2026-03-15T10:00:00.000Z',
];
const subjects = [
  { registry: 'dockerhub', repo: 'acme/app' },
  { registry: 'dockerhub', repo: 'acme/a_b' },
  { registry: 'dockerhub', repo: undefined },
  { registry: 'ghcr', repo: 'acme/app' },
  { registry: 'ghcr', repo: 'Über/app' },
];
const details = [undefined, '1.0, latest', '"1.0"', 'é', '~'];
const seenOn = ['2026-03-14', '2026-03-15', '2026-03-16'];

/** Every time with every subject, as different as may be otherwise. */
const events = times.flatMap((time, at) =>
  subjects.map((subject, place): RecordedEvent => {
    const kind = recordedKinds[(at * 3 + place) % recordedKinds.length] ?? 'tag_pushed';
    return event(kind, time, {
      ...subject,
      detail: details[(at + place * 2) % details.length],
      seenAt: `${seenOn[at % seenOn.length]}T10:00:00.000Z`,
    });
  }),
);
const pushes = details.map((detail) => event('tag_pushed', times[0] ?? '', { detail }));
const all = [...events, ...pushes].toSorted(compareRecorded);

const anySet = <Item>(items: readonly Item[]): fc.Arbitrary<ReadonlySet<Item>> => fc.subarray([...items]).map((some) => new Set(some));
const anyRange = fc.record(
  { from: fc.constantFrom('2026-03-14', '2026-03-15'), to: fc.constantFrom('2026-03-14', '2026-03-15') },
  { requiredKeys: [] },
);
const anyPlace = fc.constantFrom(...all.map(eventIdentity), ['2026-03-14T00:00:00.000Z', 'dockerhub', 'acme/app', 'milestone', '']);
const anyPart: fc.Arbitrary<EventPart> = fc.record(
  {
    side: fc.constantFrom('before' as const, 'after' as const),
    place: anyPlace,
    withPlace: fc.boolean(),
    limit: fc.integer({ min: 0, max: 9 }),
  },
  { requiredKeys: ['side'] },
);
const anyQuery: fc.Arbitrary<EventQuery> = fc.record(
  {
    registries: anySet(['dockerhub', 'ghcr']),
    repos: anySet(['acme/app', 'acme/a_b', 'none/such']),
    kinds: anySet(recordedKinds),
    range: anyRange,
    seen: anyRange,
    part: anyPart,
  },
  { requiredKeys: [] },
);

function isWithin(day: string, { from = '', to = '9' }: NonNullable<EventQuery['range']> = {}): boolean {
  return day >= from && day <= to;
}

function expected({ registries, repos, kinds, range, seen, part }: EventQuery): readonly RecordedEvent[] {
  const found = all.filter(
    ({ time, seenAt, registry, repo, kind }) =>
      (!registries || registries.has(registry)) &&
      (!repos || (repo !== undefined && repos.has(repo))) &&
      (!kinds || kinds.has(kind)) &&
      isWithin(time.slice(0, 10), range) &&
      isWithin(seenAt.slice(0, 10), seen),
  );
  if (!part) return found;
  const { side, place, withPlace, limit = Infinity } = part;
  const left = found.filter((each) => {
    const order = place ? compareIdentities(eventIdentity(each), place) : side === 'before' ? -1 : 1;
    return (order === 0 && withPlace) || (side === 'before' ? order < 0 : order > 0);
  });
  return side === 'before' ? left.toReversed().slice(0, limit).toReversed() : left.slice(0, limit);
}

export function describeEvents(name: string, make: MakeStore): void {
  describe(`${name} and its events`, () => {
    const given = useStore(make);

    beforeEach(() => given.store.save([], events.toReversed()).then(() => given.store.save([], pushes)));

    it('are in their order, whatever form their times have, also after a restart', async () => {
      for await (const each of given.asItIsAndReopened()) expect(await each.events()).toEqual(all);
    });

    it('are those of a query, and as many', async () => {
      await fc.assert(
        fc.asyncProperty(anyQuery, async (query) => {
          expect(await given.store.events(query)).toEqual(expected(query));
          expect(await given.store.countEvents(query)).toBe(expected(query).length);
        }),
        { numRuns: 200 },
      );
    });
  });
}
