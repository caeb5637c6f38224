/** `migrate`: applies pending migrations of the database. */
import { migrateDatabase } from '../app/migrate.ts';
import type { Config } from '../config/load.ts';
import type { CommandDefinition } from './command.ts';
import type { CliIo } from './io.ts';

export const migrateCommand: CommandDefinition = {
  name: 'migrate',
  description: 'apply pending migrations of the PostgreSQL database, as every start of the service does',
  run: migrate,
};

/** @throws AppError invalid_input (there is no database), misconfigured, unreachable */
async function migrate(config: Config, { stdout }: CliIo): Promise<number> {
  const applied = await migrateDatabase(config);
  stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  return 0;
}
