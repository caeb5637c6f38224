/** Asks npm for known vulnerabilities of what is shipped: of all that is installed, the packages whose code is in the bundles. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { bundledPackages } from './licenses.ts';

interface Audit {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
  readonly error?: { readonly summary?: string };
}

const shipped = new Set(bundledPackages(await readFile('dist/third-party-licenses.txt', 'utf8')));
const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
const { vulnerabilities, error }: Audit = stdout.trim() === '' ? {} : JSON.parse(stdout);

if (vulnerabilities) {
  const found = Object.entries(vulnerabilities).filter(([name]) => shipped.has(name));
  for (const [name, { severity, range }] of found) process.stdout.write(`${name} ${range}: ${severity}\n`);
  process.stdout.write(`${found.length} of ${shipped.size} packages in the program have a known vulnerability\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
} else {
  process.stderr.write(`npm audit failed: ${error?.summary || stderr.trim() || 'no answer'}\n`);
  process.exitCode = 1;
}
