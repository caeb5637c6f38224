import { describe, expect, it } from 'vitest';
import { createPendingReadings } from './pending-readings.ts';
import { reading } from './testing/fake-registry.ts';

const tags = [{ name: '1.0' }, { name: '1.1' }];

describe('readings that are not stored yet', () => {
  it('keep the newest of an image and day', () => {
    const pending = createPendingReadings();

    pending.add([
      reading('ghcr', 'acme/app', 1),
      reading('ghcr', 'acme/app', 2),
      reading('ghcr', 'acme/app', 9, '2026-03-13T10:00:00.000Z'),
    ]);

    expect(pending.all().map(({ pullCount }) => pullCount)).toEqual([2, 9]);
  });

  it('keep what came while the rest was being stored', () => {
    const pending = createPendingReadings();
    pending.add([reading('ghcr', 'acme/app', 1), reading('ghcr', 'acme/tool', 1)]);
    const batch = pending.all();

    pending.add([reading('ghcr', 'acme/app', 2)]);
    pending.remove(batch);

    expect(pending.all()).toEqual([reading('ghcr', 'acme/app', 2)]);
  });

  it('leave out tags, and totals that nobody read, when they grow beyond their bound, and take them again when there is room', () => {
    const pending = createPendingReadings(3);
    pending.add([{ ...reading('ghcr', 'acme/a', 1), tags }]);

    pending.add([
      { ...reading('ghcr', 'acme/b', 2), tags },
      { ...reading('ghcr', 'acme/b', 1, '2026-03-13T10:00:00.000Z'), mark: 'backfilled' },
    ]);
    const full = pending.all();
    pending.remove(full);
    pending.add([{ ...reading('ghcr', 'acme/c', 3), tags }]);

    expect(full.map(({ repo, tags: kept }) => [repo, kept?.length])).toEqual([
      ['acme/a', 2],
      ['acme/b', undefined],
    ]);
    expect(pending.all()).toMatchObject([{ repo: 'acme/c', tags }]);
  });
});
