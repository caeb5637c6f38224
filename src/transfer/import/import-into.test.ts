import { describe, expect, it } from 'vitest';
import { addDays } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { event, reading } from '../../store/testing/readings.ts';
import { importInto, type ImportIntoOptions } from './import-into.ts';
import type { ImportRecord, ImportProblem } from './import-record.ts';

const nothing = { added: 0, replaced: 0, equal: 0, kept: 0, events: 0, problems: 0 };

/** A total of `acme/app` at the first moment of a day. */
function total(pullCount: number, day: string, more: Partial<StoredReading> = {}): ImportRecord {
  return { reading: { ...reading('acme/app', pullCount, `${day}T00:00:00`), day, ...more } };
}

async function* streamOf(records: readonly ImportRecord[]): AsyncGenerator<ImportRecord> {
  yield* records;
}

async function take(store: SnapshotStore, records: readonly ImportRecord[], options: Partial<ImportIntoOptions> = {}) {
  const problems: ImportProblem[] = [];
  const onProblem = (problem: ImportProblem): void => void problems.push(problem);
  const result = await importInto(store, streamOf(records), { dryRun: false, keepMarks: false, onProblem, ...options });
  return { result, problems };
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

describe('an import', () => {
  it('is marked as imported, replaces what was backfilled, and never what was read', async () => {
    const store = await storeWith([
      reading('acme/app', 8, '2026-03-13', { mark: 'estimated' }),
      reading('acme/app', 10, '2026-03-14'),
      reading('acme/app', 12, '2026-03-15', { mark: 'frozen' }),
    ]);

    const { result } = await take(store, [
      total(5, '2026-03-12'),
      total(7, '2026-03-13'),
      total(99, '2026-03-14', { readAt: '2026-03-14T23:59:00Z' }),
      total(99, '2026-03-15'),
    ]);

    expect(result).toEqual({ ...nothing, added: 1, replaced: 1, kept: 2 });
    expect(await known(store)).toEqual([
      ['2026-03-12', 5, 'imported'],
      ['2026-03-13', 7, 'imported'],
      ['2026-03-14', 10, 'read'],
      ['2026-03-15', 12, 'frozen'],
    ]);
  });

  it('corrects what was imported before, unless that was read later on the day', async () => {
    const store = createMemoryStore();
    await take(store, [total(5, '2026-03-12'), total(6, '2026-03-13', { readAt: '2026-03-13T23:00:00Z' })]);

    const { result } = await take(store, [total(4, '2026-03-12'), total(4, '2026-03-13')]);

    expect(result).toEqual({ ...nothing, replaced: 1, kept: 1 });
    expect(await known(store)).toEqual([
      ['2026-03-12', 4, 'imported'],
      ['2026-03-13', 6, 'imported'],
    ]);
  });

  it('keeps its marks when a whole history moves, and then what was read replaces what was imported', async () => {
    const store = createMemoryStore();
    await take(store, [total(5, '2026-03-12')]);

    const { result } = await take(store, [total(5, '2026-03-12'), total(9, '2026-03-13', { mark: 'backfilled' })], { keepMarks: true });

    expect(result).toEqual({ ...nothing, added: 1, replaced: 1 });
    expect(await known(store)).toEqual([
      ['2026-03-12', 5, 'read'],
      ['2026-03-13', 9, 'backfilled'],
    ]);
  });

  it('changes nothing the second time', async () => {
    const store = createMemoryStore();
    const tagPushed = event('tag_pushed', '2026-03-12T10:00:00.000Z', { detail: '1.0' });
    const records = [{ event: tagPushed }, total(5, '2026-03-12'), total(7, '2026-03-13', { registry: 'ghcr' })];
    expect((await take(store, records)).result).toEqual({ ...nothing, added: 2, events: 1 });
    const version = store.version();

    // The same event, seen again on another day.
    const { result } = await take(store, [...records, { event: { ...tagPushed, seenAt: '2026-03-13T10:00:00.000Z' } }]);

    expect(result).toEqual({ ...nothing, equal: 2 });
    expect(store.version()).toBe(version);
  });

  it('is only counted in a dry run', async () => {
    const store = await storeWith([reading('acme/app', 10, '2026-03-14')]);
    const records = [total(5, '2026-03-13'), total(11, '2026-03-14'), { event: event('image_gone', '2026-03-13T10:00:00.000Z') }];

    const { result } = await take(store, records, { dryRun: true });

    expect(result).toEqual({ ...nothing, added: 1, kept: 1, events: 1 });
    expect(await store.days()).toEqual(['2026-03-14']);
  });

  it('reports a total that occurs twice, takes the same one each time, and reports nothing where both are equal', async () => {
    const store = createMemoryStore();
    const records = [total(5, '2026-03-12'), total(6, '2026-03-12'), total(7, '2026-03-13'), total(7, '2026-03-13')];
    const { result, problems } = await take(store, records);
    const version = store.version();

    const again = await take(store, records);

    expect(result).toEqual({ ...nothing, added: 2, problems: 1 });
    expect(problems).toEqual([{ where: '2026-03-12 dockerhub acme/app', reason: 'two different totals: 5 and 6' }]);
    expect(again.result).toEqual({ ...nothing, equal: 2, problems: 1 });
    expect(store.version()).toBe(version);
  });

  it('has no days in the future', async () => {
    const store = createMemoryStore();
    const records = [total(5, '2026-03-14'), total(6, '2026-03-15'), { event: event('image_gone', '2026-03-15T10:00:00.000Z') }];

    const { result, problems } = await take(store, records, { today: '2026-03-14' });

    expect(result).toEqual({ ...nothing, added: 1, problems: 2 });
    expect(problems.map(({ reason }) => reason)).toEqual(['day in the future: today is 2026-03-14', 'time in the future']);
  });

  it('names the line of what it refuses, where it came from a file of lines', async () => {
    const store = await storeWith([]);
    const seen = { ...event('image_gone', '2012-01-01T10:00:00Z'), seenAt: '2012-01-01T10:00:00Z' };

    const { problems } = await take(
      store,
      [
        { ...total(5, '0026-03-14'), where: 'line 2' },
        { ...total(5, '2027-03-14'), where: 'line 3' },
        { event: seen, where: 'line 4' },
      ],
      { today: '2026-03-14' },
    );

    expect(problems.map(({ where, reason }) => `${where}: ${reason}`)).toEqual([
      'line 2: day before there were registries: the first day that can be imported is 2013-01-01',
      'line 3: day in the future: today is 2026-03-14',
      'line 4: time before there were registries: the first day that can be imported is 2013-01-01',
    ]);
  });

  it('ends between two records when it is stopped, and keeps what was stored', async () => {
    const store = await storeWith([]);
    const stopping = new AbortController();
    async function* records(): AsyncGenerator<ImportRecord> {
      yield total(5, '2026-03-13');
      stopping.abort(new Error('stopped'));
      yield total(6, '2026-03-14');
    }

    await expect(
      importInto(store, records(), { dryRun: false, keepMarks: false, onProblem: () => undefined, signal: stopping.signal }),
    ).rejects.toThrow('stopped');
    expect(await known(store)).toEqual([]);
  });

  it('has no days before there were registries', async () => {
    const store = createMemoryStore();
    const records = [
      total(5, '2013-01-01'),
      total(6, '2012-12-31'),
      total(7, '0026-03-14'),
      { event: event('image_gone', '0026-03-14T10:00:00.000Z') },
    ];

    const { result, problems } = await take(store, records);

    const reason = 'before there were registries: the first day that can be imported is 2013-01-01';
    expect(result).toEqual({ ...nothing, added: 1, problems: 3 });
    expect(problems).toEqual([
      { where: '2012-12-31 dockerhub acme/app', reason: `day ${reason}` },
      { where: '0026-03-14 dockerhub acme/app', reason: `day ${reason}` },
      { where: 'event image_gone of dockerhub', reason: `time ${reason}` },
    ]);
  });

  it('is stored in large parts, so that a history which comes image by image does not write each day again for each of them', async () => {
    const saved: number[] = [];
    const store = { ...createMemoryStore(), save: async (readings: readonly Reading[]) => void saved.push(readings.length) };
    const records = Array.from({ length: 60_000 }, (_, at) =>
      total(1, addDays('2026-03-01', at % 20), { repo: `acme/app-${Math.floor(at / 20)}` }),
    );

    await take(store, records);

    expect(saved).toEqual([50_000, 10_000]);
  });
});
