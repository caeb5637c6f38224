import { describe, expect, it } from 'vitest';
import { AppError } from '../model/errors.ts';
import type { Reading } from '../model/reading.ts';
import { asSnapshotDocument, parseReadings, type SnapshotDocument } from './snapshot.ts';

const day = '2026-04-08';
const timestamp = '2026-04-08T06:31:11.482913057Z';

/** A document as the Go tool writes it. */
function goDocument(members: Readonly<Record<string, unknown>>): SnapshotDocument {
  return asSnapshotDocument({ timestamp, ...members }, day);
}

function at(hour: string): string {
  return `2026-04-08T${hour}:00:00.000Z`;
}

function hubRow(repo: string, pullCount: unknown): Record<string, unknown> {
  return { repo, last_updated: '2026-04-01T09:12:13.446611Z', tags: null, pull_count: pullCount };
}

function countsOf(document: SnapshotDocument): unknown[] {
  return parseReadings(document).map(({ registry, repo, pullCount }) => [registry, repo, pullCount]);
}

describe('a parsed file', () => {
  it('is a snapshot document with all its members', () => {
    const json = { timestamp, docker_hub: [hubRow('acme/app', 1)], ghcr: null, schema: 3 };

    expect(asSnapshotDocument(json, day)).toEqual(json);
  });

  it('needs neither registry', () => {
    expect(parseReadings(asSnapshotDocument({ timestamp }, day))).toEqual([]);
    expect(parseReadings(asSnapshotDocument({ timestamp, docker_hub: null, ghcr: null }, day))).toEqual([]);
    expect(parseReadings(asSnapshotDocument({ timestamp, docker_hub: [], ghcr: [] }, day))).toEqual([]);
  });

  it.each([
    ['no timestamp', {}],
    ['an empty timestamp', { timestamp: '' }],
    ['a timestamp that is no moment', { timestamp: 'yesterday' }],
    ['a timestamp that is no text', { timestamp: 1_775_000_000 }],
  ])('with %s counts as read when its day began', (_what, json) => {
    expect(asSnapshotDocument(json, day).timestamp).toBe('2026-04-08T00:00:00Z');
  });

  it.each(['06:31:11Z', '06:31:11.4Z', '06:31:11.482913Z', '06:31:11.482913057Z', '06:31:11+02:00'])(
    'keeps its timestamp to the letter, with 0 to 9 fraction digits (%s)',
    (time) => {
      expect(asSnapshotDocument({ timestamp: `2026-04-08T${time}` }, day).timestamp).toBe(`2026-04-08T${time}`);
    },
  );

  it.each([
    ['null', null, 'not a JSON object'],
    ['a list', [], 'not a JSON object'],
    ['a text', 'x', 'not a JSON object'],
    ['a number', 1, 'not a JSON object'],
    ['nothing', undefined, 'not a JSON object'],
    ['an object whose docker_hub is one', { docker_hub: {} }, '"docker_hub" is not a list'],
    ['an object whose docker_hub is a number', { docker_hub: 0 }, '"docker_hub" is not a list'],
    ['an object whose ghcr is a text', { ghcr: 'acme/app' }, '"ghcr" is not a list'],
  ])('that is %s is refused', (_what, json, message) => {
    let thrown: unknown;
    try {
      asSnapshotDocument(json, day);
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'invalid_input', message });
  });
});

