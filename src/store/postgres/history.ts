/** The history in PostgreSQL only to be read: it never migrates, and a user who may only read is enough. */
import { AppError } from '../../core/model/errors.ts';
import type { Clock, SnapshotStore } from '../../core/ports.ts';
import { holdBackAnswers } from '../hold-back.ts';
import { openDatabase, type Database, type DatabaseDeps } from './database.ts';
import { databasePlace, errorCode } from './database-error.ts';
import { schemaName } from './locks.ts';
import { readLatest, readSumsSince, toDaySums } from './kept/read.ts';
import { readDailyTotals } from './daily-totals.ts';
import { countEvents, readEvents } from './events.ts';
import { readDays, readInParts, readTotals } from './read.ts';
import { checkSchema, type Migration } from './schema.ts';

export type PostgresHistory = Pick<
  SnapshotStore,
  'totals' | 'dailyTotals' | 'latest' | 'daySums' | 'readings' | 'events' | 'countEvents' | 'days' | 'close'
>;

export interface PostgresHistoryDeps extends Omit<DatabaseDeps, 'isReadOnly'> {
  readonly migrations: readonly Migration[];
  readonly clock: Pick<Clock, 'now'>;
}

const insufficientPrivilege = '42501';

/** @throws AppError misconfigured (an older or newer schema, a missing right, a wrong address or password), unreachable */
export async function openPostgresHistory({ migrations, clock, ...deps }: PostgresHistoryDeps): Promise<PostgresHistory> {
  // The server itself refuses every change.
  const database = openDatabase({ ...deps, isReadOnly: true });
  try {
    await checkSchema(database, migrations);
  } catch (error) {
    await database.close();
    if (errorCode(error) !== insufficientPrivilege) throw error;
    throw new AppError(
      'misconfigured',
      `${databasePlace(deps.url)} does not let the user of DATABASE_URL read: GRANT USAGE ON SCHEMA ${schemaName} and SELECT ON ALL TABLES IN SCHEMA ${schemaName}`,
      { cause: error },
    );
  }
  return { ...holdBackAnswers(historyOf(database), { clock, log: deps.log }), close: () => database.close() };
}

/** The part of the store that only asks. */
export function historyOf(database: Database): Omit<PostgresHistory, 'close'> {
  return {
    totals: (query, span) => readTotals(database, query, span),
    dailyTotals: (query, span, options) => readDailyTotals(database, query, span, options),
    latest: (query) => readLatest(database, query),
    daySums: async (registries) => toDaySums(await readSumsSince(database, -1), registries),
    async *readings(query, span) {
      yield* readInParts(database, await readDays(database, { ...span, withPruned: true }), query);
    },
    events: (query) => readEvents(database, query),
    countEvents: (query) => countEvents(database, query),
    days: () => readDays(database),
  };
}
