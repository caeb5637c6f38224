/** What every list of work does, whoever shares it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageOutcome, ListingOutcome, TakenItem, WorkItem } from '../../core/model/run.ts';
import type { WorkList } from '../../core/ports.ts';
import { reading } from './fake-registry.ts';

export interface WorkListUnderTest {
  /** Empty, with an interval of an hour. */
  readonly list: WorkList;
  /** Lets this time go by. */
  readonly wait: (ms: number) => Promise<void>;
  readonly dispose?: () => Promise<void>;
}

export function image(name: string, more: Partial<WorkItem> = {}): WorkItem {
  return { registry: 'dockerhub', kind: 'read', name, ...more };
}

function owner(name: string): WorkItem {
  return { registry: 'dockerhub', kind: 'list', name };
}

export const isRead: ImageOutcome = { kind: 'read', isRead: true };
const isListed: ListingOutcome = { kind: 'list', listed: 1, complete: true, unlisted: [] };

/** Begins a run with these items. */
export async function openRun(list: WorkList, items: readonly WorkItem[]): Promise<string> {
  await list.beat(['dockerhub', 'ghcr']);
  const opened = await list.open();
  if (!('run' in opened)) throw new Error('no run is due');
  await list.plan(opened.run, items);
  return opened.run;
}

export function takeFrom(list: WorkList, run: string, holds: readonly WorkItem[] = [], max = 50) {
  return list.take({ run, registry: 'dockerhub', max, holds });
}

function names(items: readonly TakenItem[]): string[] {
  return items.map(({ name }) => name);
}

