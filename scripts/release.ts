/** Steps of a release. `changelog`: what is unreleased becomes the section of the new version (npm version); `notes`: prints that section. */
import { readFile, writeFile } from 'node:fs/promises';
import { notesOf, withRelease } from './changelog.ts';

const path = 'CHANGELOG.md';
const changelog = await readFile(path, 'utf8');
const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));
const [step] = process.argv.slice(2);

try {
  if (step === 'changelog') await writeFile(path, withRelease(changelog, version, new Date().toISOString().slice(0, 10)));
  else if (step === 'notes') process.stdout.write(`${notesOf(changelog, version)}\n`);
  else throw new Error('valid is: release.ts changelog, release.ts notes');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
