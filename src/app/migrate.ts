/** `migrate`: brings the schema of the database up to date, and checks what is kept in it. */
import type { Config } from '../config/load.ts';
import { AppError } from '../core/model/errors.ts';
import { migrateDatabase as migrateTables, rebuildDatabase, verifyDatabase, type Database } from '../store/index.ts';
import { databaseOf } from './store.ts';
import { type Overrides, createWorld } from './world.ts';

/** Resolves to the names of what was applied. @throws AppError invalid_input (there is no database), misconfigured, unreachable */
export async function migrateDatabase(config: Config, overrides: Overrides = {}): Promise<readonly string[]> {
  return migrateTables(requireDatabase(config), createWorld(config, overrides).log);
}

/** Resolves to what differs between the totals and what is kept of them. @throws AppError as migrateDatabase */
export async function verifyKept(config: Config, overrides: Overrides = {}): Promise<readonly string[]> {
  return verifyDatabase(requireDatabase(config), createWorld(config, overrides).log);
}

/** Works out anew what is kept of the totals. @throws AppError as migrateDatabase */
export async function rebuildKept(config: Config, overrides: Overrides = {}): Promise<void> {
  return rebuildDatabase(requireDatabase(config), createWorld(config, overrides).log);
}

function requireDatabase(config: Config): Database {
  const database = databaseOf(config);
  if (!database) throw new AppError('invalid_input', 'DATABASE_URL is not set: files need no migration');
  return database;
}
