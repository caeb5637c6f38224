/** `config`: what every setting came out as, and which entries cannot be used. */
import type { Config } from '../config/load.ts';
import type { CliIo } from './io.ts';
import { describeProblem } from './problem.ts';
import { formatTable } from './table.ts';

export async function printConfig(config: Config, { stdout }: CliIo, options: Readonly<Record<string, unknown>>): Promise<number> {
  const { effective, problems } = config;
  if (options['json'] === true) {
    stdout.write(`${JSON.stringify({ settings: effective, problems }, null, 2)}\n`);
    return 0;
  }
  const rows = effective.map(({ variable, value, from }) => [variable, value === '' ? '(empty)' : value, from]);
  stdout.write(`${formatTable(['VARIABLE', 'VALUE', 'FROM'], rows)}\n`);
  for (const problem of problems) stdout.write(`${describeProblem(problem)}\n`);
  return 0;
}
