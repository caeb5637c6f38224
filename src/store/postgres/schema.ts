/** The version of the tables: numbered SQL files, each applied once, by one process at a time; those who only read check it and change nothing. */
import { createHash } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { Database, Queries } from './database.ts';
import { rebuildKept } from './kept/rebuild.ts';
import { migrationLock, schemaName } from './locks.ts';

export interface Migration {
  /** `0001-totals.sql` */
  readonly name: string;
  readonly sql: string;
}

/** What new tables hold of the old ones, where that is worked out by the rules of the core. */
const fillTables: Readonly<Record<string, (connection: Queries) => Promise<void>>> = {
  '0010-kept-values.sql': (connection) => rebuildKept(connection, 0),
};

const appliedRow = z.object({ name: z.string(), checksum: z.string() });
type Applied = z.infer<typeof appliedRow>;

/**
 * Applies what is missing. Resolves to the names of the migrations that were applied now.
 * @throws AppError misconfigured when the schema is newer than this program, or was changed; what the database throws
 */
export async function migrate(database: Pick<Database, 'withLock'>, migrations: readonly Migration[]): Promise<readonly string[]> {
  return database.withLock(migrationLock, async (connection) => {
    const applied = (await readApplied(connection)) ?? (await createMigrationsTable(connection));
    const pending = pendingOf(migrations, applied);
    for (const { name, sql: text } of pending) {
      const record = `INSERT INTO migrations (name, checksum) VALUES ('${name}', '${checksumOf(text)}')`;
      try {
        await connection.query(raw(`BEGIN; ${text}`));
        await fillTables[name]?.(connection);
        await connection.query(raw(`${record}; COMMIT`));
      } catch (error) {
        await connection.query(raw('ROLLBACK'));
        throw error;
      }
    }
    return pending.map(({ name }) => name);
  });
}

/**
 * Resolves when the tables are those of this program; needs no right but to read.
 * @throws AppError misconfigured, with the version that is there, the one that is needed and what to do; what the database throws
 */
export async function checkSchema(database: Queries, migrations: readonly Migration[]): Promise<void> {
  const applied = await readApplied(database);
  const pending = pendingOf(migrations, applied ?? []);
  if (pending.length === 0) return;
  const there = applied?.at(-1);
  const state = there ? `is at version ${versionOf(there)}` : 'has no tables of registry-stats yet';
  throw new AppError(
    'misconfigured',
    `the database ${state}, and version ${versionOf(migrations.at(-1))} is needed: run registry-stats migrate (reading changes nothing)`,
  );
}

/** In the order of their numbers; undefined before the first migration. */
async function readApplied(connection: Queries): Promise<readonly Applied[] | undefined> {
  const [table] = await connection.query(sql`SELECT to_regclass(${`${schemaName}.migrations`}) IS NOT NULL AS is_there`);
  if (table?.['is_there'] !== true) return undefined;
  return connection.select(appliedRow, sql`SELECT name, checksum FROM migrations ORDER BY name`);
}

async function createMigrationsTable(connection: Queries): Promise<readonly Applied[]> {
  // Not IF NOT EXISTS: where the schema was made for this user beforehand, the user needs no right to create one.
  const [own] = await connection.query(sql`SELECT to_regnamespace(${schemaName}) IS NOT NULL AS is_there`);
  if (own?.['is_there'] !== true) await connection.query(raw(`CREATE SCHEMA ${schemaName}`));
  await connection.query(
    raw(
      `CREATE TABLE ${schemaName}.migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    ),
  );
  return [];
}

/** @throws AppError misconfigured when the tables are not those that these migrations make */
function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const names = new Set(migrations.map(({ name }) => name));
  const newest = applied.at(-1);
  if (applied.some(({ name }) => !names.has(name))) {
    throw new AppError(
      'misconfigured',
      `the database is at version ${versionOf(newest)}, made by a newer registry-stats; this one knows version ${versionOf(migrations.at(-1))}: use the newer registry-stats, or restore a backup of the database`,
    );
  }
  const checksums = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  for (const { name, sql: text } of migrations) {
    const before = checksums.get(name);
    if (before !== undefined && before !== checksumOf(text))
      throw new AppError('misconfigured', `${name} is not the migration that the database had: it was changed after it had been applied`);
  }
  return migrations.filter(({ name }) => !checksums.has(name));
}

/** `0005-mark` */
function versionOf(migration: Pick<Migration, 'name'> | undefined): string {
  return migration?.name.replace(/\.sql$/, '') ?? 'none';
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Reads as little as possible. @throws what the database throws */
export async function ping(database: Queries): Promise<void> {
  await readApplied(database);
}