describe('the readings of a document', () => {
  it('are the rows of both registries of the Go tool, read when the document was written', () => {
    const document = goDocument({
      docker_hub: [
        {
          repo: 'acme/widget',
          last_updated: '2026-04-01T09:12:13.446611Z',
          tags: [
            {
              name: 'latest',
              last_updated: '2026-04-01T09:12:12.1Z',
              digest: 'sha256:11',
              images: [{ architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'sha256:22', size: 4_194_304 }],
              full_size: 4_194_305,
            },
          ],
          pull_count: 1234,
        },
      ],
      ghcr: [{ package: 'acme/widget', download_count: 567 }],
    });

    const readings = parseReadings(document);

    const expected: Reading[] = [
      {
        registry: 'dockerhub',
        repo: 'acme/widget',
        pullCount: 1234,
        readAt: timestamp,
        lastUpdated: '2026-04-01T09:12:13.446611Z',
        tagCount: 1,
        tags: [
          {
            name: 'latest',
            lastUpdated: '2026-04-01T09:12:12.1Z',
            digest: 'sha256:11',
            fullSize: 4_194_305,
            platforms: [{ architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'sha256:22', size: 4_194_304 }],
          },
        ],
        mark: 'read',
      },
      { registry: 'ghcr', repo: 'acme/widget', pullCount: 567, readAt: timestamp, mark: 'read' },
    ];
    expect(readings).toEqual(expected);
  });

  it('have what this program adds: time of the read, number of tags, pulls of a tag, days that were reconstructed', () => {
    const document = goDocument({
      ghcr: [
        {
          package: 'acme/widget',
          download_count: 567,
          last_published: '2026-04-02T00:00:00Z',
          tags: [{ name: 'v1', pull_count: 0, version_id: '77' }],
          tag_count: 61,
          read_at: '2026-04-08T05:00:00.000Z',
          backfilled: true,
        },
      ],
    });

    expect(parseReadings(document)).toEqual([
      {
        registry: 'ghcr',
        repo: 'acme/widget',
        pullCount: 567,
        readAt: '2026-04-08T05:00:00.000Z',
        lastUpdated: '2026-04-02T00:00:00Z',
        tagCount: 61,
        tags: [{ name: 'v1', pullCount: 0, versionId: '77' }],
        mark: 'estimated',
      },
    ]);
  });

  it.each([
    [{ backfilled: true }, 'estimated'],
    [{ backfilled: true, closed: true }, 'backfilled'],
    [{ closed: true }, 'closed'],
    [{ doubt: 'restated' }, 'inconsistent'],
    [{ imported: true }, 'imported'],
    [{ doubt: 'frozen' }, 'frozen'],
    [{ doubt: 'inconsistent' }, 'inconsistent'],
    [{ backfilled: true, doubt: 'inconsistent' }, 'inconsistent'],
    [{ backfilled: true, imported: true }, 'estimated'],
    [{ backfilled: 'yes', imported: 1 }, 'read'],
    [{ doubt: 'strange' }, 'read'],
    [{ doubt: 'imported' }, 'read'],
    [{ doubt: true }, 'read'],
    [{}, 'read'],
  ])('have with %j the mark %j', (fields, mark) => {
    const [reading] = parseReadings(goDocument({ ghcr: [{ package: 'acme/widget', download_count: 567, ...fields }] }));

    expect(reading?.mark).toBe(mark);
  });

  it('come from every member with rows, whatever the registry', () => {
    const document = goDocument({
      quay: [{ repo: 'acme/app', pull_count: 3, last_updated: '2026-04-03T00:00:00Z' }],
      ecrpublic: [{ repo: 'acme/app', pull_count: 0 }],
    });

    expect(parseReadings(document)).toEqual([
      { registry: 'quay', repo: 'acme/app', pullCount: 3, readAt: timestamp, lastUpdated: '2026-04-03T00:00:00Z', mark: 'read' },
      { registry: 'ecrpublic', repo: 'acme/app', pullCount: 0, readAt: timestamp, mark: 'read' },
    ]);
  });

  it('have names in lower case and nested names in two segments', () => {
    const document = goDocument({
      docker_hub: [hubRow('Acme/App', 1)],
      ghcr: [
        { package: 'Acme/charts%2fApp', download_count: 2 },
        { package: 'acme/charts/other', download_count: 3 },
        { package: 'No Name', download_count: 4 },
      ],
    });

    expect(parseReadings(document).map(({ repo }) => repo)).toEqual(['acme/app', 'acme/charts%2Fapp', 'acme/charts%2Fother', 'no name']);
  });

  it('leave out a 0 of GHCR, which the Go tool stored for a read that failed', () => {
    const document = goDocument({ ghcr: [{ package: 'acme/app', download_count: 0 }], docker_hub: [hubRow('acme/app', 0)] });

    expect(countsOf(document)).toEqual([['dockerhub', 'acme/app', 0]]);
  });

  it('have a 0 of GHCR that says when it was read', () => {
    const row = { package: 'acme/app', download_count: 0, read_at: '2026-04-08T05:00:00.000Z' };

    expect(countsOf(goDocument({ ghcr: [row] }))).toEqual([['ghcr', 'acme/app', 0]]);
    expect(countsOf(goDocument({ ghcr: [{ ...row, read_at: 'once' }] }))).toEqual([]);
  });

  it.each([
    ['a total that is missing', { repo: 'acme/bad' }],
    ['a total that is null', hubRow('acme/bad', null)],
    ['a negative total', hubRow('acme/bad', -1)],
    ['a fraction', hubRow('acme/bad', 1.5)],
    ['a total that is too large to be exact', hubRow('acme/bad', 2 ** 53)],
    ['a text for a total', hubRow('acme/bad', '12')],
    ['no name', { pull_count: 3 }],
    ['an empty name', hubRow('', 3)],
    ['a name that is no text', { repo: 7, pull_count: 3 }],
    ['the fields of another registry', { package: 'acme/bad', download_count: 3 }],
    ['null for a row', null],
    ['a text for a row', 'acme/bad'],
    ['a list for a row', ['acme/bad', 3]],
  ])('leave out a row with %s and have the others', (_what, row) => {
    const document = goDocument({ docker_hub: [hubRow('acme/one', 1), row, hubRow('acme/two', 2)] });

    expect(countsOf(document)).toEqual([
      ['dockerhub', 'acme/one', 1],
      ['dockerhub', 'acme/two', 2],
    ]);
  });

  it.each([
    ['null, which says nothing', null, undefined],
    ['missing', undefined, undefined],
    ['not a list', {}, undefined],
    ['empty', [], 0],
  ])('have %s tags where they are', (_what, tags, tagCount) => {
    const [reading] = parseReadings(goDocument({ docker_hub: [{ ...hubRow('acme/app', 1), tags }] }));

    expect(reading?.tagCount).toBe(tagCount);
    expect(reading?.tags).toEqual(tagCount === undefined ? undefined : []);
  });

  it('have no value for a decoration that is empty, of a wrong type or, as a size, 0', () => {
    const tags = [
      { name: 'a', last_updated: '', digest: '', images: null, full_size: 0 },
      { name: 5, digest: 7, images: [null, { size: 0 }, { architecture: 'amd64', os: 'linux', digest: '', size: -4 }], full_size: '9' },
      'not a tag',
    ];
    const row = { ...hubRow('acme/app', 1), last_updated: '', tags, tag_count: -1, read_at: 3, backfilled: 'yes' };

    expect(parseReadings(goDocument({ docker_hub: [row] }))).toEqual([
      {
        registry: 'dockerhub',
        repo: 'acme/app',
        pullCount: 1,
        readAt: timestamp,
        tagCount: 2,
        tags: [
          { name: 'a' },
          {
            name: '',
            platforms: [
              { architecture: '', os: '' },
              { architecture: 'amd64', os: 'linux' },
            ],
          },
        ],
        mark: 'read',
      },
    ]);
  });

  it('have an image once: of the rows that stand for it the newest, a read one before a backfilled one', () => {
    const document = goDocument({
      docker_hub: [
        { ...hubRow('Acme/App', 11), read_at: at('11') },
        { ...hubRow('acme/app', 10), read_at: at('10') },
        { ...hubRow('acme/read', 9), read_at: at('09') },
        { ...hubRow('acme/READ', 12), read_at: at('12'), backfilled: true },
        { ...hubRow('acme/late', 12), read_at: at('12'), backfilled: true },
        { ...hubRow('acme/LATE', 8), read_at: at('08') },
      ],
    });

    expect(countsOf(document)).toEqual([
      ['dockerhub', 'acme/app', 11],
      ['dockerhub', 'acme/read', 9],
      ['dockerhub', 'acme/late', 8],
    ]);
  });

  it('have the last of the rows of the Go tool that stand for one image, and not its failed read', () => {
    const document = goDocument({
      docker_hub: [hubRow('Acme/App', 10), hubRow('acme/app', 11)],
      ghcr: [
        { package: 'Acme/App', download_count: 5 },
        { package: 'acme/app', download_count: 0 },
      ],
    });

    expect(countsOf(document)).toEqual([
      ['dockerhub', 'acme/app', 11],
      ['ghcr', 'acme/app', 5],
    ]);
  });
});
