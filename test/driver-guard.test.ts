/** The PostgreSQL driver as the bundle has it, against a server that hangs up. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { driverGuard } from '../scripts/driver-guard.ts';

const isReady = 'Z\0\0\0\x05I';
/** "You are in". Twice ready: the driver gives a connection away at the second time only, as after it has asked for types. */
const welcome = Buffer.from(`R\0\0\0\x08\0\0\0\0${isReady}${isReady}`, 'latin1');

let directory: string;
let driver: typeof postgres;
let server: Server | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-driver-'));
  const outfile = join(directory, 'driver.mjs');
  await build({ entryPoints: ['postgres'], outfile, bundle: true, platform: 'node', format: 'esm', plugins: [driverGuard] });
  ({ default: driver } = await import(pathToFileURL(outfile).href));
});

afterEach(() => server?.close());
afterAll(() => rm(directory, { recursive: true }));

/** A server that lets everyone in and hangs up at the first query; it counts them. */
async function startServer(): Promise<{ readonly url: string; readonly queries: () => number }> {
  let queries = 0;
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(welcome);
      socket.once('data', hangUp);
    });
    const hangUp = (): void => {
      queries += 1;
      socket.end();
    };
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `postgres://me@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/x`, queries: () => queries };
}

describe('the guarded driver', () => {
  it('lets queries fail on a connection that has closed, and uses it again when it is made anew', async () => {
    const { url, queries } = await startServer();
    const sql = driver(url, { max: 1, fetch_types: false, backoff: () => 0 });
    const reserved = await sql.reserve();

    // Without the guard the second one ends the process.
    for (let times = 0; times < 3; times += 1) await expect(reserved`SELECT 1`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(queries()).toBe(1);

    // The second "ready" of the new connection counts as its answer.
    await sql`SELECT 1`;
    await expect.poll(queries).toBe(2);
    await sql.end({ timeout: 0 });
  }, 10_000);
});
