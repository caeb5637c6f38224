/** What the outbox promises, with real receivers and the real store: nothing lost, nothing twice, nothing of the past. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Reading } from '../../src/core/model/reading.ts';
import { addDays } from '../../src/core/model/day.ts';
import { nodeFileSystem, type FileSystem } from '../../src/store/json-files/file-system.ts';
import { createFixedClock, type FixedClock } from '../support/fixed-clock.ts';
import { pass, settled, startNotifying, type NotifyingOptions, type NotifyingService } from '../support/notifying.ts';
import { startReceiver, type Received, type Receiver } from '../support/receiver.ts';

let directory: string;
let clock: FixedClock;
let receiver: Receiver;
let services: NotifyingService[];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The real files, without waiting for the disk: ten years are many. */
const hasty: FileSystem = {
  ...nodeFileSystem,
  syncFolder: async () => undefined,
  create: async (path) => ({ ...(await nodeFileSystem.create(path)), sync: async () => undefined }),
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-notify-'));
  clock = createFixedClock('2026-03-14T10:00:00.000Z', { manual: true });
  receiver = await startReceiver();
  services = [];
});

afterEach(async () => {
  for (const service of services) service.kill();
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(more: Partial<NotifyingOptions> = {}): Promise<NotifyingService> {
  const addresses = [`http+webhook://${receiver.host}/hook`];
  const service = await startNotifying({ directory, clock, addresses, ...more });
  services.push(service);
  return service;
}

function reading(repo: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry: 'dockerhub', repo, pullCount, readAt: new Date(clock.now()).toISOString(), ...more };
}

function imagesWith(total: number, more: Partial<Reading> = {}): Reading[] {
  return Array.from({ length: 200 }, (_, at) => reading(`acme/app-${at}`, total + at, { registry: 'ghcr', ...more }));
}

const body = z.object({
  type: z.string(),
  data: z.object({
    id: z.string(),
    title: z.string(),
    text: z.string(),
    events: z.array(z.object({ id: z.string(), kind: z.string(), repo: z.optional(z.string()) })),
    more_events: z.number(),
  }),
});

function titles(requests: readonly Received[] = receiver.taken): string[] {
  return requests.map(({ json }) => body.parse(json).data.title);
}

function ids(requests: readonly Received[]): string[] {
  return requests.map(({ headers }) => String(headers['webhook-id']));
}

/** A first run, and a day later one in which the image has passed a milestone. */
async function passMilestone(service: NotifyingService): Promise<void> {
  await service.run([reading('acme/app', 900)]);
  await pass(clock, day, hour);
  await service.run([reading('acme/app', 1100)]);
  await settled();
}

describe('a message', () => {
  it('says what happened, once, and not again in the next runs', async () => {
    const service = await start();
    await passMilestone(service);
    await service.run([reading('acme/app', 1110)]);
    await pass(clock, hour);
    await service.run([reading('acme/app', 1120)]);
    await pass(clock, hour);

    expect(titles()).toEqual(['acme/app (Docker Hub): passed 1,000 pulls']);
    expect(receiver.requests).toHaveLength(1);
    expect(await service.notifier.status()).toMatchObject([{ channel: 'webhook', waiting: 0, delivered: 1 }]);
  });

  it('comes with the same id after a receiver that was down for two hours, however often the service is killed meanwhile', async () => {
    receiver.answer = { status: 503 };
    let service = await start();
    await passMilestone(service);
    const endsAt = clock.now() + 2 * hour;
    for (let part = 1; clock.now() < endsAt; part += 1) {
      // At moments of all kinds: before, amid and after attempts.
      await pass(clock, part * 97_000, 7_000);
      service.kill();
      await settled();
      service = await start();
      await service.run([reading('acme/app', 1110 + part)]);
    }
    const before = receiver.requests.length;
    receiver.answer = { status: 200, body: 'ok' };
    await pass(clock, hour + 20 * minute);

    expect(before).toBeGreaterThan(8);
    expect(titles()).toEqual(['acme/app (Docker Hub): passed 1,000 pulls']);
    expect(new Set(ids(receiver.requests)).size).toBe(1);
    const attempts = receiver.requests.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(attempts).toEqual(attempts.toSorted((a, b) => a - b));
  });

  it('is sent again with the same id when the service is killed before it could note that it was taken', async () => {
    let service = await start();
    await service.run([reading('acme/app', 900)]);
    await pass(clock, day, hour);
    receiver.answer = 'head only';
    await service.run([reading('acme/app', 1100)]);
    while (receiver.requests.length === 0) await clock.advance(10);
    service.kill();
    receiver.answer = { status: 200 };
    service = await start();
    await pass(clock, hour);

    expect(receiver.requests.length).toBeGreaterThanOrEqual(2);
    expect(new Set(ids(receiver.requests)).size).toBe(1);
    expect(receiver.taken).toHaveLength(1);
  });

  it('is not sent anew by twenty restarts', async () => {
    let service = await start();
    await passMilestone(service);
    for (let restart = 0; restart < 20; restart += 1) {
      await service.stop();
      service = await start();
      await service.run([reading('acme/app', 1110 + restart)]);
      await pass(clock, 10 * minute, minute);
    }

    expect(titles()).toEqual(['acme/app (Docker Hub): passed 1,000 pulls']);
  });

  it('is given up after three days, and an event says so, once', async () => {
    receiver.answer = { status: 500, body: '{"message":"out of order"}' };
    const other = await startReceiver();
    const service = await start({ addresses: [`http+webhook://${receiver.host}/secret-path`, `http+webhook://${other.host}/hook#second`] });
    await passMilestone(service);
    await pass(clock, 3 * day + 2 * hour, 10 * minute);
    await service.run([reading('acme/app', 1200)]);
    await pass(clock, 4 * day, 10 * minute);
    await service.run([reading('acme/app', 1300)]);
    await pass(clock, hour, minute);
    await other.close();

    const given = (await service.store.events()).filter(({ kind }) => kind === 'notification_failed');
    expect(given.map(({ detail }) => detail)).toEqual([
      `“acme/app (Docker Hub): passed 1,000 pulls” could not be sent to webhook (${receiver.host}) for three days: ${receiver.host} answered 500: out of order`,
    ]);
    expect(titles(other.taken)).toEqual([
      'acme/app (Docker Hub): passed 1,000 pulls',
      expect.stringContaining('registry-stats: a notification was given up'),
    ]);
    expect(await service.notifier.status()).toMatchObject([
      { waiting: 0, delivered: 0, givenUp: 2 },
      { waiting: 0, delivered: 2 },
    ]);
    expect(JSON.stringify([service.log.lines, await service.notifier.status()])).not.toContain('secret-path');
  });

  it('says what became true while the service was down', async () => {
    let service = await start();
    await service.run([reading('acme/app', 900, { registry: 'ghcr' })]);
    await service.stop();
    await pass(clock, 6 * day, day);
    service = await start();
    // GHCR tells what the days had in which nobody looked.
    const missed = [950, 1_200, 1_300, 2_600, 2_700].map((total, at) =>
      reading('acme/app', total, { registry: 'ghcr', mark: 'backfilled', readAt: `${addDays('2026-03-15', at)}T23:59:59.999Z` }),
    );
    await service.store.save(missed);
    await service.run([reading('acme/app', 2_800, { registry: 'ghcr' })]);
    await pass(clock, hour, minute);

    expect(receiver.taken).toHaveLength(1);
    expect(body.parse(receiver.taken[0]?.json).data.text).toBe('acme/app (GHCR): passed 1,000 pulls\nacme/app (GHCR): passed 2,500 pulls');
  });
});

describe('nothing of the past', () => {
  it('is sent at a first start with 200 images that are backfilled', async () => {
    const service = await start({ rules: ['new=on', 'push=on'] });
    const past = Array.from({ length: 200 }, (_, image) =>
      Array.from({ length: 30 }, (__, at) =>
        reading(`acme/app-${image}`, 900 + 100 * at * at, {
          registry: 'ghcr',
          mark: at === 29 ? undefined : 'backfilled',
          readAt: `${addDays('2026-02-13', at)}T10:00:00.000Z`,
        }),
      ),
    ).flat();
    await service.store.save(past.filter(({ mark }) => mark === 'backfilled'));
    await service.run(past.filter(({ mark }) => mark === undefined));
    await pass(clock, hour, minute);
    await service.run(past.filter(({ mark }) => mark === undefined));
    await pass(clock, hour, minute);

    expect(receiver.requests).toEqual([]);
  });

  it('is sent of an image that is added later with its history, but that it is new, where that is asked for', async () => {
    const service = await start({ rules: ['new=on'] });
    await service.run([reading('acme/app', 900)]);
    await pass(clock, day, hour);
    const past = Array.from({ length: 20 }, (_, at) =>
      reading('acme/late', 900 + 300 * at, { mark: 'backfilled', readAt: `${addDays('2026-02-23', at)}T10:00:00.000Z` }),
    );
    await service.store.save(past);
    await service.run([reading('acme/app', 910), reading('acme/late', 20_000)]);
    await pass(clock, hour, minute);

    expect(titles()).toEqual(['acme/late (Docker Hub): first seen, with 20,000 pulls']);
  });

  it.each(['imported', undefined] as const)('is sent of ten years that are imported with the mark %s', async (mark) => {
    let service = await start({ files: hasty });
    await service.run([reading('acme/app', 5_000_000), reading('acme/other', 77)]);
    await pass(clock, day, hour);
    await service.run([reading('acme/app', 5_000_100), reading('acme/other', 78)]);
    await service.stop();
    service = await start({ files: hasty });
    const past = Array.from({ length: 3650 }, (_, at) => ({
      ...reading('acme/app', 100 * at * (at % 50 === 0 ? 2 : 1), { mark }),
      readAt: `${addDays('2026-03-14', at - 3650)}T10:00:00.000Z`,
    }));
    await service.store.save(past.flatMap((each) => [each, { ...each, repo: 'acme/imported' }]));
    await pass(clock, hour, minute);
    await service.run([reading('acme/app', 5_000_200), reading('acme/other', 79)]);
    await pass(clock, day, hour);
    await service.run([reading('acme/app', 5_000_300), reading('acme/other', 80)]);
    await pass(clock, hour, minute);

    expect(receiver.requests).toEqual([]);
  });
});

describe('one cause', () => {
  it('is one message: 200 images that are frozen at once', async () => {
    const service = await start();
    await service.run(imagesWith(1500));
    await pass(clock, day, hour);
    await service.run(imagesWith(1600));
    await pass(clock, day, hour);
    await service.run(imagesWith(1600, { mark: 'frozen' }));
    await pass(clock, hour, minute);
    await service.run(imagesWith(1600, { mark: 'frozen' }));
    await pass(clock, hour, minute);

    expect(receiver.taken).toHaveLength(1);
    const { data } = body.parse(receiver.taken[0]?.json);
    expect(data.title).toBe('GHCR: counter frozen, 200 images: acme/app-0, acme/app-1, acme/app-10 and 197 more');
    expect(data.events.length + data.more_events).toBe(200);
  });

  it('is sent when an outage has lasted for more runs than were allowed, and its end only then', async () => {
    const service = await start({ rules: ['outage=2'] });
    const failure = { repo: 'acme/app', code: 'unreachable', message: 'Docker Hub cannot be reached', missing: 'total' } as const;
    const fail = async (): Promise<void> => {
      await service.run([reading('acme/tool', 5, { registry: 'ghcr' })], { registry: 'dockerhub', failures: [failure] });
      await pass(clock, hour, minute);
    };
    const succeed = async (): Promise<void> => {
      await service.run([reading('acme/app', 10), reading('acme/tool', 5, { registry: 'ghcr' })]);
      await pass(clock, hour, minute);
    };
    await succeed();
    await fail();
    await fail();
    await succeed();
    expect(titles()).toEqual([]);
    for (let run = 0; run < 5; run += 1) await fail();
    expect(titles()).toEqual(['Docker Hub: outage: Docker Hub cannot be reached']);
    await succeed();
    await succeed();

    expect(titles()).toEqual(['Docker Hub: outage: Docker Hub cannot be reached', 'Docker Hub: outage ended']);
  });
});

describe('a receiver', () => {
  it.each([
    ['that hangs', 'hang'],
    ['that closes the connection', 'drop'],
    ['that redirects elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['that redirects to itself', { status: 303, headers: { location: '/other' } }],
    ['that answers 429', { status: 429, headers: { 'retry-after': '30' } }],
    ['that answers 429 for a day', { status: 429, headers: { 'retry-after': '86400' } }],
    ['that refuses with 10 MB', { status: 400, body: Buffer.alloc(10 * 1024 * 1024, 'x') }],
    ['that asks for a login', { status: 401, body: '{"error":"unauthorized"}' }],
  ] as const)('%s keeps no other one waiting, and gets the message later', async (_what, answer) => {
    const other = await startReceiver();
    const service = await start({ addresses: [`http+webhook://${receiver.host}/hook`, `http+webhook://${other.host}/hook#other`] });
    receiver.answer = answer;
    await passMilestone(service);
    await pass(clock, 2 * minute, 5_000);
    await expect.poll(() => other.taken.length).toBe(1);
    await expect.poll(() => receiver.requests.length).toBeGreaterThanOrEqual(1);
    expect(receiver.requests.length).toBeLessThan(10);
    receiver.answer = { status: 200 };
    await expect
      .poll(async () => {
        await pass(clock, hour, 10 * minute);
        return receiver.taken.length;
      })
      .toBe(1);

    expect(new Set(ids(receiver.requests)).size).toBe(1);
    expect(receiver.requests.every(({ method, path }) => method === 'POST' && path === '/hook')).toBe(true);
    expect(other.requests).toHaveLength(1);
    await other.close();
  });

  it('that takes the message and answers 10 MB, or never ends its answer, has taken it', async () => {
    const service = await start();
    receiver.answer = { status: 200, body: Buffer.alloc(10 * 1024 * 1024, 'x') };
    await passMilestone(service);
    await pass(clock, 2 * hour, 10 * minute);

    expect(receiver.requests).toHaveLength(1);
    expect(await service.notifier.status()).toMatchObject([{ waiting: 0, delivered: 1 }]);
  });
});

describe('quiet hours', () => {
  it('hold messages back until they are over', async () => {
    // It is 10:00 when the milestone is passed.
    const service = await start({ quietHours: { from: 9 * 60, to: 11 * 60 } });
    await passMilestone(service);
    await pass(clock, 59 * minute, minute);
    expect(receiver.requests).toEqual([]);
    await pass(clock, 2 * minute, minute);

    expect(titles()).toEqual(['acme/app (Docker Hub): passed 1,000 pulls']);
  });
});
