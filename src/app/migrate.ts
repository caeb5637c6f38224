/** `migrate`: brings the schema of the database up to date. */
import type { Config } from '../config/load.ts';
import { AppError } from '../core/model/errors.ts';
import { migrateDatabase as migrateTables } from '../store/index.ts';
import { databaseOf } from './store.ts';
import { type Overrides, createWorld } from './world.ts';

/** Resolves to the names of what was applied. @throws AppError invalid_input (there is no database), misconfigured, unreachable */
export async function migrateDatabase(config: Config, overrides: Overrides = {}): Promise<readonly string[]> {
  const database = databaseOf(config);
  if (!database) throw new AppError('invalid_input', 'DATABASE_URL is not set: files need no migration');
  return migrateTables(database, createWorld(config, overrides).log);
}
