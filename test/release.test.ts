/** What a release is made of says the same everywhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import packageLock from '../package-lock.json' with { type: 'json' };
import { notesOf, releasedVersions, withRelease } from '../scripts/changelog.ts';

const repository = 'registry-stats/registry-stats';

describe('the version', () => {
  it('is that of the newest release in the changelog, or the first, 1.0.0, as long as there is none', async () => {
    const changelog = await readFile('CHANGELOG.md', 'utf8');
    const [newest = '1.0.0'] = releasedVersions(changelog);

    expect(changelog).toContain('\n## Unreleased\n');
    expect(packageJson.version).toBe(newest);
    expect(packageLock.version).toBe(newest);
    expect(packageLock.packages[''].version).toBe(newest);
  });
});

describe('a release in the changelog', () => {
  const before = '# Changelog\n\n## Unreleased\n\n### Added\n\n- New.\n\n## 1.0.0 - 2026-01-02\n\n- Old.\n';

  it('has what was unreleased, and is what the release says', () => {
    const after = withRelease(before, '1.1.0', '2026-03-14');

    expect(after).toContain('## Unreleased\n\n## 1.1.0 - 2026-03-14\n\n### Added\n\n- New.\n\n## 1.0.0 - 2026-01-02');
    expect(releasedVersions(after)).toEqual(['1.1.0', '1.0.0']);
    expect(notesOf(after, '1.1.0')).toBe('### Added\n\n- New.');
    expect(notesOf(after, '1.0.0')).toBe('- Old.');
  });

  it('is refused without anything new, twice, and where its section is missing or empty', () => {
    const released = withRelease(before, '1.1.0', '2026-03-14');

    expect(() => withRelease(released, '1.2.0', '2026-03-15')).toThrow('nothing below "## Unreleased"');
    expect(() => withRelease(before, '1.0.0', '2026-03-14')).toThrow('already has 1.0.0');
    expect(() => notesOf(before, '1.1.0')).toThrow('says nothing about 1.1.0');
    expect(() => notesOf('## Unreleased\n\n## 1.1.0 - 2026-03-14\n\n## 1.0.0 - 2026-01-02\n', '1.1.0')).toThrow('says nothing');
  });
});

describe('the repository', () => {
  it('is the same in package.json and wherever an image or a page of it is named, and nobody has to put a name in its place', async () => {
    const folders = ['docs', 'deploy', 'alerts', 'grafana', '.github'];
    const inFolders = folders.map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => join(folder, name)).filter((name) => /\.(md|ya?ml|json|tpl)$/.test(name)),
    );
    const files = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'Dockerfile', 'compose.yaml', ...(await Promise.all(inFolders)).flat()];
    const placeholder = /\bOWNER\b|<owner>|your-(?:name|org)|ghcr\.io\/(?!registry-stats\/)[\w.-]+\/registry-stats\b/g;
    // The Go tool has this name too.
    const named = /(?:ghcr\.io|github\.com)\/([\w.-]+\/registry-stats)\b/g;
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));

    expect(texts.flatMap(({ file, text }) => (text.match(placeholder) ?? []).map((found) => `${file}: ${found}`))).toEqual([]);
    const names = new Set(texts.flatMap(({ text }) => [...text.matchAll(named)].map(([, name]) => name)));
    names.delete('cplieger/registry-stats');
    expect(names).toEqual(new Set([repository]));
    expect(packageJson.repository.url).toBe(`git+https://github.com/${repository}.git`);
    expect(packageJson.homepage).toBe(`https://github.com/${repository}#readme`);
    expect(packageJson.bugs).toBe(`https://github.com/${repository}/issues`);
  });
});
