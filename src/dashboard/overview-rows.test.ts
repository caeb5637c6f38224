import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mark } from '../core/model/mark.ts';
import { latestOfSeries } from '../core/numbers/testing/latest-image.ts';
import type { ImageName } from '../core/model/image.ts';
import type { TrackedImage } from '../core/views/images.ts';
import { sumGrowth } from '../core/numbers/growth.ts';
import { createRowList, firstRows, rowFilter, sparkline } from './overview-rows.ts';
import { parseView } from './view.ts';

function image(repo: string, more: Partial<TrackedImage> = {}): TrackedImage {
  return {
    registry: 'ghcr',
    repo,
    lastDay: {},
    weekday: { earlier: [] },
    lastWeek: {},
    last30Days: {},
    backfilledDays: 0,
    importedDays: 0,
    stale: false,
    ...more,
  };
}

function ownName({ repo }: ImageName): string {
  return repo;
}

function rows(images: readonly TrackedImage[]) {
  return createRowList()(images, ownName).rows;
}

function names(images: readonly TrackedImage[], query: string, count = 100): string[] {
  return firstRows(rows(images), parseView(new URLSearchParams(query), ['dockerhub', 'ghcr']), count).map(({ repo }) => repo);
}

function found(search: string, images: readonly TrackedImage[], nameOf = ownName): string[] {
  return createRowList()(images, nameOf)
    .rows.filter(rowFilter(search))
    .map(({ repo }) => repo);
}

/** Those of owner `old` are a group. */
function inGroup({ repo }: ImageName): string {
  return repo.startsWith('old/') ? 'Ledger' : repo;
}

