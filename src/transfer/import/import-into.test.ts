import { describe, expect, it } from 'vitest';
import { addDays } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { event, reading } from '../../store/testing/readings.ts';
import { takeIn, type IntakeOptions } from './import-into.ts';
import type { Item, Problem } from './import-record.ts';

const nothing = { added: 0, replaced: 0, equal: 0, kept: 0, events: 0, problems: 0 };

/** A total of `acme/app` at the first moment of a day. */
function total(pullCount: number, day: string, more: Partial<StoredReading> = {}): Item {
  return { reading: { ...reading('acme/app', pullCount, `${day}T00:00:00`), day, ...more } };
}

async function* streamOf(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function take(store: SnapshotStore, items: readonly Item[], options: Partial<IntakeOptions> = {}) {
  const problems: Problem[] = [];
  const onProblem = (problem: Problem): void => void problems.push(problem);
  const intake = await takeIn(store, streamOf(items), { dryRun: false, keepMarks: false, onProblem, ...options });
  return { intake, problems };
}

async function storeWith(readings: readonly Reading[], events: readonly RecordedEvent[] = []): Promise<SnapshotStore> {
  const store = createMemoryStore();
  await store.save(readings, events);
  return store;
}

/** Day, total and mark of everything that is stored. */
async function known(store: SnapshotStore): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { day, pullCount, mark = 'read' } of store.readings({})) {
    rows.push([day, pullCount, mark]);
  }
  return rows;
}

describe('what is taken in', () => {
  it('is marked as imported, stands before what was reconstructed, and never in the place of what was read', async () => {
    const store = await storeWith([
      reading('acme/app', 8, '2026-03-13', { mark: 'estimated' }),
      reading('acme/app', 10, '2026-03-14'),
      reading('acme/app', 12, '2026-03-15', { mark: 'frozen' }),
    ]);

    const { intake } = await take(store, [
      total(5, '2026-03-12'),
      total(7, '2026-03-13'),
      total(99, '2026-03-14', { readAt: '2026-03-14T23:59:00Z' }),
      total(99, '2026-03-15'),
    ]);

    expect(intake).toEqual({ ...nothing, added: 1, replaced: 1, kept: 2 });
    expect(await known(store)).toEqual([
      ['2026-03-12', 5, 'imported'],
      ['2026-03-13', 7, 'imported'],
      ['2026-03-14', 10, 'read'],
      ['2026-03-15', 12, 'frozen'],
    ]);
  });

  it('corrects what was imported before, unless that was seen later on the day', async () => {
    const store = createMemoryStore();
    await take(store, [total(5, '2026-03-12'), total(6, '2026-03-13', { readAt: '2026-03-13T23:00:00Z' })]);

    const { intake } = await take(store, [total(4, '2026-03-12'), total(4, '2026-03-13')]);

    expect(intake).toEqual({ ...nothing, replaced: 1, kept: 1 });
    expect(await known(store)).toEqual([
      ['2026-03-12', 4, 'imported'],
      ['2026-03-13', 6, 'imported'],
    ]);
  });

  it('keeps its marks when a whole history moves, and then what was read stands before what was imported', async () => {
    const store = createMemoryStore();
    await take(store, [total(5, '2026-03-12')]);

    const { intake } = await take(store, [total(5, '2026-03-12'), total(9, '2026-03-13', { mark: 'backfilled' })], { keepMarks: true });

    expect(intake).toEqual({ ...nothing, added: 1, replaced: 1 });
    expect(await known(store)).toEqual([
      ['2026-03-12', 5, 'read'],
      ['2026-03-13', 9, 'backfilled'],
    ]);
  });

  it('changes nothing when it is taken in again', async () => {
    const store = createMemoryStore();
    const tagPushed = event('tag_pushed', '2026-03-12T10:00:00.000Z', { detail: '1.0' });
    const items = [{ event: tagPushed }, total(5, '2026-03-12'), total(7, '2026-03-13', { registry: 'ghcr' })];
    expect((await take(store, items)).intake).toEqual({ ...nothing, added: 2, events: 1 });
    const version = store.version();

    // The same event, seen again on another day.
    const { intake } = await take(store, [...items, { event: { ...tagPushed, seenAt: '2026-03-13T10:00:00.000Z' } }]);

    expect(intake).toEqual({ ...nothing, equal: 2 });
    expect(store.version()).toBe(version);
  });

  it('is only counted in a dry run', async () => {
    const store = await storeWith([reading('acme/app', 10, '2026-03-14')]);
    const items = [total(5, '2026-03-13'), total(11, '2026-03-14'), { event: event('image_gone', '2026-03-13T10:00:00.000Z') }];

    const { intake } = await take(store, items, { dryRun: true });

    expect(intake).toEqual({ ...nothing, added: 1, kept: 1, events: 1 });
    expect(await store.days()).toEqual(['2026-03-14']);
  });

  it('tells a total that stands there twice, takes the same one each time, and says nothing where both are equal', async () => {
    const store = createMemoryStore();
    const items = [total(5, '2026-03-12'), total(6, '2026-03-12'), total(7, '2026-03-13'), total(7, '2026-03-13')];
    const { intake, problems } = await take(store, items);
    const version = store.version();

    const again = await take(store, items);

    expect(intake).toEqual({ ...nothing, added: 2, problems: 1 });
    expect(problems).toEqual([{ where: '2026-03-12 dockerhub acme/app', reason: 'it stands there twice, as 5 and 6' }]);
    expect(again.intake).toEqual({ ...nothing, equal: 2, problems: 1 });
    expect(store.version()).toBe(version);
  });

  it('has no days that are still to come', async () => {
    const store = createMemoryStore();
    const items = [total(5, '2026-03-14'), total(6, '2026-03-15'), { event: event('image_gone', '2026-03-15T10:00:00.000Z') }];

    const { intake, problems } = await take(store, items, { today: '2026-03-14' });

    expect(intake).toEqual({ ...nothing, added: 1, problems: 2 });
    expect(problems.map(({ reason }) => reason)).toEqual(['the day is in the future: today is 2026-03-14', 'it is in the future']);
  });

  it('is stored in large parts, so that a history which comes image by image does not write each day again for each of them', async () => {
    const saved: number[] = [];
    const store = { ...createMemoryStore(), save: async (readings: readonly Reading[]) => void saved.push(readings.length) };
    const items = Array.from({ length: 60_000 }, (_, at) =>
      total(1, addDays('2026-03-01', at % 20), { repo: `acme/app-${Math.floor(at / 20)}` }),
    );

    await take(store, items);

    expect(saved).toEqual([50_000, 10_000]);
  });
});
