import { describe, expect, it } from 'vitest';
import type { Reading } from '../model/reading.ts';
import { asSnapshotDocument, mergeReadings, parseReadings, type SnapshotDocument } from './snapshot.ts';

const day = '2026-04-08';
const timestamp = '2026-04-08T06:00:00.482913057Z';

/** A moment of the day from `hh:mm:ss` or `hh:mm:ss.mmm`. */
function at(time: string): string {
  return `2026-04-08T${time.padEnd(12, '.000')}Z`;
}

function reading(registry: string, repo: string, pullCount: number, time: string, more: Partial<Reading> = {}): Reading {
  return { registry, repo, pullCount, readAt: at(time), ...more };
}

/** A document as the Go tool writes it. */
function goDocument(members: Readonly<Record<string, unknown>>): SnapshotDocument {
  return asSnapshotDocument({ timestamp, ...members }, day);
}

function hubRow(repo: string, pullCount: number): Record<string, unknown> {
  return { repo, last_updated: '2026-04-01T09:12:13.446611Z', tags: null, pull_count: pullCount };
}

function totalsOf(document: SnapshotDocument): Record<string, number> {
  return Object.fromEntries(parseReadings(document).map(({ registry, repo, pullCount }) => [`${registry} ${repo}`, pullCount]));
}

describe('the first readings of a day', () => {
  it('make rows in the order of fields that the Go tool writes, its registries first', () => {
    const document = mergeReadings(undefined, [
      reading('quay', 'acme/app', 3, '08:00:00'),
      reading('ghcr', 'acme/app', 2, '09:00:00'),
      reading('dockerhub', 'acme/app', 1, '07:00:00'),
    ]);

    expect(JSON.stringify(document)).toBe(
      JSON.stringify({
        timestamp: at('09:00:00'),
        docker_hub: [{ repo: 'acme/app', last_updated: '', tags: null, pull_count: 1, read_at: at('07:00:00') }],
        ghcr: [{ package: 'acme/app', download_count: 2, read_at: at('09:00:00') }],
        quay: [{ repo: 'acme/app', pull_count: 3, read_at: at('08:00:00') }],
      }),
    );
  });

  it('make rows with everything that was read', () => {
    const tags = [
      {
        name: 'v1',
        lastUpdated: '2026-04-01T00:00:00Z',
        digest: 'sha256:11',
        fullSize: 30,
        platforms: [
          { architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'sha256:22', size: 20 },
          { architecture: 'unknown', os: 'unknown' },
        ],
        pullCount: 4,
        versionId: '77',
      },
      { name: 'bare', platforms: [] },
    ];
    const details = { lastUpdated: '2026-04-02T00:00:00Z', tagCount: 9, tags };

    const document = mergeReadings(undefined, [
      reading('dockerhub', 'acme/app', 1, '07:00:00', details),
      reading('ghcr', 'acme/app', 2, '07:00:00', { ...details, tags: [], mark: 'backfilled' }),
      reading('quay', 'acme/app', 3, '07:00:00', { ...details, tags: [] }),
    ]);

    const tagRows = [
      {
        name: 'v1',
        last_updated: '2026-04-01T00:00:00Z',
        digest: 'sha256:11',
        images: [
          { architecture: 'arm64', os: 'linux', digest: 'sha256:22', size: 20, variant: 'v8' },
          { architecture: 'unknown', os: 'unknown', digest: '', size: 0 },
        ],
        full_size: 30,
        pull_count: 4,
        version_id: '77',
      },
      { name: 'bare', last_updated: '', digest: '', full_size: 0 },
    ];
    const read = { tag_count: 9, read_at: at('07:00:00') };
    expect(JSON.stringify(document)).toBe(
      JSON.stringify({
        timestamp: at('07:00:00'),
        docker_hub: [{ repo: 'acme/app', last_updated: '2026-04-02T00:00:00Z', tags: tagRows, pull_count: 1, ...read }],
        ghcr: [
          {
            package: 'acme/app',
            download_count: 2,
            last_published: '2026-04-02T00:00:00Z',
            tags: [],
            ...read,
            backfilled: true,
            closed: true,
          },
        ],
        quay: [{ repo: 'acme/app', pull_count: 3, last_updated: '2026-04-02T00:00:00Z', tags: [], ...read }],
      }),
    );
  });

  it('have no member for a registry that has nothing', () => {
    expect(Object.keys(mergeReadings(undefined, [reading('quay', 'acme/app', 3, '08:00:00')]))).toEqual(['timestamp', 'quay']);
  });

  it('are none where nothing was read', () => {
    expect(mergeReadings(undefined, [])).toEqual({ timestamp: '' });
  });
});