describe('the rows of the overview', () => {
  it('put the registries of an image together', () => {
    const hub = image('acme/app', {
      registry: 'dockerhub',
      pullCount: 10,
      tagCount: 3,
      lastUpdated: '2026-03-01T00:00:00Z',
      lastRead: '2026-03-14T11:00:00Z',
      weekday: { pulls: 2, earlier: [1, 1] },
      doubt: 'frozen',
    });
    const ghcr = image('acme/app', {
      pullCount: 5,
      lastUpdated: '2026-03-02T00:00:00Z',
      lastRead: '2026-03-13T11:00:00Z',
      weekday: { pulls: 3, earlier: [] },
      stale: true,
      backfilledDays: 4,
    });

    expect(rows([hub, ghcr])).toEqual([
      {
        repo: 'acme/app',
        registries: ['dockerhub', 'ghcr'],
        total: 15,
        names: 'acme/app acme/app acme/app',
        images: [hub, ghcr],
        day: { pulls: 5, change: 1, before: 1, isUsual: false },
        week: { pulls: undefined, change: undefined, before: undefined },
        month: { pulls: undefined, change: undefined, before: undefined },
        tags: 3,
        pushed: '2026-03-02T00:00:00Z',
        lastRead: '2026-03-13T11:00:00Z',
        stale: true,
        doubt: 'frozen',
        backfilledDays: 4,
      },
    ]);
  });

  it('know no last read while one of the registries was never read', () => {
    expect(
      rows([image('a/b', { lastRead: '2026-03-14T11:00:00Z' }), image('a/b', { registry: 'dockerhub' })])[0]?.lastRead,
    ).toBeUndefined();
  });

  it('are found by a part of their name, in any letter case, with plain slashes', () => {
    const images = [image('acme/app'), image('acme/charts%2Fapp'), image('octo/tool')];

    expect(found('APP', images)).toEqual(['acme/app', 'acme/charts%2Fapp']);
    expect(found('charts/a', images)).toEqual(['acme/charts%2Fapp']);
    expect(found('charts%2Fa', images)).toEqual(['acme/charts%2Fapp']);
    expect(found('none', images)).toEqual([]);
    expect(found('', images)).toHaveLength(3);
  });

  it('are found by several words in any order, and by the images of a group', () => {
    const images = [image('acme/backup-agent'), image('acme/backup-server'), image('old/archiver')];
    expect(found('agent acme', images)).toEqual(['acme/backup-agent']);
    expect(found('backup  nothing', images)).toEqual([]);
    expect(found('archiver', images, inGroup)).toEqual(['Ledger']);
    expect(found('ledger old', images, inGroup)).toEqual(['Ledger']);
  });

  it('are sorted by any column, and what is not known comes last either way', () => {
    const images = [
      image('a/a', { pullCount: 5, lastWeek: { pulls: 1 }, lastUpdated: '2026-03-01T00:00:00Z', tagCount: 2 }),
      image('b/b'),
      image('c/c', { pullCount: 9, lastWeek: { pulls: 0 }, lastUpdated: '2026-02-01T00:00:00Z', tagCount: 1 }),
    ];

    expect(names(images, '')).toEqual(['c/c', 'a/a', 'b/b']);
    expect(names(images, 'sort=total')).toEqual(['a/a', 'c/c', 'b/b']);
    expect(names(images, 'sort=-week')).toEqual(['a/a', 'c/c', 'b/b']);
    expect(names(images, 'sort=pushed')).toEqual(['c/c', 'a/a', 'b/b']);
    expect(names(images, 'sort=tags')).toEqual(['c/c', 'a/a', 'b/b']);
    expect(names(images, 'sort=-name')).toEqual(['c/c', 'b/b', 'a/a']);
    expect(names(images, 'sort=-day')).toEqual(['a/a', 'b/b', 'c/c']);
  });

  it('are the first of thousands, whichever order they come in', () => {
    const counts = Array.from({ length: 1_000 }, (_, at) => (at * 7_919) % 1_000);
    const images = counts.map((pullCount) => image(`a/image-${pullCount}`, { pullCount }));
    expect(names(images, '', 3)).toEqual(['a/image-999', 'a/image-998', 'a/image-997']);
    expect(names(images, 'sort=total', 3)).toEqual(['a/image-0', 'a/image-1', 'a/image-2']);
    expect(names(images, 'sort=name', 2_000)).toHaveLength(1_000);
    expect(names(images, '', 0)).toEqual([]);
  });

  it('are those of their images after whatever was read, came and went', () => {
    const anyImages = fc.uniqueArray(
      fc.record({
        registry: fc.constantFrom('ghcr', 'dockerhub'),
        repo: fc.constantFrom('a/app', 'a/tool', 'old/x', 'old/y'),
        pullCount: fc.nat(2),
      }),
      { selector: ({ registry, repo }) => `${registry} ${repo}` },
    );
    fc.assert(
      fc.property(fc.array(anyImages, { maxLength: 6 }), (steps) => {
        const list = createRowList();
        for (const images of steps.map((some) => some.map(({ repo, ...more }) => image(repo, more)))) {
          const made = list(images, inGroup);
          expect(made).toEqual(createRowList()(images, inGroup));
          const [first, ...others] = images;
          const next = first ? [{ ...first, pullCount: 9 }, ...others] : [];
          expect(list(next, inGroup)).toEqual(createRowList()(next, inGroup));
        }
      }),
    );
  });

  it('are the same as long as their images are, and others after a change', () => {
    const [app, tool] = [image('a/app', { pullCount: 1 }), image('a/tool', { pullCount: 2 })];
    const list = createRowList();
    const before = list([app, tool], ownName);
    const after = list([app, image('a/tool', { pullCount: 3 })], ownName);
    expect(after.rows[0]).toBe(before.rows[0]);
    expect([after.rows[1]?.total, before.rows[1]?.total]).toEqual([3, 2]);
    expect(list([app], ownName)).toEqual({ rows: [before.rows[0]], places: new Map([['a/app', 0]]) });
  });
});

describe('a sum of growths', () => {
  it('compares only those that were known all through the period before', () => {
    expect(sumGrowth([{ pulls: 10, change: 4 }, { pulls: 100 }, { pulls: 5, change: -1 }])).toEqual({ pulls: 115, change: 3, before: 12 });
    expect(sumGrowth([{ pulls: 100 }, {}])).toEqual({ pulls: 100, change: undefined, before: undefined });
    expect(sumGrowth([])).toEqual({ pulls: undefined, change: undefined, before: undefined });
  });
});

describe('the trend of an image', () => {
  it('is that of the 30 whole days before today, all registries together', () => {
    const series = { registry: 'ghcr', repo: 'a/b', days: [60, 70, 71, 100], totals: [1, 5, 9, 20], marks: Array<Mark>(4).fill('read') };
    const hub = { ...series, registry: 'dockerhub', totals: [1, 2, 4, 8] };

    expect(sparkline([latestOfSeries(series)], 100)).toEqual([4, 4]);
    expect(sparkline([latestOfSeries(series), latestOfSeries(hub)], 100)).toEqual([5, 6]);
    expect(sparkline([], 100)).toEqual([]);
  });
});
