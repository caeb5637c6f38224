import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecordingLog } from '../support/recording-log.ts';
import { loadConfig } from '../../src/config/load.ts';
import { nodeFileSystem, type FileSystem } from '../../src/store/json-files/file-system.ts';
import { createFaultyFiles } from '../../src/store/json-files/testing/folder.ts';
import { createApp, type App } from '../../src/app/serve.ts';
import { descriptors } from '../../src/app/world.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-serve-'));
  for (const day of ['2026-03-12', '2026-03-13', '2026-03-14']) {
    await writeFile(join(directory, `${day}.json`), '{"docker_hub":[{"repo":"acme/app","pull_count":1}]}');
  }
});

afterEach(() => rm(directory, { recursive: true }));

function appWith(files: FileSystem): App {
  const env = { DATA_DIR: directory, HEALTH_FILE: join(directory, '.healthy'), LISTEN_ADDR: '127.0.0.1:0', RETENTION_DAYS: '0' };
  return createApp(loadConfig({ env, descriptors, readTextFile: () => '' }), { files, log: createRecordingLog() });
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => (settle = resolve));
  return { promise, resolve: () => settle?.() };
}

/** Files of which that of the second day is not read before it may be. */
function createHeldFiles(): { readonly files: FileSystem; readonly reached: Promise<void>; readonly release: () => void } {
  const held = deferred();
  const reached = deferred();
  const files: FileSystem = {
    ...nodeFileSystem,
    async read(path, maxBytes) {
      if (path.endsWith('2026-03-13.json')) {
        reached.resolve();
        await held.promise;
      }
      return nodeFileSystem.read(path, maxBytes);
    },
  };
  return { files, reached: reached.promise, release: held.resolve };
}

async function get(
  app: App,
  path: string,
): Promise<{ readonly status: number; readonly retryAfter: string | null; readonly text: string }> {
  const answer = await fetch(`${app.url()}${path}`);
  return { status: answer.status, retryAfter: answer.headers.get('Retry-After'), text: await answer.text() };
}

describe('a service that loads its history', () => {
  it('answers from the first moment: health and status at once, the rest with how far it is and when to ask again', async () => {
    const { files, reached, release } = createHeldFiles();
    const app = appWith(files);
    const starting = app.start();
    await reached;

    expect(await get(app, '/api/health')).toMatchObject({ status: 503, text: '{"status":"unhealthy"}' });
    expect(await get(app, '/api/status')).toMatchObject({ status: 200, text: expect.stringContaining('"loading history, 1 of 3 days"') });
    expect(await get(app, '/api/pulls')).toEqual({
      status: 503,
      retryAfter: '5',
      text: '{"error":{"code":"unreachable","message":"loading history, 1 of 3 days"}}',
    });
    const page = await get(app, '/');
    expect(page).toMatchObject({ status: 503, retryAfter: '5' });
    expect(page.text).toContain('Loading history, 1 of 3 days.');
    expect(page.text).toContain('<meta http-equiv="refresh" content="2" />');
    release();
    await starting;
    expect(await get(app, '/api/pulls')).toMatchObject({ status: 200, retryAfter: null });
    expect(await get(app, '/')).toMatchObject({ status: 200 });
    await app.close();
  });

  it('stops when it is told to, with its port closed and no lock left', async () => {
    const { files, reached, release } = createHeldFiles();
    const app = appWith(files);
    const stopping = new AbortController();
    const starting = app.start(stopping.signal);
    await reached;

    stopping.abort(new Error('received SIGTERM'));
    release();

    await expect(starting).rejects.toThrow('received SIGTERM');
    await expect(fetch(app.url())).rejects.toThrow('fetch failed');
    expect(await readdir(directory)).not.toContain('.lock');
  });
});

describe('a service whose disk is full', () => {
  it('serves its history, and its status says why it stores nothing', async () => {
    const files = createFaultyFiles();
    files.fail('sync', 'ENOSPC');
    const app = appWith(files);

    await app.start();

    expect(await get(app, '/api/pulls')).toMatchObject({ status: 200, text: expect.stringContaining('"acme/app"') });
    expect(await get(app, '/api/health')).toMatchObject({ status: 503 });
    expect(await get(app, '/api/status')).toMatchObject({
      text: expect.stringContaining(`"${directory} is not writable: the disk with ${directory} is full"`),
    });
    await app.close();
  });
});

/** What comes back to these bytes, until the other side closes. */
async function rawAnswer(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(request));
  let received = '';
  for await (const data of socket) received += String(data);
  return received;
}

describe('a health check in HTTP/1.0 without Host, as older load balancers send it', () => {
  it.each(['GET', 'HEAD'])('by %s is answered at the first request, and the connection is closed', async (method) => {
    const app = appWith(nodeFileSystem);
    await app.start();

    const answer = await rawAnswer(app.url(), `${method} /api/health HTTP/1.0\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer.split('\r\n\r\n')[1]).toBe(method === 'GET' ? '{"status":"unhealthy"}' : '');
    await app.close();
  });
});
