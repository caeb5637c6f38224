/** `migrate`: brings the database up to date, as every start does. */
import { migrateDatabase } from '../app/migrate.ts';
import type { Config } from '../config/load.ts';
import type { CliIo } from './io.ts';

/** @throws AppError invalid_input (there is no database), misconfigured, unreachable */
export async function migrate(config: Config, { stdout }: CliIo): Promise<number> {
  const applied = await migrateDatabase(config);
  stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  return 0;
}
