import { describe, expect, it } from 'vitest';
import { fixture } from './fixture.ts';
import { parsePage } from './page.ts';
import { newestVersionId, parseVersions, tagsOf } from './parse-versions.ts';

const linked = fixture('package-linked');
const digestA = `sha256:${'a'.repeat(64)}`;
const digestB = `sha256:${'b'.repeat(64)}`;

function versionsOf(html: string): ReturnType<typeof parseVersions> {
  return parseVersions(parsePage(html));
}

function row(count: string, label = '<span class="sr-only">Version downloads</span>'): string {
  return `<ul><li><a href="/orgs/Acme/packages/container/app/7?tag=1.0">1.0</a> <span>${count} ${label}</span></li></ul>`;
}

function link(tag: string): string {
  return `<a href="/orgs/Acme/packages/container/app/9?tag=${tag}">${tag}</a>`;
}

describe('the list of recent versions', () => {
  it('gives each version with its tags, digest and downloads in the order of the page', () => {
    expect(versionsOf(linked)).toEqual([
      { versionId: '700300', digest: digestA, pullCount: 1204, tags: ['latest', '1.4', '1.4.0'] },
      { versionId: '700200', digest: digestB, pullCount: 37, tags: ['1.3.9', 'latest'] },
      { versionId: '700100', digest: undefined, pullCount: undefined, tags: ['nightly'] },
    ]);
  });

  it('is empty on a page without it', () => {
    expect(versionsOf(fixture('package-unlinked'))).toEqual([]);
  });

  it.each([
    ['0', 0],
    ['581', 581],
    ['1,204', 1204],
    ['12,345,678', 12_345_678],
    ['\n 1204\n', 1204],
  ])('reads the downloads %j exactly', (printed, pullCount) => {
    expect(versionsOf(row(printed))).toMatchObject([{ pullCount }]);
  });

  it.each(['1.2K', '3m', '1,2', '1,2345', ',123', '-5', '1e3', '12 345', 'many', '', '99999999999999999', 'about 12'])(
    'has no downloads where %j is printed',
    (printed) => {
      expect(versionsOf(row(printed))).toMatchObject([{ versionId: '7', pullCount: undefined }]);
    },
  );

  it('has no downloads where another element stands before the label, or the label is there twice', () => {
    const label = '<span>Version downloads</span>';

    expect(versionsOf(row('5', `<b>12</b>${label}`))[0]?.pullCount).toBeUndefined();
    expect(versionsOf(row('5', `${label} 6 ${label}`))[0]?.pullCount).toBeUndefined();
    expect(versionsOf(row('5', '<span>Version stars</span>'))[0]?.pullCount).toBeUndefined();
  });

  it.each([
    ['a name that no tag can have', '?tag=-x'],
    ['an empty name', '?tag='],
    ['no id of a version', '/x?tag=1.0'],
    ['another kind of package', '/../../../npm/app/7?tag=1.0'],
  ])('leaves a link out with %s', (_what, end) => {
    expect(versionsOf(`<ul><li><a href="/orgs/Acme/packages/container/app/7${end}">x</a></li></ul>`)).toEqual([]);
  });

  it('leaves a row out whose links name two versions', () => {
    const html = row('5').replace('</a>', '</a><a href="/orgs/Acme/packages/container/app/8?tag=2.0">2.0</a>');

    expect(versionsOf(html)).toEqual([]);
  });

  it('has no digest in a row with two of them', () => {
    const html = row('5', `<clipboard-copy value="${digestA}"></clipboard-copy><clipboard-copy value="${digestB}"></clipboard-copy>`);

    expect(versionsOf(html)).toMatchObject([{ digest: undefined }]);
  });

  it('does not mix a row with the rows inside it', () => {
    const html = `<ul><li><a href="/orgs/Acme/packages/container/app/8?tag=2.0">2.0</a>${row('5')}</li></ul>`;

    expect(versionsOf(html)).toMatchObject([
      { versionId: '8', pullCount: undefined, tags: ['2.0'] },
      { versionId: '7', pullCount: 5, tags: ['1.0'] },
    ]);
  });
});

describe('the tags', () => {
  it('are those of all versions, each once, with what is known of its version', () => {
    expect(tagsOf(versionsOf(linked))).toEqual([
      { name: 'latest', digest: digestA, versionId: '700300', pullCount: 1204 },
      { name: '1.4', digest: digestA, versionId: '700300', pullCount: 1204 },
      { name: '1.4.0', digest: digestA, versionId: '700300', pullCount: 1204 },
      { name: '1.3.9', digest: digestB, versionId: '700200', pullCount: 37 },
      { name: 'nightly', digest: undefined, versionId: '700100', pullCount: undefined },
    ]);
  });

  it('are not those that carry signatures and attestations', () => {
    const hash = 'c'.repeat(64);
    const versions = versionsOf(`<li>${link(`sha256-${hash}.sig`)}</li><li>${link(`sha256-${hash}.att`)}${link(`sha256-${hash}`)}</li>`);

    expect(versions).toHaveLength(2);
    expect(tagsOf(versions)).toEqual([]);
    expect(tagsOf(versionsOf(`<li>${link(`sha256-${hash}.sbom`)}${link('sha256-1')}</li>`))).toMatchObject([{ name: 'sha256-1' }]);
  });

  it('tell the newest version by its id, which grows', () => {
    const versions = ['98', '100', '99'].map((versionId) => ({ versionId, tags: [] }));

    expect(newestVersionId(versions)).toBe('100');
    expect(newestVersionId([])).toBeUndefined();
  });
});