describe('merging into a day', () => {
  it('replaces the total of an image by a newer one and moves the timestamp on', () => {
    const before = mergeReadings(undefined, [reading('dockerhub', 'acme/app', 100, '07:00:00')]);

    const after = mergeReadings(before, [reading('dockerhub', 'acme/app', 104, '08:00:00')]);

    expect(after.timestamp).toBe(at('08:00:00'));
    expect(totalsOf(after)).toEqual({ 'dockerhub acme/app': 104 });
    expect(parseReadings(after)[0]?.readAt).toBe(at('08:00:00'));
  });

  it('replaces it by a newer one that is lower', () => {
    const before = mergeReadings(undefined, [reading('ghcr', 'acme/app', 100, '07:00:00')]);

    expect(totalsOf(mergeReadings(before, [reading('ghcr', 'acme/app', 0, '08:00:00')]))).toEqual({ 'ghcr acme/app': 0 });
  });

  it('takes no older reading, and leaves the timestamp', () => {
    const before = mergeReadings(undefined, [reading('dockerhub', 'acme/app', 104, '08:00:00')]);

    const after = mergeReadings(before, [reading('dockerhub', 'acme/app', 100, '07:00:00')]);

    expect(after).toEqual(before);
  });

  it('takes the newest of the readings that name one image, in any order', () => {
    const readings = [
      reading('dockerhub', 'acme/app', 2, '08:00:00'),
      reading('dockerhub', 'acme/app', 3, '09:00:00'),
      reading('dockerhub', 'acme/app', 1, '07:00:00'),
    ];

    expect(totalsOf(mergeReadings(undefined, readings))).toEqual({ 'dockerhub acme/app': 3 });
    expect(mergeReadings(undefined, readings).timestamp).toBe(at('09:00:00'));
  });

  it('takes the second of two readings of one moment', () => {
    const before = mergeReadings(undefined, [reading('dockerhub', 'acme/app', 1, '07:00:00')]);

    expect(totalsOf(mergeReadings(before, [reading('dockerhub', 'acme/app', 2, '07:00:00')]))).toEqual({ 'dockerhub acme/app': 2 });
  });

  it('replaces an estimated total by a read one, even an older one, and takes the mark away', () => {
    const before = mergeReadings(undefined, [reading('ghcr', 'acme/app', 50, '23:00:00', { mark: 'estimated' })]);

    const after = mergeReadings(before, [reading('ghcr', 'acme/app', 48, '07:00:00')]);

    expect(after['ghcr']).toEqual([{ package: 'acme/app', download_count: 48, read_at: at('07:00:00') }]);
  });

  it('never replaces a read total by an estimated one', () => {
    const backfilled = reading('ghcr', 'acme/app', 50, '23:00:00', { mark: 'estimated' });
    const before = mergeReadings(undefined, [reading('ghcr', 'acme/app', 48, '07:00:00')]);
    const ofGoTool = goDocument({ ghcr: [{ package: 'acme/app', download_count: 47 }] });

    expect(totalsOf(mergeReadings(before, [backfilled]))).toEqual({ 'ghcr acme/app': 48 });
    expect(totalsOf(mergeReadings(ofGoTool, [backfilled]))).toEqual({ 'ghcr acme/app': 47 });
  });

  it('replaces a backfilled total by a newer backfilled one', () => {
    const early = reading('ghcr', 'acme/app', 50, '07:00:00', { mark: 'backfilled' });
    const late = reading('ghcr', 'acme/app', 51, '08:00:00', { mark: 'backfilled' });

    expect(totalsOf(mergeReadings(undefined, [late, early]))).toEqual({ 'ghcr acme/app': 51 });
    expect(totalsOf(mergeReadings(undefined, [early, late]))).toEqual({ 'ghcr acme/app': 51 });
  });

  it('stores a doubt with the total that raised it, and takes it away with that total', () => {
    const doubtful = mergeReadings(undefined, [reading('ghcr', 'acme/app', 50, '07:00:00', { mark: 'frozen' })]);
    const later = mergeReadings(doubtful, [reading('ghcr', 'acme/app', 51, '08:00:00')]);

    expect(doubtful['ghcr']).toEqual([{ package: 'acme/app', download_count: 50, read_at: at('07:00:00'), doubt: 'frozen' }]);
    expect(later['ghcr']).toEqual([{ package: 'acme/app', download_count: 51, read_at: at('08:00:00') }]);
  });

  it('keeps what the newer reading does not tell', () => {
    const details = { lastUpdated: '2026-04-02T00:00:00Z', tagCount: 2, tags: [{ name: 'v1' }] };
    const before = mergeReadings(undefined, [reading('quay', 'acme/app', 1, '07:00:00', details)]);

    const after = mergeReadings(before, [reading('quay', 'acme/app', 2, '08:00:00')]);

    expect(parseReadings(after)).toEqual([reading('quay', 'acme/app', 2, '08:00:00', { ...details, mark: 'read' })]);
  });

  it('leaves the images that were not read, their order and the other registries as they were', () => {
    const others = { docker_hub: [hubRow('Acme/Other', 7), 'junk', { note: 1 }], ghcr: null, ecrpublic: [{ repo: 'a/b', pull_count: 1 }] };
    const before = goDocument({ ...others, docker_hub: [...others.docker_hub, hubRow('acme/app', 8), null] });

    const after = mergeReadings(before, [reading('dockerhub', 'acme/new', 1, '08:00:00'), reading('dockerhub', 'acme/app', 9, '08:00:00')]);

    expect(after['ghcr']).toBeNull();
    expect(after['ecrpublic']).toEqual(others.ecrpublic);
    expect(after['docker_hub']).toEqual([
      ...others.docker_hub,
      { ...hubRow('acme/app', 9), read_at: at('08:00:00') },
      null,
      { repo: 'acme/new', last_updated: '', tags: null, pull_count: 1, read_at: at('08:00:00') },
    ]);
  });

  it('leaves the document that it was given as it was', () => {
    const before = goDocument({ docker_hub: [hubRow('acme/app', 8)] });
    const copy = structuredClone(before);

    mergeReadings(before, [reading('dockerhub', 'acme/app', 9, '08:00:00')]);

    expect(before).toEqual(copy);
  });

  it('starts a list where the member of a further registry is none', () => {
    const after = mergeReadings(goDocument({ quay: null }), [reading('quay', 'acme/app', 9, '08:00:00')]);

    expect(totalsOf(after)).toEqual({ 'quay acme/app': 9 });
  });

  it('writes the registries of the Go tool first and the other members in the order they came', () => {
    const before = goDocument({ schema: 3, ghcr: [], note: 'x' });

    const after = mergeReadings(before, [reading('quay', 'acme/app', 1, '08:00:00'), reading('dockerhub', 'acme/app', 1, '08:00:00')]);

    expect(Object.keys(after)).toEqual(['timestamp', 'docker_hub', 'ghcr', 'schema', 'note', 'quay']);
  });
});

