/** What every store does, whatever it keeps its snapshots in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { fromEpochDay, toEpochDay } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import { AppError } from '../../core/model/errors.ts';
import { recordedKinds } from '../../core/model/event.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { listMarks, type StoredReading } from '../../core/model/history.ts';
import { parseReadings } from '../../core/document/snapshot.ts';
import { describeDailyTotals } from './contract-daily-totals.ts';
import { describeHeldBack } from './contract-wrong-clock.ts';
import { event, reading } from './readings.ts';
import { documentOf, contractNow, totalsOf, type MakeStore, type StoreUnderTest } from './store-under-test.ts';

async function answersOf(store: SnapshotStore): Promise<unknown[]> {
  const snapshots = [await documentOf(store, '2026-03-14'), await documentOf(store, '2026-03-12')];
  return [await store.days(), await totalsOf(store), await store.latest({}), await store.events(), ...snapshots];
}

/** Runs the suite on stores that `make` makes, a new one a test. */
export function describeStore(name: string, make: MakeStore): void {
  describeHeldBack(name, make);
  describeDailyTotals(name, make);

  describe(`${name} as a store`, () => {
    let underTest: StoreUnderTest;
    let store: SnapshotStore;

    beforeEach(async () => {
      underTest = await make(createFixedClock(contractNow));
      ({ store } = underTest);
    });

    afterEach(async () => {
      await store.close();
      await underTest.dispose?.();
    });

    async function reopened(): Promise<SnapshotStore> {
      store = (await underTest.reopen?.()) ?? store;
      return store;
    }

    /** The store, and then another over the same medium. */
    async function* asItIsAndReopened(): AsyncGenerator<SnapshotStore> {
      yield store;
      yield await reopened();
    }

    it('answers every question while it is empty', async () => {
      expect(await store.days()).toEqual([]);
      expect(await store.totals({})).toEqual([]);
      expect(await store.latest({})).toEqual([]);
      expect(await documentOf(store, '2026-03-14')).toBeUndefined();
      expect(await store.prune('2026-03-14')).toEqual([]);
    });

    it('keeps readings in the snapshot of their UTC day', async () => {
      await store.save([
        reading('acme/app', 10, '2026-03-14T23:59:59', { tagCount: 2, lastUpdated: '2026-03-01T08:00:00Z' }),
        reading('acme/app', 11, '2026-03-15T00:00:00'),
      ]);

      expect(await store.days()).toEqual(['2026-03-14', '2026-03-15']);
      expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 10, '2026-03-15': 11 } });
      const snapshot = await documentOf(store, '2026-03-14');
      expect(snapshot?.timestamp).toBe('2026-03-14T23:59:59.000Z');
      expect(snapshot ? parseReadings(snapshot) : []).toMatchObject([
        { registry: 'dockerhub', repo: 'acme/app', pullCount: 10, tagCount: 2, lastUpdated: '2026-03-01T08:00:00Z' },
      ]);
    });

    it('takes the day of a moment that is written in another zone', async () => {
      await store.save([reading('acme/app', 10, '2026-03-14', { readAt: '2026-03-15T01:30:00+02:00' })]);

      expect(await store.days()).toEqual(['2026-03-14']);
    });

    it('lets the newest reading of a day win, in whatever order they come', async () => {
      await store.save([reading('acme/app', 10, '2026-03-14T10:00:00')]);
      await store.save([reading('acme/app', 12, '2026-03-14T12:00:00')]);
      await store.save([reading('acme/app', 11, '2026-03-14T11:00:00')]);

      expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 12 } });
    });

    it('keeps the images and registries that a save does not name', async () => {
      await store.save([
        reading('acme/app', 10, '2026-03-14T10:00:00'),
        reading('acme/tool', 20, '2026-03-14T10:00:00'),
        reading('acme/app', 5, '2026-03-14T10:00:00', { registry: 'ghcr' }),
      ]);

      await store.save([reading('acme/app', 11, '2026-03-14T11:00:00')]);

      expect(await totalsOf(store)).toEqual({
        'dockerhub acme/app': { '2026-03-14': 11 },
        'ghcr acme/app': { '2026-03-14': 5 },
        'dockerhub acme/tool': { '2026-03-14': 20 },
      });
    });

    it('never replaces what was read by what was estimated', async () => {
      await store.save([reading('acme/app', 10, '2026-03-14T10:00:00')]);
      await store.save([reading('acme/app', 99, '2026-03-14T23:00:00', { mark: 'estimated' })]);
      await store.save([reading('acme/tool', 98, '2026-03-14T23:00:00', { mark: 'estimated' })]);
      await store.save([reading('acme/tool', 20, '2026-03-14T10:00:00')]);

      expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 10 }, 'dockerhub acme/tool': { '2026-03-14': 20 } });
    });

    it('closes a day that was read with the exact total of its end, once, and keeps what was read beside it', async () => {
      await store.save([reading('acme/app', 10, '2026-03-14T10:00:00'), reading('acme/old', 5, '2026-03-13T10:00:00')]);
      await store.save([endOfDay(14, '2026-03-15T09:00:00')]);
      await store.save([
        reading('acme/app', 11, '2026-03-14T11:00:00'),
        endOfDay(15, '2026-03-15T12:00:00'),
        endOfDay(13, '2026-03-15T08:00:00'),
      ]);
      await store.save([reading('acme/new', 7, '2026-03-15T09:00:00', { day: '2026-03-14', mark: 'backfilled' })]);

      const again = await reopened();
      const stored: StoredReading[] = [];
      for await (const each of again.readings({}, { from: '2026-03-14' })) stored.push(each);
      expect(stored).toMatchObject([
        { repo: 'acme/app', pullCount: 15, mark: 'closed', observed: { pullCount: 10 } },
        { repo: 'acme/new', pullCount: 7, mark: 'backfilled' },
      ]);
      expect(stored[1]?.observed).toBeUndefined();
      expect((await again.totals({})).map((series) => [series.repo, listMarks(series)])).toEqual([
        ['acme/app', ['closed']],
        ['acme/new', ['backfilled']],
        ['acme/old', ['read']],
      ]);
    });

    it('keeps the own pulls of a day and a discrepancy, as long as the total that they belong to', async () => {
      const discrepancy = { kind: 'inconsistent', by: -510, since: '2026-03-14T10:00:00.000Z' } as const;
      await store.save([
        reading('acme/app', 1000, '2026-03-13T10:00:00'),
        reading('acme/app', 490, '2026-03-14T10:00:00', { mark: 'inconsistent', dayPulls: 12, discrepancy }),
      ]);
      const [series] = await (await reopened()).totals({});
      expect(series?.notes?.get(toEpochDay('2026-03-14'))).toEqual({ dayPulls: 12, discrepancy });
      expect((await store.latest({}))[0]?.discrepancy).toEqual(discrepancy);

      await store.save([reading('acme/app', 500, '2026-03-14T11:00:00')]);
      expect((await store.latest({}))[0]?.discrepancy).toBeUndefined();
      expect((await store.totals({}))[0]?.notes?.size).toBe(0);
    });

    it('keeps a total of 0 that was really read, and totals beyond 32 bits', async () => {
      await store.save([
        reading('acme/new', 0, '2026-03-14', { registry: 'ghcr' }),
        reading('acme/old', 2 ** 31, '2026-03-14'),
        reading('library/big', Number.MAX_SAFE_INTEGER, '2026-03-14'),
      ]);

      expect(await totalsOf(await reopened())).toEqual({
        'ghcr acme/new': { '2026-03-14': 0 },
        'dockerhub acme/old': { '2026-03-14': 2 ** 31 },
        'dockerhub library/big': { '2026-03-14': Number.MAX_SAFE_INTEGER },
      });
    });

    it('gives totals by repo, then registry, with ascending days, and only what the query asks for', async () => {
      await store.save([
        reading('b/x', 3, '2026-03-15', { registry: 'ghcr' }),
        reading('b/x', 2, '2026-03-14'),
        reading('b/x', 1, '2026-03-13'),
        reading('a/x', 5, '2026-03-14', { registry: 'quay' }),
        reading('a-b/x', 4, '2026-03-14'),
      ]);

      const asked = async (query: SeriesQuery): Promise<string[]> => Object.keys(await totalsOf(store, query));
      expect(await asked({})).toEqual(['dockerhub a-b/x', 'quay a/x', 'dockerhub b/x', 'ghcr b/x']);
      expect(await asked({ registries: new Set(['dockerhub']) })).toEqual(['dockerhub a-b/x', 'dockerhub b/x']);
      expect(await asked({ repos: new Set(['b/x', 'a/x', 'no/such']) })).toEqual(['quay a/x', 'dockerhub b/x', 'ghcr b/x']);
      expect(await asked({ registries: new Set(['ghcr', 'none']), repos: new Set(['b/x', 'a/x']) })).toEqual(['ghcr b/x']);
      expect(await asked({ registries: new Set() })).toEqual([]);
      expect(await asked({ repos: new Set() })).toEqual([]);
      const [series] = await store.totals({ registries: new Set(['dockerhub']), repos: new Set(['b/x']) });
      expect(Array.from(series?.days ?? [], fromEpochDay)).toEqual(['2026-03-13', '2026-03-14']);
      expect(Array.from(series?.totals ?? [])).toEqual([1, 2]);
    });

    it('gives at least the totals of a range, and the newest before it', async () => {
      await store.save([10, 11, 12, 13, 14].map((total, at) => reading('acme/app', total, `2026-03-${10 + 2 * at}`)));
      await store.save([reading('acme/late', 7, '2026-03-20')]);
      const [app, late] = await store.totals({}, { from: '2026-03-15', to: '2026-03-17' });

      const known = Array.from(app?.days ?? [], (day, at) => `${fromEpochDay(day)} ${app?.totals[at]}`);
      expect(known).toEqual(expect.arrayContaining(['2026-03-14 12', '2026-03-16 13']));
      expect(Array.from(late?.totals ?? []).every((total) => total === 7)).toBe(true);
    });

    it('does not change an answer that it gave', async () => {
      await store.save([reading('acme/app', 10, '2026-03-14T10:00:00'), reading('acme/app', 20, '2026-03-16')]);
      const totals = await store.totals({});
      const days = await store.days();

      await store.save([reading('acme/app', 11, '2026-03-14T11:00:00'), reading('acme/app', 15, '2026-03-15')]);
      await store.prune('2026-03-15');

      expect(totals.map((image) => Array.from(image.totals))).toEqual([[10, 20]]);
      expect(days).toEqual(['2026-03-14', '2026-03-16']);
    });

    it('gives the newest known values by registry, then repo, and only what the query asks for', async () => {
      await store.save([
        reading('b/x', 3, '2026-03-15', { registry: 'ghcr' }),
        reading('b/x', 2, '2026-03-14', { tagCount: 7, lastUpdated: '2026-03-02T00:00:00Z' }),
        reading('a/x', 1, '2026-03-13'),
        reading('b/x', 1, '2026-03-13', { tagCount: 6, lastUpdated: '2026-03-01T00:00:00Z' }),
      ]);

      expect(await store.latest({})).toMatchObject([
        {
          registry: 'dockerhub',
          repo: 'a/x',
          day: '2026-03-13',
          pullCount: 1,
          readAt: '2026-03-13T12:00:00.000Z',
          tagCount: undefined,
          lastUpdated: undefined,
          totalSince: undefined,
        },
        {
          registry: 'dockerhub',
          repo: 'b/x',
          day: '2026-03-14',
          pullCount: 2,
          readAt: '2026-03-14T12:00:00.000Z',
          tagCount: 7,
          lastUpdated: '2026-03-02T00:00:00Z',
          totalSince: undefined,
        },
        {
          registry: 'ghcr',
          repo: 'b/x',
          day: '2026-03-15',
          pullCount: 3,
          readAt: '2026-03-15T12:00:00.000Z',
          tagCount: undefined,
          lastUpdated: undefined,
          totalSince: undefined,
        },
      ]);
      expect(await store.latest({ repos: new Set(['b/x']), registries: new Set(['ghcr']) })).toMatchObject([{ pullCount: 3 }]);
    });

    it('keeps a detail of an earlier day until a newer one is known', async () => {
      await store.save([reading('acme/app', 10, '2026-03-13', { tagCount: 5, lastUpdated: '2026-03-01T00:00:00Z' })]);
      await store.save([reading('acme/app', 11, '2026-03-14', { lastUpdated: '2026-03-02T00:00:00Z' })]);
      await store.save([reading('acme/app', 9, '2026-03-12', { tagCount: 4, lastUpdated: '2026-02-01T00:00:00Z' })]);

      const expected = [{ day: '2026-03-14', pullCount: 11, tagCount: 5, lastUpdated: '2026-03-02T00:00:00Z' }];
      expect(await store.latest({})).toMatchObject(expected);
      expect(await (await reopened()).latest({})).toMatchObject(expected);
    });

    it('tells how each total is known, and when the newest was read', async () => {
      await store.save([
        reading('acme/app', 8, '2026-03-12', { mark: 'backfilled' }),
        reading('acme/app', 10, '2026-03-13'),
        reading('acme/app', 10, '2026-03-14', { mark: 'frozen' }),
        reading('acme/app', 10, '2026-03-15', { mark: 'inconsistent' }),
        reading('acme/old', 3, '2026-03-12', { mark: 'backfilled' }),
      ]);
      await store.save([reading('acme/app', 11, '2026-03-14T18:00:00')]);

      for await (const each of asItIsAndReopened()) {
        const [app, old] = await each.totals({});
        expect(app && listMarks(app)).toEqual(['backfilled', 'read', 'read', 'inconsistent']);
        expect(old && listMarks(old)).toEqual(['backfilled']);
        const readAt = (await each.latest({})).map((image) => image.readAt);
        expect(readAt).toEqual(['2026-03-15T12:00:00.000Z', undefined]);
      }
    });

    it('keeps a reading with the day that it is of, also when it was read later', async () => {
      await store.save([
        reading('acme/app', 40, '2026-03-15T02:00:00', { registry: 'quay', day: '2026-03-14', totalSince: '2026-01-01' }),
        reading('acme/app', 30, '2026-03-15T02:00:00', {
          registry: 'quay',
          day: '2026-03-13',
          totalSince: '2026-01-01',
          mark: 'backfilled',
        }),
      ]);
      await store.save([reading('acme/app', 42, '2026-03-15T03:00:00', { registry: 'quay', day: '2026-03-14', totalSince: '2026-01-01' })]);

      for await (const each of asItIsAndReopened()) {
        expect(await totalsOf(each)).toEqual({ 'quay acme/app': { '2026-03-13': 30, '2026-03-14': 42 } });
        expect(await each.latest({})).toMatchObject([
          { day: '2026-03-14', pullCount: 42, readAt: '2026-03-15T03:00:00.000Z', totalSince: '2026-01-01' },
        ]);
        expect((await documentOf(each, '2026-03-14'))?.timestamp).toBe('2026-03-14T23:59:59.999Z');
      }
    });

    it('lets what was read replace what was imported, and that what was reconstructed, never the other way round', async () => {
      const imported = { mark: 'imported' } as const;
      await store.save([
        reading('a/read', 10, '2026-03-14T10:00:00'),
        reading('a/imported', 20, '2026-03-14T10:00:00', imported),
        reading('a/backfilled', 30, '2026-03-14T10:00:00', { mark: 'estimated' }),
      ]);

      await store.save([
        reading('a/read', 11, '2026-03-14T23:00:00', imported),
        reading('a/imported', 21, '2026-03-14T23:00:00', { mark: 'estimated' }),
        reading('a/backfilled', 31, '2026-03-14T09:00:00', imported),
      ]);

      for await (const each of asItIsAndReopened()) {
        const series = await each.totals({});
        expect(series.map(({ repo, totals, marks }) => [repo, totals[0], marks.at(0)])).toEqual([
          ['a/backfilled', 31, 'imported'],
          ['a/imported', 20, 'imported'],
          ['a/read', 10, 'read'],
        ]);
      }
    });

    it('keeps events of every kind, of an owner and of an image, and those of a pruned day with another one', async () => {
      const kept = recordedKinds.map((kind) => event(kind, '2026-03-13T10:00:00.000Z', { repo: undefined, detail: 'acme' }));
      await store.save([], kept);
      expect(new Set((await store.events()).map(({ kind }) => kind))).toEqual(new Set(recordedKinds));

      const later = kept.map((each) => ({ ...each, seenAt: '2026-03-15T10:00:00.000Z' }));
      await store.save([], later);
      await store.prune('2026-03-15');
      expect(new Set(await store.events())).toEqual(new Set(later));
    });

    it('keeps events with the day they were seen on, each once, by time', async () => {
      const pushed = event('tag_pushed', '2026-03-13T22:00:00.000Z', { seenAt: '2026-03-14T10:00:00.000Z', detail: '1.2.0, latest' });
      const gone = event('image_gone', '2026-03-15T10:00:00.000Z');
      const dark = event('registry_dark', '2026-03-13T09:00:00.000Z', { repo: undefined, registry: 'ghcr' });
      await store.save([reading('acme/app', 10, '2026-03-14')], [pushed]);
      await store.save([reading('acme/app', 11, '2026-03-15')], [gone, dark, { ...pushed, seenAt: '2026-03-14T11:00:00.000Z' }]);

      for await (const each of asItIsAndReopened()) expect(await each.events()).toEqual([dark, pushed, gone]);
      await store.prune('2026-03-15');
      for await (const each of asItIsAndReopened()) expect(await each.events()).toEqual([gone]);
    });

    it('gives every reading whole, by day, registry and repo, for the days and images that are asked for', async () => {
      const tags = [{ name: 'v1', digest: 'sha256:11', pullCount: 4 }];
      await store.save([
        reading('b/x', 3, '2026-03-14', { registry: 'ghcr' }),
        reading('b/x', 2, '2026-03-14', { tags, tagCount: 4, tagsCut: 3 }),
        reading('a/x', 1, '2026-03-13', { mark: 'frozen' }),
        reading('b/x', 1, '2026-03-12', { mark: 'backfilled' }),
      ]);
      const asked = async (query: SeriesQuery, range?: DayRange): Promise<string[]> => {
        const found: string[] = [];
        for await (const { day, registry, repo } of store.readings(query, range)) found.push(`${day} ${registry} ${repo}`);
        return found;
      };

      expect(await asked({})).toEqual([
        '2026-03-12 dockerhub b/x',
        '2026-03-13 dockerhub a/x',
        '2026-03-14 dockerhub b/x',
        '2026-03-14 ghcr b/x',
      ]);
      expect(await asked({ repos: new Set(['b/x']) }, { from: '2026-03-13' })).toEqual(['2026-03-14 dockerhub b/x', '2026-03-14 ghcr b/x']);
      expect(await asked({ registries: new Set(['dockerhub']) }, { to: '2026-03-13' })).toEqual([
        '2026-03-12 dockerhub b/x',
        '2026-03-13 dockerhub a/x',
      ]);
      const all: StoredReading[] = [];
      for await (const each of store.readings({})) all.push(each);
      expect(all).toMatchObject([
        { mark: 'backfilled' },
        { mark: 'frozen' },
        { pullCount: 2, tagCount: 4, tags, tagsCut: 3 },
        { pullCount: 3 },
      ]);
    });

    const fourDays = [
      reading('acme/gone', 1, '2026-03-12', { tagCount: 2, lastUpdated: '2026-03-01T00:00:00Z', tags: [{ name: 'v1' }, { name: 'v2' }] }),
      reading('acme/app', 10, '2026-03-13', { tagCount: 5 }),
      reading('acme/app', 11, '2026-03-14'),
      reading('acme/app', 12, '2026-03-15', { tagCount: 6 }),
    ];

    it('deletes the snapshots before the day that is named, keeps their totals for every answer, and nothing of the others', async () => {
      await store.save(fourDays);
      const [series, latest] = [await totalsOf(store), await store.latest({})];

      expect(await store.prune('2026-03-14')).toEqual(['2026-03-12', '2026-03-13']);
      expect(await store.prune('2026-03-14')).toEqual([]);

      for await (const each of asItIsAndReopened()) {
        expect(await each.days()).toEqual(['2026-03-14', '2026-03-15']);
        expect(await documentOf(each, '2026-03-13')).toBeUndefined();
        expect(await documentOf(each, '2026-03-14')).toBeDefined();
        expect(await totalsOf(each)).toEqual(series);
        expect(await each.latest({})).toEqual(latest);
        const stored: unknown[] = [];
        for await (const { day, repo, pullCount, tags } of each.readings({})) stored.push([day, repo, pullCount, tags]);
        expect(stored).toEqual([
          ['2026-03-12', 'acme/gone', 1, undefined],
          ['2026-03-13', 'acme/app', 10, undefined],
          ['2026-03-14', 'acme/app', 11, undefined],
          ['2026-03-15', 'acme/app', 12, undefined],
        ]);
      }
    });

    it('keeps of a pruned day how its totals are known, its own pulls, a discrepancy and since when they are summed', async () => {
      const discrepancy = { kind: 'inconsistent', by: -510, since: '2026-03-12T10:00:00.000Z' } as const;
      await store.save([
        reading('acme/app', 8, '2026-03-11', { mark: 'backfilled' }),
        reading('acme/app', 490, '2026-03-12', { mark: 'inconsistent', dayPulls: 12, discrepancy }),
        reading('acme/app', 500, '2026-03-14'),
        reading('acme/lib', 40, '2026-03-13', { registry: 'quay', day: '2026-03-12', totalSince: '2026-01-01' }),
      ]);
      await store.prune('2026-03-14');

      for await (const each of asItIsAndReopened()) {
        const [app] = await each.totals({});
        expect(app && listMarks(app)).toEqual(['backfilled', 'inconsistent', 'read']);
        expect([...(app?.notes ?? [])]).toEqual([[toEpochDay('2026-03-12'), { dayPulls: 12, discrepancy }]]);
        expect(await each.latest({ registries: new Set(['quay']) })).toMatchObject([
          { day: '2026-03-12', pullCount: 40, readAt: '2026-03-13T12:00:00.000Z', totalSince: '2026-01-01' },
        ]);
      }
    });

    it('corrects the totals of a pruned day by the rule of every day, and brings no snapshot back', async () => {
      const tags = [{ name: 'v1' }];
      await store.save([...fourDays, reading('acme/sure', 50, '2026-03-14', { day: '2026-03-13', mark: 'backfilled' })]);
      await store.prune('2026-03-14');
      const version = store.version();

      await store.save(
        [
          reading('acme/app', 14, '2026-03-16T00:30:00', { day: '2026-03-13', mark: 'backfilled', tags }),
          reading('acme/sure', 99, '2026-03-16T00:30:00', { day: '2026-03-13', tags }),
          reading('acme/new', 3, '2026-03-13T10:00:00', { mark: 'imported' }),
        ],
        [event('image_gone', '2026-03-13T10:00:00.000Z')],
      );

      expect(store.version()).not.toBe(version);
      for await (const each of asItIsAndReopened()) {
        expect(await totalsOf(each)).toMatchObject({
          'dockerhub acme/app': { '2026-03-13': 14 },
          'dockerhub acme/new': { '2026-03-13': 3 },
          'dockerhub acme/sure': { '2026-03-13': 50 },
        });
        const [app] = await each.totals({ repos: new Set(['acme/app']) });
        expect(app && listMarks(app)).toEqual(['closed', 'read', 'read']);
        expect(await each.days()).toEqual(['2026-03-14', '2026-03-15']);
        expect(await documentOf(each, '2026-03-13')).toBeUndefined();
        expect(await each.events()).toEqual([]);
        for await (const { day, tags: kept } of each.readings({}, { to: '2026-03-13' })) expect([day, kept]).toEqual([day, undefined]);
      }
    });

    it('takes a day without a snapshot that is saved after a prune, and keeps its totals with the next', async () => {
      await store.save(fourDays);
      await store.prune('2026-03-14');
      await store.save([reading('acme/app', 7, '2025-12-31')]);
      expect(await store.days()).toEqual(['2025-12-31', '2026-03-14', '2026-03-15']);

      expect(await store.prune('2026-03-14')).toEqual(['2025-12-31']);

      for await (const each of asItIsAndReopened()) {
        expect(await totalsOf(each, { repos: new Set(['acme/app']) })).toEqual({
          'dockerhub acme/app': { '2025-12-31': 7, '2026-03-13': 10, '2026-03-14': 11, '2026-03-15': 12 },
        });
      }
    });

    it('deletes totals too where that is asked for, also those that were kept before', async () => {
      await store.save(fourDays);
      await store.prune('2026-03-13');
      const version = store.version();
      expect(await store.prune('2026-03-14', { withTotals: true })).toEqual(['2026-03-13']);
      expect(store.version()).not.toBe(version);
      expect(await store.prune('2026-03-14', { withTotals: true })).toEqual([]);

      for await (const each of asItIsAndReopened()) {
        expect(await each.days()).toEqual(['2026-03-14', '2026-03-15']);
        expect(await documentOf(each, '2026-03-13')).toBeUndefined();
        expect(await totalsOf(each)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 11, '2026-03-15': 12 } });
        expect(await each.latest({})).toMatchObject([{ repo: 'acme/app', day: '2026-03-15', pullCount: 12, tagCount: 6 }]);
      }
    });

    it('changes its version when something was saved or pruned, and not otherwise', async () => {
      const versions = [store.version()];
      await store.save([reading('acme/app', 10, '2026-03-13')]);
      versions.push(store.version());
      await store.save([reading('acme/app', 11, '2026-03-14')]);
      versions.push(store.version());
      await store.prune('2026-03-14');
      versions.push(store.version());

      await store.save([]);
      await store.prune('2026-03-14');
      await Promise.all([store.totals({}), store.latest({}), store.days(), documentOf(store, '2026-03-14')]);

      expect(new Set(versions).size).toBe(versions.length);
      expect(store.version()).toBe(versions.at(-1));
    });

    it('writes nothing when there is nothing to save', async () => {
      await store.save([]);

      expect(await (await reopened()).days()).toEqual([]);
    });

    it('is the same after a reading was saved twice', async () => {
      const readings = [reading('acme/app', 10, '2026-03-14', { tags: [{ name: 'v1', digest: 'sha256:11' }], tagCount: 1 })];
      await store.save(readings);
      const before = [await documentOf(store, '2026-03-14'), await store.latest({})];

      await store.save(readings);

      expect([await documentOf(store, '2026-03-14'), await store.latest({})]).toEqual(before);
    });

    it('loses none of the readings that are saved at the same time', async () => {
      const repos = Array.from({ length: 40 }, (_, at) => `acme/app-${at}`);

      await Promise.all(repos.map((repo, at) => store.save([reading(repo, at, '2026-03-14'), reading('acme/shared', at, '2026-03-14')])));

      const totals = await totalsOf(await reopened());
      expect(Object.keys(totals)).toHaveLength(41);
      for (const [at, repo] of repos.entries()) expect(totals[`dockerhub ${repo}`]).toEqual({ '2026-03-14': at });
    });

    it('serializes saves and prunes in the order they were asked for', async () => {
      const save = store.save([reading('acme/app', 10, '2026-03-13')]);
      const prune = store.prune('2026-03-14');
      const again = store.save([reading('acme/app', 11, '2026-03-13')]);

      expect(await prune).toEqual(['2026-03-13']);
      await Promise.all([save, again]);
      expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 11 } });
      expect(await store.days()).toEqual([]);
    });

    it('refuses a reading without a valid time, whole and with a coded error', async () => {
      for (const readAt of ['', 'yesterday', '+010000-01-01T00:00:00Z']) {
        const saving = store.save([reading('acme/app', 10, '2026-03-14'), reading('acme/tool', 1, '2026-03-14', { readAt })]);

        await expect(saving).rejects.toBeInstanceOf(AppError);
        await expect(saving).rejects.toMatchObject({ code: 'invalid_input' });
      }
      expect(await store.days()).toEqual([]);
    });

    it.each(['', '2026-3-14', '2026-02-30', '../2026-03-14', '2026-03-14.json', '2026-03-14/../x', '2026-03-14\u0000'])(
      'has no snapshot of %j and does not prune before it',
      async (day) => {
        await store.save([reading('acme/app', 10, '2026-03-14')]);

        expect(await store.snapshot(day)).toBeUndefined();
        await expect(store.prune(day)).rejects.toMatchObject({ name: 'AppError', code: 'invalid_input' });
        expect(await store.days()).toEqual(['2026-03-14']);
      },
    );

    it('has all of it when it is opened again', async () => {
      const tags = [{ name: 'v1', lastUpdated: '2026-03-01T00:00:00Z', digest: 'sha256:11', fullSize: 30, pullCount: 4, versionId: '77' }];
      await store.save([
        reading('acme/app', 10, '2026-03-14', { tags, tagCount: 9, lastUpdated: '2026-03-02T00:00:00Z' }),
        reading('acme/charts%2Fapp', 5, '2026-03-14', { registry: 'ghcr' }),
        reading('acme/app', 4, '2026-03-12', { mark: 'backfilled' }),
      ]);
      const before = await answersOf(store);

      expect(await answersOf(await reopened())).toEqual(before);
    });

    it('can be closed twice', async () => {
      await store.close();
      await store.close();

      expect(store.version()).toEqual(expect.any(String));
    });
  });
}

/** The exact total of the end of 2026-03-14, worked out later. */
function endOfDay(pullCount: number, readAt: string): Reading {
  return reading('acme/app', pullCount, readAt, { day: '2026-03-14', mark: 'backfilled' });
}
