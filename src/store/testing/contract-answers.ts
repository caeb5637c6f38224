/** What every store answers: totals, the newest values, events and whole readings. */
import { describe, expect, it } from 'vitest';
import { fromEpochDay } from '../../core/model/day.ts';
import { recordedKinds } from '../../core/model/event.ts';
import { listMarks, type StoredReading } from '../../core/model/history.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { event, reading } from './readings.ts';
import { documentOf, totalsOf, useStore, type MakeStore } from './store-under-test.ts';

export function describeAnswers(name: string, make: MakeStore): void {
  describe(`${name} as a store`, () => {
    const given = useStore(make);

    it('answers every question while it is empty', async () => {
      expect(await given.store.days()).toEqual([]);
      expect(await given.store.totals({})).toEqual([]);
      expect(await given.store.latest({})).toEqual([]);
      expect(await documentOf(given.store, '2026-03-14')).toBeUndefined();
      expect(await given.store.prune('2026-03-14')).toEqual([]);
    });

    it('gives totals by repo, then registry, with ascending days, and only what the query asks for', async () => {
      await given.store.save([
        reading('b/x', 3, '2026-03-15', { registry: 'ghcr' }),
        reading('b/x', 2, '2026-03-14'),
        reading('b/x', 1, '2026-03-13'),
        reading('a/x', 5, '2026-03-14', { registry: 'quay' }),
        reading('a-b/x', 4, '2026-03-14'),
      ]);

      const asked = async (query: SeriesQuery): Promise<string[]> => Object.keys(await totalsOf(given.store, query));
      expect(await asked({})).toEqual(['dockerhub a-b/x', 'quay a/x', 'dockerhub b/x', 'ghcr b/x']);
      expect(await asked({ registries: new Set(['dockerhub']) })).toEqual(['dockerhub a-b/x', 'dockerhub b/x']);
      expect(await asked({ repos: new Set(['b/x', 'a/x', 'no/such']) })).toEqual(['quay a/x', 'dockerhub b/x', 'ghcr b/x']);
      expect(await asked({ registries: new Set(['ghcr', 'none']), repos: new Set(['b/x', 'a/x']) })).toEqual(['ghcr b/x']);
      expect(await asked({ registries: new Set() })).toEqual([]);
      expect(await asked({ repos: new Set() })).toEqual([]);
      const [series] = await given.store.totals({ registries: new Set(['dockerhub']), repos: new Set(['b/x']) });
      expect(Array.from(series?.days ?? [], fromEpochDay)).toEqual(['2026-03-13', '2026-03-14']);
      expect(Array.from(series?.totals ?? [])).toEqual([1, 2]);
    });

    it('gives at least the totals of a range, and the newest before it', async () => {
      await given.store.save([10, 11, 12, 13, 14].map((total, at) => reading('acme/app', total, `2026-03-${10 + 2 * at}`)));
      await given.store.save([reading('acme/late', 7, '2026-03-20')]);
      const [app, late] = await given.store.totals({}, { from: '2026-03-15', to: '2026-03-17' });

      const known = Array.from(app?.days ?? [], (day, at) => `${fromEpochDay(day)} ${app?.totals[at]}`);
      expect(known).toEqual(expect.arrayContaining(['2026-03-14 12', '2026-03-16 13']));
      expect(Array.from(late?.totals ?? []).every((total) => total === 7)).toBe(true);
    });

    it('does not change an answer that it gave', async () => {
      await given.store.save([reading('acme/app', 10, '2026-03-14T10:00:00'), reading('acme/app', 20, '2026-03-16')]);
      const totals = await given.store.totals({});
      const days = await given.store.days();

      await given.store.save([reading('acme/app', 11, '2026-03-14T11:00:00'), reading('acme/app', 15, '2026-03-15')]);
      await given.store.prune('2026-03-15');

      expect(totals.map((image) => Array.from(image.totals))).toEqual([[10, 20]]);
      expect(days).toEqual(['2026-03-14', '2026-03-16']);
    });

    it('gives the newest known values by registry, then repo, and only what the query asks for', async () => {
      await given.store.save([
        reading('b/x', 3, '2026-03-15', { registry: 'ghcr' }),
        reading('b/x', 2, '2026-03-14', { tagCount: 7, lastUpdated: '2026-03-02T00:00:00Z' }),
        reading('a/x', 1, '2026-03-13'),
        reading('b/x', 1, '2026-03-13', { tagCount: 6, lastUpdated: '2026-03-01T00:00:00Z' }),
      ]);

      expect(await given.store.latest({})).toMatchObject([
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
      expect(await given.store.latest({ repos: new Set(['b/x']), registries: new Set(['ghcr']) })).toMatchObject([{ pullCount: 3 }]);
    });

    it('keeps a detail of an earlier day until a newer one is known', async () => {
      await given.store.save([reading('acme/app', 10, '2026-03-13', { tagCount: 5, lastUpdated: '2026-03-01T00:00:00Z' })]);
      await given.store.save([reading('acme/app', 11, '2026-03-14', { lastUpdated: '2026-03-02T00:00:00Z' })]);
      await given.store.save([reading('acme/app', 9, '2026-03-12', { tagCount: 4, lastUpdated: '2026-02-01T00:00:00Z' })]);

      const expected = [{ day: '2026-03-14', pullCount: 11, tagCount: 5, lastUpdated: '2026-03-02T00:00:00Z' }];
      expect(await given.store.latest({})).toMatchObject(expected);
      expect(await (await given.reopened()).latest({})).toMatchObject(expected);
    });

    it('names the newest day that has tags of an image, also where there was no room for them', async () => {
      const tags = [{ name: '1.0' }];
      await given.store.save([
        reading('acme/app', 10, '2026-03-13', { tags }),
        reading('acme/tool', 20, '2026-03-13', { tagsCut: 3 }),
        reading('acme/none', 30, '2026-03-13'),
      ]);
      await given.store.save([reading('acme/app', 9, '2026-03-12', { tags }), reading('acme/tool', 19, '2026-03-12', { tags })]);
      await given.store.save([reading('acme/app', 11, '2026-03-15'), reading('acme/app', 10, '2026-03-14', { tags })]);

      for await (const each of given.asItIsAndReopened()) {
        const found = (await each.latest({})).map(({ repo, day, tagsDay }) => [repo, day, tagsDay]);
        expect(found).toEqual([
          ['acme/app', '2026-03-15', '2026-03-14'],
          ['acme/none', '2026-03-13', undefined],
          ['acme/tool', '2026-03-13', '2026-03-13'],
        ]);
      }
    });

    it('tells how each total is known, and when the newest was read', async () => {
      await given.store.save([
        reading('acme/app', 8, '2026-03-12', { mark: 'backfilled' }),
        reading('acme/app', 10, '2026-03-13'),
        reading('acme/app', 10, '2026-03-14', { mark: 'frozen' }),
        reading('acme/app', 10, '2026-03-15', { mark: 'inconsistent' }),
        reading('acme/old', 3, '2026-03-12', { mark: 'backfilled' }),
      ]);
      await given.store.save([reading('acme/app', 11, '2026-03-14T18:00:00')]);

      for await (const each of given.asItIsAndReopened()) {
        const [app, old] = await each.totals({});
        expect(app && listMarks(app)).toEqual(['backfilled', 'read', 'read', 'inconsistent']);
        expect(old && listMarks(old)).toEqual(['backfilled']);
        const readAt = (await each.latest({})).map((image) => image.readAt);
        expect(readAt).toEqual(['2026-03-15T12:00:00.000Z', undefined]);
      }
    });

    it('keeps events of every kind, of an owner and of an image, and those of a pruned day with another one', async () => {
      const kept = recordedKinds.map((kind) => event(kind, '2026-03-13T10:00:00.000Z', { repo: undefined, detail: 'acme' }));
      await given.store.save([], kept);
      expect(new Set((await given.store.events()).map(({ kind }) => kind))).toEqual(new Set(recordedKinds));

      const later = kept.map((each) => ({ ...each, seenAt: '2026-03-15T10:00:00.000Z' }));
      await given.store.save([], later);
      await given.store.prune('2026-03-15');
      expect(new Set(await given.store.events())).toEqual(new Set(later));
    });

    it('keeps events with the day they were seen on, each once, by time', async () => {
      const pushed = event('tag_pushed', '2026-03-13T22:00:00.000Z', { seenAt: '2026-03-14T10:00:00.000Z', detail: '1.2.0, latest' });
      const gone = event('image_gone', '2026-03-15T10:00:00.000Z');
      const dark = event('registry_dark', '2026-03-13T09:00:00.000Z', { repo: undefined, registry: 'ghcr' });
      await given.store.save([reading('acme/app', 10, '2026-03-14')], [pushed]);
      await given.store.save([reading('acme/app', 11, '2026-03-15')], [gone, dark, { ...pushed, seenAt: '2026-03-14T11:00:00.000Z' }]);

      for await (const each of given.asItIsAndReopened()) expect(await each.events()).toEqual([dark, pushed, gone]);
      await given.store.prune('2026-03-15');
      for await (const each of given.asItIsAndReopened()) expect(await each.events()).toEqual([gone]);
    });

    it('gives every reading whole, by day, registry and repo, for the days and images that are asked for', async () => {
      const tags = [{ name: 'v1', digest: 'sha256:11', pullCount: 4 }];
      await given.store.save([
        reading('b/x', 3, '2026-03-14', { registry: 'ghcr' }),
        reading('b/x', 2, '2026-03-14', { tags, tagCount: 4, tagsCut: 3 }),
        reading('a/x', 1, '2026-03-13', { mark: 'frozen' }),
        reading('b/x', 1, '2026-03-12', { mark: 'backfilled' }),
      ]);
      const asked = async (query: SeriesQuery, range?: DayRange): Promise<string[]> => {
        const found: string[] = [];
        for await (const { day, registry, repo } of given.store.readings(query, range)) found.push(`${day} ${registry} ${repo}`);
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
      for await (const each of given.store.readings({})) all.push(each);
      expect(all).toMatchObject([
        { mark: 'backfilled' },
        { mark: 'frozen' },
        { pullCount: 2, tagCount: 4, tags, tagsCut: 3 },
        { pullCount: 3 },
      ]);
    });
  });
}
