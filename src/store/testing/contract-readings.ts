/** What every store keeps of the readings of a day, and which of two it believes. */
import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../../core/model/day.ts';
import { listMarks, type StoredReading } from '../../core/model/history.ts';
import type { Reading } from '../../core/model/reading.ts';
import { parseReadings } from '../../core/document/snapshot.ts';
import { reading } from './readings.ts';
import { documentOf, totalsOf, useStore, type MakeStore } from './store-under-test.ts';

export function describeReadings(name: string, make: MakeStore): void {
  describe(`${name} as a store`, () => {
    const given = useStore(make);

    it('keeps readings in the snapshot of their UTC day', async () => {
      await given.store.save([
        reading('acme/app', 10, '2026-03-14T23:59:59', { tagCount: 2, lastUpdated: '2026-03-01T08:00:00Z' }),
        reading('acme/app', 11, '2026-03-15T00:00:00'),
      ]);

      expect(await given.store.days()).toEqual(['2026-03-14', '2026-03-15']);
      expect(await totalsOf(given.store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 10, '2026-03-15': 11 } });
      const snapshot = await documentOf(given.store, '2026-03-14');
      expect(snapshot?.timestamp).toBe('2026-03-14T23:59:59.000Z');
      expect(snapshot ? parseReadings(snapshot) : []).toMatchObject([
        { registry: 'dockerhub', repo: 'acme/app', pullCount: 10, tagCount: 2, lastUpdated: '2026-03-01T08:00:00Z' },
      ]);
    });

    it('takes the day of a moment that is written in another zone', async () => {
      await given.store.save([reading('acme/app', 10, '2026-03-14', { readAt: '2026-03-15T01:30:00+02:00' })]);

      expect(await given.store.days()).toEqual(['2026-03-14']);
    });

    it('lets the newest reading of a day win, in whatever order they come', async () => {
      await given.store.save([reading('acme/app', 10, '2026-03-14T10:00:00')]);
      await given.store.save([reading('acme/app', 12, '2026-03-14T12:00:00')]);
      await given.store.save([reading('acme/app', 11, '2026-03-14T11:00:00')]);

      expect(await totalsOf(given.store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 12 } });
    });

    it('keeps the images and registries that a save does not name', async () => {
      await given.store.save([
        reading('acme/app', 10, '2026-03-14T10:00:00'),
        reading('acme/tool', 20, '2026-03-14T10:00:00'),
        reading('acme/app', 5, '2026-03-14T10:00:00', { registry: 'ghcr' }),
      ]);

      await given.store.save([reading('acme/app', 11, '2026-03-14T11:00:00')]);

      expect(await totalsOf(given.store)).toEqual({
        'dockerhub acme/app': { '2026-03-14': 11 },
        'ghcr acme/app': { '2026-03-14': 5 },
        'dockerhub acme/tool': { '2026-03-14': 20 },
      });
    });

    it('never replaces what was read by what was estimated', async () => {
      await given.store.save([reading('acme/app', 10, '2026-03-14T10:00:00')]);
      await given.store.save([reading('acme/app', 99, '2026-03-14T23:00:00', { mark: 'estimated' })]);
      await given.store.save([reading('acme/tool', 98, '2026-03-14T23:00:00', { mark: 'estimated' })]);
      await given.store.save([reading('acme/tool', 20, '2026-03-14T10:00:00')]);

      expect(await totalsOf(given.store)).toEqual({
        'dockerhub acme/app': { '2026-03-14': 10 },
        'dockerhub acme/tool': { '2026-03-14': 20 },
      });
    });

    it('closes a day that was read with the exact total of its end, once, and keeps what was read beside it', async () => {
      await given.store.save([reading('acme/app', 10, '2026-03-14T10:00:00'), reading('acme/old', 5, '2026-03-13T10:00:00')]);
      await given.store.save([endOfDay(14, '2026-03-15T09:00:00')]);
      await given.store.save([
        reading('acme/app', 11, '2026-03-14T11:00:00'),
        endOfDay(15, '2026-03-15T12:00:00'),
        endOfDay(13, '2026-03-15T08:00:00'),
      ]);
      await given.store.save([reading('acme/new', 7, '2026-03-15T09:00:00', { day: '2026-03-14', mark: 'backfilled' })]);

      const again = await given.reopened();
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
      await given.store.save([
        reading('acme/app', 1000, '2026-03-13T10:00:00'),
        reading('acme/app', 490, '2026-03-14T10:00:00', { mark: 'inconsistent', dayPulls: 12, discrepancy }),
      ]);
      const [series] = await (await given.reopened()).totals({});
      expect(series?.notes?.get(toEpochDay('2026-03-14'))).toEqual({ dayPulls: 12, discrepancy });
      expect((await given.store.latest({}))[0]?.discrepancy).toEqual(discrepancy);

      await given.store.save([reading('acme/app', 500, '2026-03-14T11:00:00')]);
      expect((await given.store.latest({}))[0]?.discrepancy).toBeUndefined();
      expect((await given.store.totals({}))[0]?.notes?.size).toBe(0);
    });

    it('keeps a total of 0 that was really read, and totals beyond 32 bits', async () => {
      await given.store.save([
        reading('acme/new', 0, '2026-03-14', { registry: 'ghcr' }),
        reading('acme/old', 2 ** 31, '2026-03-14'),
        reading('library/big', Number.MAX_SAFE_INTEGER, '2026-03-14'),
      ]);

      expect(await totalsOf(await given.reopened())).toEqual({
        'ghcr acme/new': { '2026-03-14': 0 },
        'dockerhub acme/old': { '2026-03-14': 2 ** 31 },
        'dockerhub library/big': { '2026-03-14': Number.MAX_SAFE_INTEGER },
      });
    });

    it('keeps a reading with the day that it is of, also when it was read later', async () => {
      await given.store.save([
        reading('acme/app', 40, '2026-03-15T02:00:00', { registry: 'quay', day: '2026-03-14', totalSince: '2026-01-01' }),
        reading('acme/app', 30, '2026-03-15T02:00:00', {
          registry: 'quay',
          day: '2026-03-13',
          totalSince: '2026-01-01',
          mark: 'backfilled',
        }),
      ]);
      await given.store.save([
        reading('acme/app', 42, '2026-03-15T03:00:00', { registry: 'quay', day: '2026-03-14', totalSince: '2026-01-01' }),
      ]);

      for await (const each of given.asItIsAndReopened()) {
        expect(await totalsOf(each)).toEqual({ 'quay acme/app': { '2026-03-13': 30, '2026-03-14': 42 } });
        expect(await each.latest({})).toMatchObject([
          { day: '2026-03-14', pullCount: 42, readAt: '2026-03-15T03:00:00.000Z', totalSince: '2026-01-01' },
        ]);
        expect((await documentOf(each, '2026-03-14'))?.timestamp).toBe('2026-03-14T23:59:59.999Z');
      }
    });

    it('lets what was read replace what was imported, and that what was reconstructed, never the other way round', async () => {
      const imported = { mark: 'imported' } as const;
      await given.store.save([
        reading('a/read', 10, '2026-03-14T10:00:00'),
        reading('a/imported', 20, '2026-03-14T10:00:00', imported),
        reading('a/backfilled', 30, '2026-03-14T10:00:00', { mark: 'estimated' }),
      ]);

      await given.store.save([
        reading('a/read', 11, '2026-03-14T23:00:00', imported),
        reading('a/imported', 21, '2026-03-14T23:00:00', { mark: 'estimated' }),
        reading('a/backfilled', 31, '2026-03-14T09:00:00', imported),
      ]);

      for await (const each of given.asItIsAndReopened()) {
        const series = await each.totals({});
        expect(series.map(({ repo, totals, marks }) => [repo, totals[0], marks.at(0)])).toEqual([
          ['a/backfilled', 31, 'imported'],
          ['a/imported', 20, 'imported'],
          ['a/read', 10, 'read'],
        ]);
      }
    });
  });
}

/** The exact total of the end of 2026-03-14, worked out later. */
function endOfDay(pullCount: number, readAt: string): Reading {
  return reading('acme/app', pullCount, readAt, { day: '2026-03-14', mark: 'backfilled' });
}
