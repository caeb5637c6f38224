/** The outbox that processes share in PostgreSQL: the suite of all of them, and three senders that share one. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Notice, NotifyMemory } from '../../src/core/model/notice.ts';
import { createHttpClientFactory } from '../../src/net/client.ts';
import { createChannels, createNotifier, type Notifier } from '../../src/notify/index.ts';
import { parseNotifyRules } from '../../src/core/model/notify-rules.ts';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts';
import { describeOutbox } from '../../src/store/testing/contract-outbox.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { openSqlClient, readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { startReceiver } from '../support/receiver.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await startPostgres();
});

afterAll(() => database.dispose());

const log = createRecordingLog();

async function open(url: string): Promise<PostgresStore> {
  return openPostgresStore({ url, migrations: await readMigrations(), clock: systemClock, log });
}

describeOutbox('a database', async () => {
  const url = await database.createWithTables();
  const stores = [await open(url)];
  const client = await openSqlClient(url);
  return {
    outbox: stores[0]?.outbox ?? fail(),
    async reopen() {
      const store = await open(url);
      stores.push(store);
      return store.outbox;
    },
    async pass(ms) {
      await client.query(`UPDATE notify_deliveries SET added_at = added_at - interval '${ms} ms', due_at = due_at - interval '${ms} ms',
        tried_at = tried_at - interval '${ms} ms', leased_until = leased_until - interval '${ms} ms', ended_at = ended_at - interval '${ms} ms'`);
    },
    async dispose() {
      await client.end();
      await Promise.all(stores.map((store) => store.close()));
    },
  };
});

function fail(): never {
  throw new Error('no store');
}

const messages = 30;
const channel = 'hook';
const memory: NotifyMemory = { watermark: '2026-03-14T10:00:00.000Z', known: {}, seen: {}, troubles: {} };

function notice(at: number): Notice {
  return {
    id: `msg_${at}`,
    kind: 'events',
    time: memory.watermark,
    title: `${at}`,
    isProblem: false,
    lines: [],
    events: [],
    moreEvents: 0,
  };
}

describe('three collectors on a database that restarts', () => {
  const opened: { readonly store: PostgresStore; readonly notifier: Notifier }[] = [];

  afterEach(async () => {
    await Promise.all(opened.map(({ notifier }) => notifier.stop()));
    await Promise.all(opened.map(({ store }) => store.close()));
    opened.length = 0;
  });

  it('send each message once', async () => {
    const url = await database.create();
    const receiver = await startReceiver();
    for (let number = 0; number < 3; number += 1) {
      const store = await open(url);
      const clock = systemClock;
      const createHttpClient = createHttpClientFactory({ fetch, clock, random: Math.random, userAgent: 'test', log });
      const notifier = createNotifier({
        channels: createChannels([`http+webhook://${receiver.host}/hook#${channel}`], '', { createHttpClient, clock }),
        // Without the pause that a real service makes between two looks.
        store: { ...store, outbox: { ...store.outbox, pollMs: 50 } },
        clock,
        random: Math.random,
        log,
        rules: parseNotifyRules([], ['ghcr']),
        timeZone: 'UTC',
        groups: [],
        titles: new Map(),
        isFromWildcard: () => false,
        leaseMs: 60_000,
      });
      notifier.start();
      opened.push({ store, notifier });
    }
    const [first, second] = opened;
    if (!first || !second) throw new Error('no store');
    // All of them add the same, as if each had ended the run.
    const add = (from: number, to: number) =>
      Promise.all(
        opened.map(({ store }) =>
          store.outbox.advance(() => ({
            memory,
            messages: Array.from({ length: to - from }, (_, at) => ({ channel, notice: notice(from + at) })),
          })),
        ),
      );
    await add(0, messages / 2);
    await expect.poll(() => receiver.taken.length).toBeGreaterThan(2);
    await database.stop();
    await database.start();
    await expect
      .poll(() =>
        add(messages / 2, messages)
          .then(() => true)
          .catch(() => false),
      )
      .toBe(true);
    await expect.poll(async () => (await first.store.outbox.report([channel]))[0]?.waiting, { interval: 500 }).toBe(0);
    await receiver.close();

    const ids = receiver.taken.map(({ headers }) => String(headers['webhook-id']));
    expect(ids.toSorted()).toEqual(Array.from({ length: messages }, (_, at) => `msg_${at}`).toSorted());
    expect(await second.store.outbox.report([channel])).toMatchObject([{ delivered: messages, givenUp: 0 }]);
  });
});
