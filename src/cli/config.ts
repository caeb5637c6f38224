/** `config`: the effective configuration and its invalid entries. */
import type { Config } from '../config/load.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { describeProblem } from './problem.ts';
import { formatTable } from './table.ts';

export const configCommand: CommandDefinition = {
  name: 'config',
  description: 'print the effective configuration, secrets hidden',
  options: [{ flags: '--json', description: 'print JSON' }],
  run: printConfig,
};

async function printConfig({ effective, problems }: Config, { stdout }: CliIo, { json }: CommandOptions): Promise<number> {
  if (json === true) {
    stdout.write(`${JSON.stringify({ settings: effective, problems }, null, 2)}\n`);
    return 0;
  }
  const rows = effective.map(({ variable, value, from }) => [variable, value === '' ? '(empty)' : value, from]);
  stdout.write(`${formatTable(['VARIABLE', 'VALUE', 'FROM'], rows)}\n`);
  for (const problem of problems) stdout.write(`${describeProblem(problem)}\n`);
  return 0;
}
