/** Digests with the real store and a receiver: when they come, and what they say. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { addDays } from '../../src/core/model/day.ts';
import { createFixedClock, type FixedClock } from '../support/fixed-clock.ts';
import { pass, startNotifying, type NotifyingService } from '../support/notifying.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

let directory: string;
let clock: FixedClock;
let receiver: Receiver;
let services: NotifyingService[];
const hour = 3_600_000;
const day = 24 * hour;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-digest-'));
  // A Friday.
  clock = createFixedClock('2026-03-13T10:00:00.000Z', { manual: true });
  receiver = await startReceiver();
  services = [];
});

afterEach(async () => {
  for (const service of services) service.kill();
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<NotifyingService> {
  const service = await startNotifying({
    directory,
    clock,
    addresses: [`http+webhook://${receiver.host}/hook`],
    rules: ['all=off'],
    digest: { every: 'week', weekday: 1, minute: 480 },
    timeZone: 'Europe/Berlin',
  });
  services.push(service);
  return service;
}

/** A run on each of so many days, at ten o'clock; the image has 100 pulls a day more each time. */
async function runDaily(service: NotifyingService, days: number): Promise<void> {
  for (let at = 0; at < days; at += 1) {
    const total = 2_000 + 100 * Math.round((clock.now() - Date.parse('2026-03-13T10:00:00.000Z')) / day);
    await service.run([{ registry: 'ghcr', repo: 'acme/app', pullCount: total, readAt: new Date(clock.now()).toISOString() }]);
    await pass(clock, day, hour);
  }
}

const body = z.object({
  type: z.literal('registry-stats.digest'),
  data: z.object({ id: z.string(), title: z.string(), markdown: z.string() }),
});

describe('a weekly digest', () => {
  it('comes once on Monday at eight in Berlin, with the days since the one before, and not for weeks before the first run', async () => {
    let service = await start();
    await runDaily(service, 10);
    await service.stop();
    service = await start();
    await runDaily(service, 2);
    const digests = receiver.taken.map(({ json }) => body.parse(json).data);

    expect(digests.map(({ title }) => title)).toEqual(['Pulls from 2026-03-09 to 2026-03-15', 'Pulls from 2026-03-16 to 2026-03-22']);
    expect(new Set(digests.map(({ id }) => id)).size).toBe(2);
    expect(digests[1]?.markdown).toContain('| acme/app | ghcr | 2,900 | 700 |');
    expect(digests[1]?.markdown).toContain('**Milestones**\n2026-03-18 acme/app (GHCR): passed 2,500 pulls');
  });

  it('that was missed while the service was down comes with the next start, the last one only', async () => {
    let service = await start();
    await runDaily(service, 2);
    await service.stop();
    await pass(clock, 24 * day, day);
    service = await start();
    await pass(clock, hour, 60_000);
    await runDaily(service, 1);

    expect(receiver.taken.map(({ json }) => body.parse(json).data.title)).toEqual([
      expect.stringContaining(`to ${addDays('2026-04-06', -1)}`),
    ]);
  });
});