/** Runs the suite on lists that `make` makes, a new one a test. */
export function describeWorkList(title: string, make: () => Promise<WorkListUnderTest>): void {
  describe(`${title} as a list of work`, () => {
    let underTest: WorkListUnderTest;
    let list: WorkList;

    beforeEach(async () => {
      underTest = await make();
      ({ list } = underTest);
    });

    afterEach(async () => {
      await list.close();
      await underTest.dispose?.();
    });

    it('begins one run, which is to be planned once, and the next when it is due', async () => {
      await list.beat(['dockerhub']);
      const first = await list.open();
      expect(first).toMatchObject({ isToPlan: true });
      const run = 'run' in first ? first.run : '';
      await list.plan(run, []);

      expect(await list.open()).toEqual({ run, isToPlan: false });
      expect(await list.end()).toMatchObject({ id: run, interrupted: false });
      expect(await list.open()).toEqual({ waitMs: expect.any(Number) });
      const { nextAt = 0, finished } = await list.report();
      expect(Math.abs(nextAt - (finished?.startedAt ?? 0) - 3_600_000)).toBeLessThanOrEqual(360_000);
    });

    it('begins the next run at once when that is asked for, but not during one nor just after one', async () => {
      const first = await openRun(list, []);
      expect(await list.trigger(60_000)).toBe('running');
      expect(await list.end()).toMatchObject({ id: first });
      expect(await list.trigger(60_000)).toEqual({ waitMs: expect.any(Number) });
      expect(await list.open()).toEqual({ waitMs: expect.any(Number) });

      expect(await list.trigger(0)).toBe('due');

      const second = await list.open();
      expect(second).toMatchObject({ isToPlan: true });
      await list.plan('run' in second ? second.run : '', []);
      await list.end();
      expect(await list.open()).toEqual({ waitMs: expect.any(Number) });
    });

    it('hands out owners first, then what was never read, then what was read longest ago', async () => {
      const run = await openRun(list, [
        image('acme/new', { readBefore: '2026-03-14T10:00:00.000Z' }),
        image('acme/old', { readBefore: '2026-03-01T10:00:00.000Z' }),
        image('acme/z-never'),
        image('acme/a-never'),
        owner('acme'),
      ]);

      expect(names((await takeFrom(list, run)).items)).toEqual(['acme', 'acme/z-never', 'acme/a-never', 'acme/old', 'acme/new']);
    });

    it('hands out as many as are asked for, of the registry that is asked for, and no item twice', async () => {
      const run = await openRun(list, [image('acme/a'), image('acme/b'), image('acme/a'), image('acme/c', { registry: 'ghcr' })]);

      const first = await takeFrom(list, run, [], 1);
      const second = await takeFrom(list, run, first.items);
      const third = await takeFrom(list, run, [...first.items, ...second.items]);

      expect([first, second, third].map(({ items }) => names(items))).toEqual([['acme/a'], ['acme/b'], []]);
      expect(third.waitMs).toBeUndefined();
    });

    it('hands out again what was taken in the name of this process, and is not held by it', async () => {
      const run = await openRun(list, [image('acme/a'), image('acme/b')]);
      const { items } = await takeFrom(list, run);

      expect((await takeFrom(list, run, items.slice(0, 1))).items).toMatchObject([{ name: 'acme/b', attempt: 0 }]);
    });

    it('gives an item what its listing said of it', async () => {
      const listed = { ...reading('dockerhub', 'acme/app', 7), tags: [{ name: 'a' }] };
      const run = await openRun(list, [image('acme/app', { listed })]);

      expect((await takeFrom(list, run)).items).toMatchObject([{ kind: 'read', name: 'acme/app', listed, attempt: 0 }]);
    });

    it('adds the work that came up, once, and is over when that is done too', async () => {
      const run = await openRun(list, [owner('acme'), image('acme/app')]);
      await takeFrom(list, run);

      await list.finish(run, [
        { item: owner('acme'), outcome: isListed, found: [image('acme/app'), image('acme/tool')] },
        { item: image('acme/app'), outcome: isRead },
      ]);
      const early = await list.end();
      const { items } = await takeFrom(list, run);
      await list.finish(run, [{ item: image('acme/tool'), outcome: isRead }]);

      expect(early).toBeUndefined();
      expect(names(items)).toEqual(['acme/tool']);
      expect(await list.end()).toMatchObject({ registries: [{ imagesRead: 2, readRepos: ['acme/app', 'acme/tool'] }] });
      expect(await list.end()).toBeUndefined();
    });

    it('counts as an attempt what failed, tells why, and hands it out after its delay', async () => {
      const run = await openRun(list, [image('acme/a')]);
      const failure = { code: 'rate_limited', message: 'slow down' } as const;
      await takeFrom(list, run);

      await list.requeue(run, [{ item: image('acme/a'), delayMs: 300, failure }]);
      const early = await takeFrom(list, run);
      await underTest.wait(600);

      expect(early.items).toEqual([]);
      expect(early.waitMs).toBeGreaterThan(0);
      expect((await takeFrom(list, run)).items).toMatchObject([{ name: 'acme/a', attempt: 1, failure }]);
    });

    it('counts as no attempt what was given back untouched', async () => {
      const run = await openRun(list, [image('acme/a')]);
      await takeFrom(list, run);

      await list.requeue(run, [{ item: image('acme/a'), delayMs: 0 }]);

      expect((await takeFrom(list, run)).items).toMatchObject([{ name: 'acme/a', attempt: 0 }]);
    });

    it('keeps the first outcome of an item', async () => {
      const run = await openRun(list, [image('acme/a')]);
      const failure = { code: 'not_found', message: 'not there', missing: 'total' } as const;

      await list.finish(run, [{ item: image('acme/a'), outcome: { kind: 'read', isRead: false, failure } }]);
      await list.finish(run, [{ item: image('acme/a'), outcome: isRead }]);

      expect(await list.end()).toMatchObject({ registries: [{ imagesRead: 0, failures: [{ repo: 'acme/a', ...failure }] }] });
    });

    it('sums up a run by registry, with what was missing, incomplete and inconsistent', async () => {
      const run = await openRun(list, [
        owner('acme'),
        owner('other'),
        image('acme/a'),
        image('acme/b'),
        image('acme/gone'),
        image('acme/refused'),
        image('acme/x', { registry: 'ghcr' }),
      ]);
      const shortfall = { code: 'unauthorized', message: '1 of 3' } as const;
      const missing = { code: 'unreachable', message: 'cut', missing: 'details' } as const;
      const disagreement = { by: -510, since: '2026-11-10T13:00:00.000Z' };
      const notThere = { code: 'not_found', message: 'object not found', missing: 'total' } as const;
      const refused = { code: 'unauthorized', message: 'private, or not there', missing: 'total' } as const;
      await list.finish(run, [
        { item: owner('acme'), outcome: { kind: 'list', listed: 2, complete: true, unlisted: ['acme/b', 'acme/gone', 'acme/refused'] } },
        { item: owner('other'), outcome: { kind: 'list', listed: 1, expected: 3, complete: false, shortfall, unlisted: [] } },
        { item: image('acme/a'), outcome: { kind: 'read', isRead: true, failure: missing } },
        { item: image('acme/b'), outcome: { kind: 'read', isRead: true, doubt: 'frozen', disagreement } },
        { item: image('acme/gone'), outcome: { kind: 'read', isRead: false, failure: notThere } },
        { item: image('acme/refused'), outcome: { kind: 'read', isRead: false, failure: refused } },
        { item: image('acme/x', { registry: 'ghcr' }), outcome: isRead },
      ]);

      const ended = await list.end();

      expect(ended).toMatchObject({ interrupted: false, saveError: undefined });
      expect(ended?.registries).toEqual([
        {
          registry: 'dockerhub',
          imagesRead: 2,
          readRepos: ['acme/a', 'acme/b'],
          deleted: ['acme/gone'],
          failures: [
            { repo: 'acme/a', ...missing },
            { repo: 'acme/refused', ...refused },
          ],
          listings: [
            { owner: 'acme', listed: 2, expected: undefined, complete: true, shortfall: undefined },
            { owner: 'other', listed: 1, expected: 3, complete: false, shortfall },
          ],
          doubts: [{ repo: 'acme/b', doubt: 'frozen', ...disagreement }],
          durationMs: expect.any(Number),
        },
        expect.objectContaining({ registry: 'ghcr', imagesRead: 1 }),
      ]);
    });

    it('takes whatever a registry says, a NUL and half a character too, and ends', async () => {
      const run = await openRun(list, [owner('acme'), image('acme/a'), image('acme/b')]);
      const message = 'odd \0 and \ud800';
      await takeFrom(list, run);
      await list.requeue(run, [{ item: image('acme/b'), delayMs: 0, failure: { code: 'internal', message } }]);

      await list.finish(run, [
        {
          item: owner('acme'),
          outcome: { kind: 'list', listed: 0, complete: false, shortfall: { code: 'internal', message }, unlisted: [] },
        },
        {
          item: image('acme/a'),
          outcome: { kind: 'read', isRead: false, failure: { code: 'invalid_response', message, missing: 'total' } },
        },
        { item: image('acme/b'), outcome: isRead },
      ]);

      const ended = await list.end();
      await list.noteRetentionError(run, message);
      expect(ended?.registries[0]?.failures).toMatchObject([{ repo: 'acme/a', message: expect.stringContaining('odd ') }]);
      expect((await list.report()).finished?.retentionError).toContain('odd ');
    });

    it('reports how far the open run is, the last one, and what was counted', async () => {
      const run = await openRun(list, [owner('acme'), image('acme/a'), image('acme/b')]);
      const failure = { code: 'not_found', message: 'not there', missing: 'total' } as const;
      await list.finish(run, [{ item: image('acme/a'), outcome: isRead }]);

      const during = await list.report();
      await list.finish(run, [
        { item: owner('acme'), outcome: isListed },
        { item: image('acme/b'), outcome: { kind: 'read', isRead: false, failure } },
      ]);
      await list.end();
      const after = await list.report();

      expect(during).toMatchObject({ running: { id: run, registries: [{ registry: 'dockerhub', progress: { done: 1, total: 2 } }] } });
      expect(during.running?.registries[0]?.readAgoMs).toBeLessThan(10_000);
      expect([during.finished, during.nextAt]).toEqual([undefined, undefined]);
      expect(after.running).toBeUndefined();
      expect(after).toMatchObject({ finished: { id: run, interrupted: false, registries: [{ imagesRead: 1 }] } });
      expect(after.finishedAgoMs).toBeLessThan(10_000);
      expect(after.counts).toEqual([
        {
          registry: 'dockerhub',
          totals: { cycles: { ok: 1, failed: 0 }, errors: expect.objectContaining({ not_found: 1, unreachable: 0 }) },
          lastSuccess: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      ]);
    });

    it('keeps why what was read could not be stored, and why old snapshots could not be deleted', async () => {
      const run = await openRun(list, [image('acme/a')]);
      const saveError = { code: 'internal', message: 'the disk is full' } as const;

      await list.finish(run, [{ item: image('acme/a'), outcome: isRead }], saveError);
      const ended = await list.end();
      await list.noteRetentionError(run, 'read-only');

      expect(ended).toMatchObject({ saveError });
      expect((await list.report()).finished).toMatchObject({ saveError, retentionError: 'read-only' });
    });
  });
}
