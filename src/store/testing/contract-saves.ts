/** What every store does with saves that come twice, together or wrong, and when it is closed and opened again. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { reading } from './readings.ts';
import { documentOf, totalsOf, useStore, type MakeStore } from './store-under-test.ts';

async function answersOf(store: SnapshotStore): Promise<unknown[]> {
  const snapshots = [await documentOf(store, '2026-03-14'), await documentOf(store, '2026-03-12')];
  return [await store.days(), await totalsOf(store), await store.latest({}), await store.events(), ...snapshots];
}

export function describeSaves(name: string, make: MakeStore): void {
  describe(`${name} as a store`, () => {
    const given = useStore(make);

    it('changes its version when something was saved or pruned, and not otherwise', async () => {
      const versions = [given.store.version()];
      await given.store.save([reading('acme/app', 10, '2026-03-13')]);
      versions.push(given.store.version());
      await given.store.save([reading('acme/app', 11, '2026-03-14')]);
      versions.push(given.store.version());
      await given.store.prune('2026-03-14');
      versions.push(given.store.version());

      await given.store.save([]);
      await given.store.prune('2026-03-14');
      await Promise.all([given.store.totals({}), given.store.latest({}), given.store.days(), documentOf(given.store, '2026-03-14')]);

      expect(new Set(versions).size).toBe(versions.length);
      expect(given.store.version()).toBe(versions.at(-1));
    });

    it('writes nothing when there is nothing to save', async () => {
      await given.store.save([]);

      expect(await (await given.reopened()).days()).toEqual([]);
    });

    it('is the same after a reading was saved twice', async () => {
      const readings = [reading('acme/app', 10, '2026-03-14', { tags: [{ name: 'v1', digest: 'sha256:11' }], tagCount: 1 })];
      await given.store.save(readings);
      const before = [await documentOf(given.store, '2026-03-14'), await given.store.latest({})];

      await given.store.save(readings);

      expect([await documentOf(given.store, '2026-03-14'), await given.store.latest({})]).toEqual(before);
    });

    it('loses none of the readings that are saved at the same time', async () => {
      const repos = Array.from({ length: 40 }, (_, at) => `acme/app-${at}`);

      await Promise.all(
        repos.map((repo, at) => given.store.save([reading(repo, at, '2026-03-14'), reading('acme/shared', at, '2026-03-14')])),
      );

      const totals = await totalsOf(await given.reopened());
      expect(Object.keys(totals)).toHaveLength(41);
      for (const [at, repo] of repos.entries()) expect(totals[`dockerhub ${repo}`]).toEqual({ '2026-03-14': at });
    });

    it('serializes saves and prunes in the order they were asked for', async () => {
      const save = given.store.save([reading('acme/app', 10, '2026-03-13')]);
      const prune = given.store.prune('2026-03-14');
      const again = given.store.save([reading('acme/app', 11, '2026-03-13')]);

      expect(await prune).toEqual(['2026-03-13']);
      await Promise.all([save, again]);
      expect(await totalsOf(given.store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 11 } });
      expect(await given.store.days()).toEqual([]);
    });

    it('refuses a reading without a valid time, whole and with a coded error', async () => {
      for (const readAt of ['', 'yesterday', '+010000-01-01T00:00:00Z']) {
        const saving = given.store.save([reading('acme/app', 10, '2026-03-14'), reading('acme/tool', 1, '2026-03-14', { readAt })]);

        await expect(saving).rejects.toBeInstanceOf(AppError);
        await expect(saving).rejects.toMatchObject({ code: 'invalid_input' });
      }
      expect(await given.store.days()).toEqual([]);
    });

    it.each(['', '2026-3-14', '2026-02-30', '../2026-03-14', '2026-03-14.json', '2026-03-14/../x', '2026-03-14\u0000'])(
      'has no snapshot of %j and does not prune before it',
      async (day) => {
        await given.store.save([reading('acme/app', 10, '2026-03-14')]);

        expect(await given.store.snapshot(day)).toBeUndefined();
        await expect(given.store.prune(day)).rejects.toMatchObject({ name: 'AppError', code: 'invalid_input' });
        expect(await given.store.days()).toEqual(['2026-03-14']);
      },
    );

    it('has all of it when it is opened again', async () => {
      const tags = [{ name: 'v1', lastUpdated: '2026-03-01T00:00:00Z', digest: 'sha256:11', fullSize: 30, pullCount: 4, versionId: '77' }];
      await given.store.save([
        reading('acme/app', 10, '2026-03-14', { tags, tagCount: 9, lastUpdated: '2026-03-02T00:00:00Z' }),
        reading('acme/charts%2Fapp', 5, '2026-03-14', { registry: 'ghcr' }),
        reading('acme/app', 4, '2026-03-12', { mark: 'backfilled' }),
      ]);
      const before = await answersOf(given.store);

      expect(await answersOf(await given.reopened())).toEqual(before);
    });

    it('can be closed twice', async () => {
      await given.store.close();
      await given.store.close();

      expect(given.store.version()).toEqual(expect.any(String));
    });
  });
}
