/** What every store does with days that are old enough to be deleted. */
import { describe, expect, it } from 'vitest';
import { toEpochDay, type Day } from '../../core/model/day.ts';
import { listMarks, type LatestImage } from '../../core/model/history.ts';
import { event, reading } from './readings.ts';
import { stoppedAtLook } from './stopped-at-look.ts';
import { documentOf, totalsOf, useStore, type MakeStore } from './store-under-test.ts';

const fourDays = [
  reading('acme/gone', 1, '2026-03-12', { tagCount: 2, lastUpdated: '2026-03-01T00:00:00Z', tags: [{ name: 'v1' }, { name: 'v2' }] }),
  reading('acme/app', 10, '2026-03-13', { tagCount: 5 }),
  reading('acme/app', 11, '2026-03-14'),
  reading('acme/app', 12, '2026-03-15', { tagCount: 6 }),
];

const early = (repo: string) => reading(repo, 5, '2026-03-12');
const end = (repo: string) => reading(repo, 9, '2026-03-12', { mark: 'closed' });

export function describePrune(name: string, make: MakeStore): void {
  describe(`${name} as a store`, () => {
    const given = useStore(make);

    it('deletes the snapshots before the day that is named, keeps their totals for every answer, and nothing of the others', async () => {
      await given.store.save(fourDays);
      const [series, latest] = [await totalsOf(given.store), await given.store.latest({})];

      expect(await given.store.prune('2026-03-14')).toEqual(['2026-03-12', '2026-03-13']);
      expect(await given.store.prune('2026-03-14')).toEqual([]);

      for await (const each of given.asItIsAndReopened()) {
        expect(await each.days()).toEqual(['2026-03-14', '2026-03-15']);
        expect(await documentOf(each, '2026-03-13')).toBeUndefined();
        expect(await documentOf(each, '2026-03-14')).toBeDefined();
        expect(await totalsOf(each)).toEqual(series);
        // Of tags nothing is left.
        expect(await each.latest({})).toEqual(latest.map((image) => ({ ...image, tagsDay: undefined })));
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

    it('keeps nothing of what was read before a day was over once its snapshot is deleted, nor when the day ends later', async () => {
      await given.store.save([early('acme/app'), early('acme/lib'), early('acme/tool')]);
      await given.store.save([end('acme/app'), end('acme/tool'), reading('acme/tool', 12, '2026-03-13')]);
      const observedOf = async (): Promise<unknown[]> => {
        const found: unknown[] = [];
        for await (const { repo, day, pullCount, observed } of given.store.readings({}, { to: '2026-03-12' }))
          found.push([repo, day, pullCount, observed?.pullCount]);
        return found;
      };
      expect(await observedOf()).toEqual([
        ['acme/app', '2026-03-12', 9, 5],
        ['acme/lib', '2026-03-12', 5, undefined],
        ['acme/tool', '2026-03-12', 9, 5],
      ]);
      await given.store.prune('2026-03-13');
      await given.store.save([end('acme/lib')]);

      expect(await observedOf()).toEqual([
        ['acme/app', '2026-03-12', 9, undefined],
        ['acme/lib', '2026-03-12', 9, undefined],
        ['acme/tool', '2026-03-12', 9, undefined],
      ]);
    });

    it('keeps of a pruned day how its totals are known, its own pulls, a discrepancy and since when they are summed', async () => {
      const discrepancy = { kind: 'inconsistent', by: -510, since: '2026-03-12T10:00:00.000Z' } as const;
      await given.store.save([
        reading('acme/app', 8, '2026-03-11', { mark: 'backfilled' }),
        reading('acme/app', 490, '2026-03-12', { mark: 'inconsistent', dayPulls: 12, discrepancy }),
        reading('acme/app', 500, '2026-03-14'),
        reading('acme/lib', 40, '2026-03-13', { registry: 'quay', day: '2026-03-12', totalSince: '2026-01-01' }),
      ]);
      await given.store.prune('2026-03-14');

      for await (const each of given.asItIsAndReopened()) {
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
      await given.store.save([...fourDays, reading('acme/sure', 50, '2026-03-14', { day: '2026-03-13', mark: 'backfilled' })]);
      await given.store.prune('2026-03-14');
      const version = given.store.version();

      await given.store.save(
        [
          reading('acme/app', 14, '2026-03-16T00:30:00', { day: '2026-03-13', mark: 'backfilled', tags }),
          reading('acme/sure', 99, '2026-03-16T00:30:00', { day: '2026-03-13', tags }),
          reading('acme/new', 3, '2026-03-13T10:00:00', { mark: 'imported' }),
        ],
        [event('image_gone', '2026-03-13T10:00:00.000Z')],
      );

      expect(given.store.version()).not.toBe(version);
      for await (const each of given.asItIsAndReopened()) {
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
      await given.store.save(fourDays);
      await given.store.prune('2026-03-14');
      await given.store.save([reading('acme/app', 7, '2025-12-31')]);
      expect(await given.store.days()).toEqual(['2025-12-31', '2026-03-14', '2026-03-15']);

      expect(await given.store.prune('2026-03-14')).toEqual(['2025-12-31']);

      for await (const each of given.asItIsAndReopened()) {
        expect(await totalsOf(each, { repos: new Set(['acme/app']) })).toEqual({
          'dockerhub acme/app': { '2025-12-31': 7, '2026-03-13': 10, '2026-03-14': 11, '2026-03-15': 12 },
        });
      }
    });

    it.each([false, true])('deletes nothing when it is to stop before it begins (with totals: %s)', async (withTotals) => {
      await given.store.save(fourDays);
      await given.store.prune('2026-03-13');
      const [series, version] = [await totalsOf(given.store), given.store.version()];

      expect(await given.store.prune('2026-03-14', { withTotals, signal: AbortSignal.abort() })).toEqual([]);

      expect(given.store.version()).toBe(version);
      for await (const each of given.asItIsAndReopened()) {
        expect(await each.days()).toEqual(['2026-03-13', '2026-03-14', '2026-03-15']);
        expect(await totalsOf(each)).toEqual(series);
      }
    });

    it.each([1, 2, 3, 5, 8, 13])(
      'that is stopped at look %d keeps every total, deletes whole days only, and does the rest the next time',
      async (look) => {
        await given.store.save([...fourDays, reading('acme/app', 7, '2025-12-30'), reading('acme/app', 8, '2025-12-31')]);
        const [series, latest, days] = [await totalsOf(given.store), await given.store.latest({}), await given.store.days()];

        // With a snapshot its tags go.
        const latestWith = (snapshots: readonly Day[]): LatestImage[] =>
          latest.map(({ tagsDay, ...image }) => ({ ...image, tagsDay: snapshots.find((day) => day === tagsDay) }));

        const deleted = await given.store.prune('2026-03-14', { signal: stoppedAtLook(look) });

        expect(days.slice(0, 4)).toEqual(expect.arrayContaining([...deleted]));
        const left = days.filter((day) => !deleted.includes(day));
        for await (const each of given.asItIsAndReopened()) {
          expect(await each.days()).toEqual(left);
          for (const day of days) expect((await documentOf(each, day)) !== undefined).toBe(left.includes(day));
          expect(await totalsOf(each)).toEqual(series);
          expect(await each.latest({})).toEqual(latestWith(left));
        }

        expect(await given.store.prune('2026-03-14')).toEqual(left.slice(0, -2));
        for await (const each of given.asItIsAndReopened()) {
          expect(await each.days()).toEqual(['2026-03-14', '2026-03-15']);
          expect(await totalsOf(each)).toEqual(series);
          expect(await each.latest({})).toEqual(latestWith([]));
        }
      },
    );

    it.each([1, 2, 3, 4, 6])(
      'of totals that is stopped at look %d keeps what it did not come to, and does the rest the next time',
      async (look) => {
        await given.store.save([...fourDays, reading('acme/app', 8, '2025-12-31')]);
        await given.store.prune('2026-03-13');
        const newer = { '2026-03-14': 11, '2026-03-15': 12 };

        await given.store.prune('2026-03-14', { withTotals: true, signal: stoppedAtLook(look) });

        const left = await totalsOf(given.store);
        expect(left).toMatchObject({ 'dockerhub acme/app': newer });
        expect(await totalsOf(await given.reopened())).toEqual(left);
        await given.store.prune('2026-03-14', { withTotals: true });
        for await (const each of given.asItIsAndReopened()) {
          expect(await totalsOf(each)).toEqual({ 'dockerhub acme/app': newer });
          expect(await each.latest({})).toMatchObject([{ repo: 'acme/app', day: '2026-03-15', pullCount: 12 }]);
        }
      },
    );

    it('deletes totals too where that is asked for, also those that were kept before', async () => {
      await given.store.save(fourDays);
      await given.store.prune('2026-03-13');
      const version = given.store.version();
      expect(await given.store.prune('2026-03-14', { withTotals: true })).toEqual(['2026-03-13']);
      expect(given.store.version()).not.toBe(version);
      expect(await given.store.prune('2026-03-14', { withTotals: true })).toEqual([]);

      for await (const each of given.asItIsAndReopened()) {
        expect(await each.days()).toEqual(['2026-03-14', '2026-03-15']);
        expect(await documentOf(each, '2026-03-13')).toBeUndefined();
        expect(await totalsOf(each)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 11, '2026-03-15': 12 } });
        expect(await each.latest({})).toMatchObject([{ repo: 'acme/app', day: '2026-03-15', pullCount: 12, tagCount: 6 }]);
      }
    });
  });
}
