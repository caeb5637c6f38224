/** What every store does with what was written under a wrong clock. */
import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/model/day.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { event, reading } from './readings.ts';
import { documentOf, totalsOf, useStore, type MakeStore } from './store-under-test.ts';

export function describeHeldBack(name: string, make: MakeStore): void {
  describe(`${name} under a wrong clock`, () => {
    const given = useStore(make, '2026-03-14T12:00:00.000Z');

    it('keeps what is dated after tomorrow, and has it in no answer until its day comes', async () => {
      await given.store.save([
        reading('acme/app', 10, '2026-03-14', { tagCount: 3 }),
        reading('acme/app', 11, '2026-03-15', { lastUpdated: '2026-03-10T00:00:00Z' }),
        reading('acme/tool', 5, '2026-03-14'),
      ]);
      const before = [
        await totalsOf(given.store),
        await given.store.latest({}),
        await given.store.days(),
        await readingsOf(given.store),
        await given.store.events(),
      ];
      const discrepancy = { kind: 'frozen', by: -3, since: '2026-03-16T01:00:00.000Z' } as const;
      await given.store.save(
        [
          reading('acme/app', 12, '2026-03-16', { tagCount: 9, lastUpdated: '2026-03-16T00:00:00Z', mark: 'frozen', discrepancy }),
          reading('acme/late', 1, '2027-02-01'),
        ],
        [event('image_gone', '2026-03-16T10:00:00.000Z')],
      );

      await given.reopened();
      const after = [
        await totalsOf(given.store),
        await given.store.latest({}),
        await given.store.days(),
        await readingsOf(given.store),
        await given.store.events(),
      ];
      expect(after).toEqual(before);
      expect(await documentOf(given.store, '2026-03-16')).toBeUndefined();
      expect(Object.keys(await totalsOf(given.store, { repos: new Set(['acme/late']) }))).toEqual([]);
      const late = (await given.store.totals({}, { from: '2026-03-16', to: '2026-03-20' })).flatMap(({ totals }) => Array.from(totals));
      expect(late).not.toContain(12);
      expect(await given.store.heldBack()).toEqual(['2026-03-16', '2027-02-01']);

      const version = given.store.version();
      await given.clock.advance(dayMs);
      expect(given.store.version()).not.toBe(version);
      expect(await given.store.days()).toEqual(['2026-03-14', '2026-03-15', '2026-03-16']);
      expect(await given.store.latest({ repos: new Set(['acme/app']) })).toMatchObject([
        { day: '2026-03-16', pullCount: 12, tagCount: 9, discrepancy },
      ]);
      expect(await given.store.events()).toHaveLength(1);
      expect(await documentOf(given.store, '2026-03-16')).toBeDefined();
      expect(await given.store.heldBack()).toEqual(['2027-02-01']);
    });

    it('lets no stored moment win that lies in the future of its own day', async () => {
      await given.store.save([reading('acme/app', 99, '2026-03-14T23:00:00'), reading('acme/tool', 7, '2026-03-14T11:59:00')]);
      await given.store.save([reading('acme/app', 10, '2026-03-14T12:00:00'), reading('acme/tool', 6, '2026-03-14T11:00:00')]);
      expect(await totalsOf(given.store)).toEqual({
        'dockerhub acme/app': { '2026-03-14': 10 },
        'dockerhub acme/tool': { '2026-03-14': 7 },
      });

      await given.store.save([reading('acme/app', 9, '2026-03-14T11:00:00')]);
      expect(await totalsOf(given.store, { repos: new Set(['acme/app']) })).toEqual({ 'dockerhub acme/app': { '2026-03-14': 10 } });
    });
  });
}

async function readingsOf(from: SnapshotStore): Promise<string[]> {
  const found: StoredReading[] = [];
  for await (const each of from.readings({})) found.push(each);
  return found.map(({ repo, day }) => `${day} ${repo}`);
}
