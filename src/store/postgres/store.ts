/** Snapshots in PostgreSQL, for several processes at once. The tables hold the truth; what a process keeps is only the number of the last change. */
import sql from 'sql-template-tag';
import { isDay } from '../../core/model/day.ts';
import { AppError, errorFields, toAppError } from '../../core/model/errors.ts';
import { matches } from '../../core/model/query.ts';
import type { Clock, Logger, NotifyingStore } from '../../core/ports.ts';
import { groupByDay } from '../by-day.ts';
import { holdBack } from '../hold-back.ts';
import { countRow } from './changes.ts';
import { openDatabase, type Database } from './database.ts';
import { historyOf } from './history.ts';
import { createKeptCache } from './kept/cache.ts';
import { readLatest } from './kept/read.ts';
import { changesChannel } from './locks.ts';
import { createPostgresOutbox } from './outbox.ts';
import { checkSchema, migrate, type Migration } from './schema.ts';
import { deleteBefore, prune } from './prune.ts';
import { readSnapshot } from './snapshot.ts';
import { saveBatch } from './save.ts';

export interface PostgresStoreDeps {
  readonly url: string;
  readonly migrations: readonly Migration[];
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Nothing can be saved in it, and it tells nobody that it has changed. */
  readonly isReplica?: boolean | undefined;
  /** How often a replica is asked whether it has changed. */
  readonly replicaPollMs?: number;
}

export interface PostgresStore extends NotifyingStore {
  /** For what else is kept in the same database. */
  readonly database: Database;
}

const defaultReplicaPollMs = 2_000;
/** A list of tags has at least 128 KiB of room, however many images there are. */
const imagesAtOnce = 200;

/**
 * Connects, and brings the schema up to date; of a replica it is only checked.
 * @throws AppError misconfigured (a wrong address or password, a missing right, a newer schema), unreachable
 */
export async function openPostgresStore(deps: PostgresStoreDeps): Promise<PostgresStore> {
  const store = holdBack(await openTables(deps), deps);
  try {
    await store.heldBack();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

async function openTables(deps: PostgresStoreDeps): Promise<Omit<PostgresStore, 'heldBack'>> {
  const { url, migrations, clock, log, isReplica = false, replicaPollMs = defaultReplicaPollMs } = deps;
  const database = openDatabase({ url, log, isReadOnly: isReplica });
  const partitions = new Set<string>();
  const kept = createKeptCache(database);
  let changes = 0;
  let isClosed = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function follow(): Promise<void> {
    const [row] = await database.select(countRow, sql`SELECT count FROM changes`);
    changes = Math.max(changes, row?.count ?? 0);
  }

  const followLater = (): Promise<void> =>
    follow().catch((error: unknown) => log.warn('changes of the database are not known', errorFields(toAppError(error))));
  let polling: NodeJS.Timeout | undefined;

  try {
    if (isReplica) await checkSchema(database, migrations);
    else {
      const applied = await migrate(database, migrations);
      if (applied.length > 0) log.info('database brought up to date', { migrations: [...applied] });
      await database.listen({
        channel: changesChannel,
        onMessage: (count) => void (changes = Math.max(changes, Number(count))),
        // What was told while the connection was lost is not known.
        onListening: () => void followLater(),
      });
    }
    await follow();
    // PostgreSQL lets nobody listen on a replica.
    if (isReplica) polling = setInterval(() => void followLater(), replicaPollMs);
  } catch (error) {
    await database.close();
    throw error;
  }

  /** Saves and prunes of this process go one after the other, as they were asked for. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = queue.then(step);
    queue = result.catch(() => undefined);
    return result;
  }

  return {
    database,
    outbox: createPostgresOutbox(database),
    async save(readings, events = []) {
      const batch = groupByDay(readings, events);
      if (batch.size === 0) return;
      await inTurn(async () => {
        changes = Math.max(changes, await saveBatch(database, batch, { partitions, now: clock.now() }));
      });
    },
    ...historyOf(database),
    imagesAtOnce: () => imagesAtOnce,
    latest: async (query) => {
      // One image of thousands is looked up, not searched for.
      if (query.repos) return readLatest(database, query);
      const images = await kept.latest(changes);
      return query.registries ? images.filter((image) => matches(query, image)) : images;
    },
    daySums: (registries) => kept.daySums(changes, registries),
    snapshot: async (day) => (isDay(day) ? readSnapshot(database, day) : undefined),
    async prune(before, { withTotals = false, signal } = {}) {
      if (!isDay(before)) throw new AppError('invalid_input', `"${before}" is not a day`);
      return inTurn(async () => {
        const pruned = await (withTotals ? deleteBefore : prune)(database, before, signal);
        if (withTotals) partitions.clear();
        changes = Math.max(changes, pruned.change);
        return pruned.days;
      });
    },
    version: () => `pg-${changes}`,
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(polling);
      await queue;
      await database.close();
    },
  };
}
