/** The sections of CHANGELOG.md: `## Unreleased`, and below it `## 1.2.3 - 2026-03-14` for each release, the newest first. */

const unreleased = '## Unreleased';
const heading = /^## (\d+\.\d+\.\d+(?:-[\w.]+)?) - (\d{4}-\d\d-\d\d)$/gm;

/** The versions that were released, as they stand in the changelog. */
export function releasedVersions(changelog: string): readonly string[] {
  return [...changelog.matchAll(heading)].map(([, version = '']) => version);
}

/** The changelog with what is unreleased as the section of a version. Throws where there is nothing to release, or the version is there. */
export function withRelease(changelog: string, version: string, day: string): string {
  if (releasedVersions(changelog).includes(version)) throw new Error(`CHANGELOG.md already has ${version}`);
  if (sectionAfter(changelog, unreleased) === '') throw new Error(`CHANGELOG.md has nothing below "${unreleased}"`);
  return changelog.replace(unreleased, `${unreleased}\n\n## ${version} - ${day}`);
}

/** What the changelog says about a version. Throws where it says nothing. */
export function notesOf(changelog: string, version: string): string {
  const [line] = [...changelog.matchAll(heading)].find(([, each]) => each === version) ?? [];
  const notes = line === undefined ? '' : sectionAfter(changelog, line);
  if (notes === '') throw new Error(`CHANGELOG.md says nothing about ${version}: "npm version" makes its section`);
  return notes;
}

function sectionAfter(changelog: string, title: string): string {
  const [, ...after] = changelog.split(`${title}\n`);
  return after.join(`${title}\n`).split(/^## /m)[0]?.trim() ?? '';
}