describe('merging into a document of the Go tool', () => {
  it('finds the image in any letter case and writes its name in lower case', () => {
    const before = goDocument({ docker_hub: [hubRow('Acme/App', 8)], ghcr: [{ package: 'Acme/charts%2fApp', download_count: 5 }] });

    const after = mergeReadings(before, [
      reading('dockerhub', 'acme/app', 9, '08:00:00'),
      reading('ghcr', 'acme/charts%2Fapp', 6, '08:00:00'),
    ]);

    expect(after['docker_hub']).toEqual([{ ...hubRow('acme/app', 9), read_at: at('08:00:00') }]);
    expect(after['ghcr']).toEqual([{ package: 'acme/charts%2Fapp', download_count: 6, read_at: at('08:00:00') }]);
  });

  it.each([
    ['an earlier', '05:59:59', 8],
    ['a later', '06:00:01', 9],
  ])('compares %s read with the time of the whole document', (_what, time, expected) => {
    const before = goDocument({ docker_hub: [hubRow('acme/app', 8)] });

    expect(totalsOf(mergeReadings(before, [reading('dockerhub', 'acme/app', 9, time)]))).toEqual({ 'dockerhub acme/app': expected });
  });

  it('leaves the timestamp to the letter when a reading is of the same moment', () => {
    const after = mergeReadings(goDocument({ docker_hub: [hubRow('acme/app', 8)] }), [reading('dockerhub', 'acme/app', 9, '06:00:00.482')]);

    expect(after.timestamp).toBe(timestamp);
    expect(totalsOf(after)).toEqual({ 'dockerhub acme/app': 9 });
  });

  it('replaces a failed read of GHCR by any real one, which may be 0', () => {
    const before = goDocument({ ghcr: [{ package: 'acme/app', download_count: 0 }] });

    expect(totalsOf(mergeReadings(before, [reading('ghcr', 'acme/app', 5, '05:00:00')]))).toEqual({ 'ghcr acme/app': 5 });
    expect(totalsOf(mergeReadings(before, [reading('ghcr', 'acme/app', 0, '08:00:00')]))).toEqual({ 'ghcr acme/app': 0 });
    expect(totalsOf(mergeReadings(before, [reading('ghcr', 'acme/other', 5, '08:00:00')]))).toEqual({ 'ghcr acme/other': 5 });
  });

  it('makes one row of the rows that differ in letter case only', () => {
    const before = goDocument({
      docker_hub: [hubRow('Acme/App', 8), hubRow('acme/next', 1), hubRow('acme/app', 9)],
      ghcr: [
        { package: 'Acme/App', download_count: 5 },
        { package: 'acme/app', download_count: 0 },
        { package: 'acme/FAILED', download_count: 0 },
        { package: 'acme/failed', download_count: 0 },
        { package: 'acme/Found', download_count: 0 },
        { package: 'acme/found', download_count: 6 },
      ],
    });

    const after = mergeReadings(before, [reading('dockerhub', 'acme/new', 1, '08:00:00'), reading('ghcr', 'acme/new', 1, '08:00:00')]);

    const read = { read_at: at('08:00:00') };
    expect(after['docker_hub']).toEqual([
      hubRow('acme/app', 9),
      hubRow('acme/next', 1),
      { repo: 'acme/new', last_updated: '', tags: null, pull_count: 1, ...read },
    ]);
    expect(after['ghcr']).toEqual([
      { package: 'Acme/App', download_count: 5 },
      { package: 'acme/FAILED', download_count: 0 },
      { package: 'acme/found', download_count: 6 },
      { package: 'acme/new', download_count: 1, ...read },
    ]);
  });

  it('keeps of such rows the newest, wherever it stands', () => {
    const newest = { ...hubRow('Acme/App', 11), read_at: at('11:00:00') };
    const before = goDocument({ docker_hub: [newest, { ...hubRow('acme/app', 10), read_at: at('10:00:00') }] });

    const after = mergeReadings(before, [reading('dockerhub', 'acme/app', 9, '09:00:00')]);

    expect(after['docker_hub']).toEqual([newest]);
  });

  it('keeps fields that it does not know, at the top, in a row, in a tag and in a platform', () => {
    const arm = { architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'old', size: 1 };
    const tag = { name: 'v1', last_updated: 'old', digest: 'old', images: [{ ...arm, pulls: 5 }, null], full_size: 1, pull_count: 1 };
    const before = goDocument({
      docker_hub: [{ ...hubRow('acme/app', 8), stars: 3, tags: [null, { ...tag, signed: true }, { name: 'gone', signed: false }] }],
      collector: { host: 'nas' },
    });

    const platforms = [
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'new' },
    ];
    const after = mergeReadings(before, [
      reading('dockerhub', 'acme/app', 9, '08:00:00', { tags: [{ name: 'v1', platforms }, { name: 'v2' }] }),
    ]);

    const images = [
      { architecture: 'amd64', os: 'linux', digest: '', size: 0 },
      { ...arm, digest: 'new', size: 0, pulls: 5 },
    ];
    const bare = { last_updated: '', digest: '', full_size: 0 };
    expect(after['collector']).toEqual({ host: 'nas' });
    expect(after['docker_hub']).toEqual([
      {
        ...hubRow('acme/app', 9),
        stars: 3,
        tags: [
          { name: 'v1', ...bare, images, signed: true },
          { name: 'v2', ...bare },
        ],
        read_at: at('08:00:00'),
      },
    ]);
  });

  it('remembers when the rows without a time of their own were read, so that they do not look newer than they are', () => {
    const before = goDocument({ docker_hub: [hubRow('acme/app', 8), hubRow('acme/other', 1)] });

    const after = mergeReadings(before, [reading('dockerhub', 'acme/other', 2, '09:00:00')]);
    const later = mergeReadings(after, [reading('dockerhub', 'acme/other', 3, '10:00:00')]);

    expect(after).toMatchObject({ timestamp: at('09:00:00'), read_at: timestamp });
    expect(later).toMatchObject({ timestamp: at('10:00:00'), read_at: timestamp });
    expect(parseReadings(later).map(({ readAt }) => readAt)).toEqual([timestamp, at('10:00:00')]);
    expect(totalsOf(mergeReadings(later, [reading('dockerhub', 'acme/app', 9, '08:00:00')]))).toEqual({
      'dockerhub acme/app': 9,
      'dockerhub acme/other': 3,
    });
  });

  it('keeps a member of that name that holds something else', () => {
    const before = goDocument({ docker_hub: [hubRow('acme/app', 8)], read_at: ['x'] });

    expect(mergeReadings(before, [reading('ghcr', 'acme/app', 1, '08:00:00')])['read_at']).toEqual(['x']);
  });

  it.each([
    ['no row is without a time', [{ ...hubRow('acme/app', 8), read_at: at('05:00:00') }, null], '08:00:00'],
    ['the timestamp stays', [hubRow('acme/app', 8)], '05:00:00'],
  ])('remembers no such time where %s', (_what, rows, time) => {
    const after = mergeReadings(goDocument({ docker_hub: rows }), [reading('ghcr', 'acme/app', 1, time)]);

    expect(Object.keys(after)).toEqual(['timestamp', 'docker_hub', 'ghcr']);
  });
});
