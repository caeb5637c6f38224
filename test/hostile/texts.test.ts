/** Texts from outside, in an answer or in a stored file: shown without control characters and credentials wherever they are shown. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayOf } from '../../src/core/model/day.ts';
import { environmentOf } from '../support/environment.ts';
import { runProgram, startService, type Service } from '../support/program.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo } from '../../src/demo/simulator/world.ts';

const secret = 'dckr_pat_ABCDEFGHIJKLMNOP1234567890';
const bearer = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhY21lIn0.c2lnbmF0dXJl';
const hostile = `\u001B[2J\u202Etxt\u0007 denied for ${secret} with Bearer ${bearer}\r\n{"level":"error"}`;
const controls = /\p{Cf}|[^\P{Cc}\t\n\r]/u;

let directory: string;
let simulator: Simulator;
let service: Service | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-texts-'));
  const packages = [ghcrPackage({ name: 'app', versions: [ghcrVersion({ id: 1, downloads: 7, tags: ['1'] })] })];
  simulator = await startSimulator({
    world: {
      ...emptyWorld(),
      dockerHub: [{ name: 'acme', repos: [hubRepo({ name: 'app', pulls: 42 })] }],
      ghcr: [{ login: 'acme', kind: 'user', packages }],
    },
  });
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await simulator.close();
  await rm(directory, { recursive: true });
});

/** A Docker Hub that refuses with the message, in each of the fields that it uses, and a ghcr.io that does the same. */
function refuseWith(field: string): Record<string, string> {
  simulator.inject({ server: 'dockerhub', match: '', fault: { kind: 'status', status: 403, body: JSON.stringify({ [field]: hostile }) } });
  simulator.inject({
    server: 'ghcr',
    match: '',
    fault: { kind: 'status', status: 403, body: JSON.stringify({ errors: [{ message: hostile }] }) },
  });
  return environmentOf(simulator, directory, { DOCKERHUB_REPOS: 'acme/app,acme/*', GHCR_REPOS: 'acme/app', BACKFILL: 'off' });
}

async function text(path: string): Promise<string> {
  return (await fetch(`${service?.url}${path}`)).text();
}

describe('a hostile message of a registry', () => {
  it.each(['message', 'detail'])('in "%s" is one clean line without a credential in status, page, metrics and log', async (field) => {
    service = await startService(refuseWith(field));
    await service.logged(/run done/);

    const [api, page, metrics, events] = [
      await text('/api/status'),
      await text('/status'),
      await text('/metrics'),
      await text('/api/events'),
    ];
    expect(api).toContain('denied for');
    expect(page).toContain('denied for');
    for (const shown of [api, page, metrics, events, service.log()]) {
      expect(shown).not.toMatch(controls);
      expect(shown).not.toContain('\\u001b');
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(bearer);
    }
    for (const line of service.log().trimEnd().split('\n')) expect(() => void JSON.parse(line)).not.toThrow();
  });

  it('neither moves the cursor of a terminal nor shows a credential there', async () => {
    const env = refuseWith('detail');
    const program = runProgram(['collect'], { env: { ...env, LOG_FORMAT: 'pretty' } });
    await program.exited;

    expect(program.output()).toContain('denied for');
    for (const shown of [program.output(), program.log()]) {
      expect(shown).not.toMatch(controls);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(bearer);
    }
  });
});

describe('a hostile text in a stored file', () => {
  it('is shown plainly: names of tags, platforms and details of events', async () => {
    const env = environmentOf(simulator, directory, { DOCKERHUB_REPOS: '' });
    const day = dayOf(Date.now());
    const images = [{ architecture: 'amd\u001B[31m64', os: 'linux\u0000', digest: '', size: 1 }];
    const tags = [{ name: '1.0\u001B[2J\u202E', last_updated: `${day}T00:00:00Z`, digest: 'sha256:\u0007', images, full_size: 1 }];
    const event = {
      time: `${day}T00:00:00Z`,
      seen_at: `${day}T00:00:00Z`,
      registry: 'dockerhub',
      repo: 'acme/app',
      kind: 'tag_pushed',
      detail: hostile,
    };
    await mkdir(env.DATA_DIR, { recursive: true });
    await writeFile(
      join(env.DATA_DIR, `${day}.json`),
      JSON.stringify({
        timestamp: `${day}T00:00:01Z`,
        docker_hub: [{ repo: 'acme/app', last_updated: '', tags, pull_count: 5 }],
        events: [event],
      }),
    );
    service = await startService(env);

    for (const path of ['/api/tags', '/api/tags/history', '/api/events', '/images/acme/app']) {
      const shown = await text(path);
      expect(shown).not.toMatch(controls);
      expect(shown).not.toMatch(/\\u00(?:1b|07|00)/i);
    }
    expect(await text('/api/tags')).toContain('1.0�[2J�');
    expect(await text('/api/events')).toContain('denied for');
  });
});
