/** The program in the heap that the image gives it in a container of 128 MiB, over files that are larger than that lets it hold. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import { getJson, imageStart, startService, type Service } from '../support/program.ts';

/** 60% of 128 MiB, as the Dockerfile has it. */
const heapOption = '--max-old-space-size=76';

let directory = '';
let service: Service | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-large-'));
});

afterEach(async () => {
  service?.child.kill('SIGKILL');
  await service?.exited;
  await rm(directory, { recursive: true });
});

async function start(): Promise<Service> {
  const { nodeOptions, env } = await imageStart();
  const settings = { DATA_DIR: directory, HEALTH_FILE: join(directory, '.healthy'), RETENTION_DAYS: '0', POLL_INTERVAL_HOURS: '0' };
  service = await startService({ ...env, ...settings }, { nodeOptions: [...nodeOptions, heapOption] });
  return service;
}

/** How many bytes an answer has, which is read and dropped. */
async function bytesOf(url: string): Promise<number> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  let bytes = 0;
  for await (const piece of answer.body ?? []) bytes += piece.length;
  return bytes;
}

function foreignRow(at: number): string {
  return JSON.stringify({ repo: `acme/image-${at % 50}`, pull_count: at, note: Array(40).fill(`é${at}`), n: at });
}

/** Rows with the totals of some images, and 49 MiB that nobody knows. */
async function writeForeign(name: string): Promise<number> {
  const file = await open(join(directory, name), 'w');
  let { bytesWritten: bytes } = await file.write(`{"timestamp":"2026-03-14T10:00:00Z","docker_hub":[${foreignRow(0)}`);
  for (let at = 1; bytes < 49 * 1024 * 1024; at += 500) {
    const rows = Array.from({ length: 500 }, (_, more) => `,${foreignRow(at + more)}`).join('');
    bytes += (await file.write(rows)).bytesWritten;
  }
  bytes += (await file.write('],"foreign":[1,{"deep":[true]}]}')).bytesWritten;
  await file.close();
  return bytes;
}

function tagRows(day: number): object[] {
  return Array.from({ length: 5_000 }, (_, at) => ({
    name: `1.${at}`,
    version_id: String(1_000_000 + at),
    pull_count: at + day,
    digest: `sha256:${at}`,
  }));
}

it('a day of 49 MiB of another program is counted, and served whole, by a program that lives on', async () => {
  const bytes = await writeForeign('2026-03-14.json');
  await writeFile(join(directory, '2026-03-13.json'), '{"docker_hub":[{"repo":"acme/image-1","pull_count":0}]}');
  const { url } = await start();

  expect(await bytesOf(`${url}/api/snapshot?date=2026-03-14`)).toBe(bytes);
  expect(await bytesOf(`${url}/api/snapshot`)).toBe(bytes);
  expect((await getJson(`${url}/api/summary?date=2026-03-14`)).body).toHaveLength(50);
  expect((await getJson(`${url}/api/pulls?repo=acme/image-1`)).body).toHaveLength(2);
  expect(await service?.stop()).toBe(0);
});

it('the history of 5,000 tags over 90 days is answered by a program that lives on', async () => {
  for (let day = 0; day < 90; day += 1) {
    const rows = [
      { package: 'acme/app', download_count: 1_000 + day, tags: tagRows(day) },
      { package: 'acme/other', download_count: day, tags: tagRows(day) },
    ];
    await writeFile(
      join(directory, `${addDays('2026-01-01', day)}.json`),
      JSON.stringify({ timestamp: `${addDays('2026-01-01', day)}T10:00:00Z`, ghcr: rows }, null, 2),
    );
  }
  const { url } = await start();

  const answer = await fetch(`${url}/api/tags/history?repo=acme/app&format=csv`);
  let lines = 0;
  for await (const piece of answer.body ?? []) lines += Buffer.from(piece).toString('latin1').split('\n').length - 1;

  expect(lines).toBe(1 + 90 * 5_000);
  expect((await getJson(`${url}/api/tags?repo=acme/app&limit=10`)).body).toHaveLength(10);
  expect(await service?.stop()).toBe(0);
});
