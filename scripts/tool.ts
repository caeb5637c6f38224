/** Runs a program of tools/, and installs that folder first where it is missing or older than its lock file. */
import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';

const [tool = '', ...args] = process.argv.slice(2);
const isInstalled = (await changedAt('tools/node_modules/.package-lock.json')) >= (await changedAt('tools/package-lock.json'));
const installed = isInstalled ? 0 : run('npm', ['--prefix', 'tools', 'ci', '--no-audit', '--no-fund']);
process.exitCode = installed === 0 ? run(tool, args) : installed;

/** In milliseconds since the epoch; 0 where there is no such file. */
async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Gives its exit code. */
function run(program: string, options: readonly string[]): number {
  // As npm does it: the tools find each other there too.
  const path = `${resolve('tools/node_modules/.bin')}${delimiter}${process.env['PATH']}`;
  // On Windows npm and its programs are scripts of the shell.
  const { status, error } = spawnSync(program, options, {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
  if (error) process.stderr.write(`${program}: ${error.message}\n`);
  return status ?? 1;
}
