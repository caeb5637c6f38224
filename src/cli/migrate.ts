/** `migrate`: applies pending migrations of the database. */
import { migrateDatabase, rebuildKept, verifyKept } from '../app/migrate.ts';
import type { Config } from '../config/load.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';

export const migrateCommand: CommandDefinition = {
  name: 'migrate',
  description: 'apply pending migrations of the PostgreSQL database, as every start of the service does',
  options: [
    {
      flags: '--verify',
      description: 'then compare the values and sums that lists and charts use with the totals; exit code 1 where they differ',
    },
    { flags: '--rebuild', description: 'then work these values and sums out anew from the totals; saving waits meanwhile' },
  ],
  run: migrate,
};

/** Differences that are listed; where there are more, the rest is counted. */
const maxListed = 20;

/** @throws AppError invalid_input (there is no database), misconfigured, unreachable */
async function migrate(config: Config, { stdout }: CliIo, options: CommandOptions): Promise<number> {
  const applied = await migrateDatabase(config);
  stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  if (options['rebuild'] === true) {
    await rebuildKept(config);
    stdout.write('The values and sums were worked out anew.\n');
  }
  return options['verify'] === true ? verify(config, stdout) : 0;
}

async function verify(config: Config, stdout: CliIo['stdout']): Promise<number> {
  const differences = await verifyKept(config);
  if (differences.length === 0) {
    stdout.write('The values and sums are those of the totals.\n');
    return 0;
  }
  for (const each of differences.slice(0, maxListed)) stdout.write(`${each}\n`);
  if (differences.length > maxListed) stdout.write(`and ${differences.length - maxListed} more\n`);
  stdout.write('Run registry-stats migrate --rebuild\n');
  return 1;
}
