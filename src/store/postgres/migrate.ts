/** Brings the schema of the database up to date: numbered SQL files, each once, one process at a time. */
import { createHash } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { Database } from './database.ts';
import { migrationLock, schemaName } from './locks.ts';

export interface Migration {
  /** `0001-totals.sql` */
  readonly name: string;
  readonly sql: string;
}

const applied = z.array(z.object({ name: z.string(), checksum: z.string() }));

/**
 * Resolves to the names of the migrations that were applied now.
 * @throws AppError misconfigured when the schema is newer than this program, or was changed; else what the database throws
 */
export async function migrate(database: Pick<Database, 'withLock'>, migrations: readonly Migration[]): Promise<readonly string[]> {
  return database.withLock(migrationLock, async (connection) => {
    const [existing] = await connection.query(sql`SELECT to_regclass(${`${schemaName}.migrations`}) IS NOT NULL AS is_there`);
    if (existing?.['is_there'] !== true) {
      // Not IF NOT EXISTS: where the schema was made for this user beforehand, the user needs no right to create one.
      const [own] = await connection.query(sql`SELECT to_regnamespace(${schemaName}) IS NOT NULL AS is_there`);
      if (own?.['is_there'] !== true) await connection.query(raw(`CREATE SCHEMA ${schemaName}`));
      await connection.query(
        raw(
          `CREATE TABLE ${schemaName}.migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
        ),
      );
    }
    const known = applied.parse(await connection.query(sql`SELECT name, checksum FROM migrations ORDER BY name`));
    const pending = pendingOf(migrations, known);
    for (const { name, sql: text } of pending) {
      const record = `INSERT INTO migrations (name, checksum) VALUES ('${name}', '${checksumOf(text)}')`;
      await connection.query(raw(`BEGIN; ${text}; ${record}; COMMIT`)).catch(async (error: unknown) => {
        await connection.query(raw('ROLLBACK'));
        throw error;
      });
    }
    return pending.map(({ name }) => name);
  });
}

function pendingOf(migrations: readonly Migration[], known: z.infer<typeof applied>): readonly Migration[] {
  const names = new Set(migrations.map(({ name }) => name));
  const unknown = known.find(({ name }) => !names.has(name));
  if (unknown) {
    throw new AppError(
      'misconfigured',
      `the database was brought to ${unknown.name} by a newer registry-stats: use that version, or restore a backup of the database`,
    );
  }
  const checksums = new Map(known.map(({ name, checksum }) => [name, checksum]));
  for (const { name, sql: text } of migrations) {
    const before = checksums.get(name);
    if (before !== undefined && before !== checksumOf(text))
      throw new AppError('misconfigured', `${name} is not the migration that the database had: it was changed after it had been applied`);
  }
  return migrations.filter(({ name }) => !checksums.has(name));
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
