/** Many images that fail alike: one sentence about the registry instead of one an image, whatever the reason. */
import { afterEach, describe, expect, it } from 'vitest';
import { startCollector, type Collector } from './support/collector.ts';
import { lockedOut, type DockerHubQuirks } from '../src/demo/simulator/dockerhub-quirks.ts';
import { refusals, type Fault } from '../src/demo/simulator/faults.ts';
import type { GithubQuirks } from '../src/demo/simulator/github-quirks.ts';
import type { ServerName } from '../src/demo/simulator/index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo, hubTag, type World } from '../src/demo/simulator/world.ts';

let collector: Collector | undefined;

afterEach(async () => {
  await collector?.simulator.close();
  collector = undefined;
});

const names = Array.from({ length: 8 }, (_, at) => `app-${at}`);
const images = names.map((name) => `acme/${name}`);

function world(): World {
  const packages = names.map((name, at) => ghcrPackage({ name, versions: [ghcrVersion({ id: at + 1, downloads: 9, tags: ['1'] })] }));
  return {
    ...emptyWorld(),
    dockerHub: [{ name: 'acme', repos: names.map((name) => hubRepo({ name, pulls: 9, tags: [hubTag({ name: '1' })] })) }],
    ghcr: [{ login: 'acme', kind: 'user', packages }],
  };
}

/** What the status says of a registry. */
function shown({ status }: Collector, registry: string): unknown {
  const { state, diagnosis, failures = [], unexplained } = status().registries.find((each) => each.registry === registry) ?? {};
  return { state, diagnosis, failed: failures.length, unexplained };
}

describe('a wave of failures', () => {
  it.each<[string, string, ServerName, Fault, string]>([
    [
      'a bot protection',
      'dockerhub',
      'dockerhub',
      refusals.botCode,
      'a bot protection in front of Docker Hub refuses this client or address',
    ],
    [
      'a challenge',
      'ghcr',
      'github',
      refusals.challenge(403),
      'a bot protection in front of GitHub Container Registry refuses this client',
    ],
    ['a rate limit', 'dockerhub', 'dockerhub', { kind: 'status', status: 429 }, 'Docker Hub limits this address'],
    ['an outage', 'ghcr', 'github', { kind: 'status', status: 502 }, 'GitHub Container Registry cannot be reached'],
  ])('because of %s has one diagnosis', async (_, registry, server, fault, text) => {
    collector = await startCollector({ [registry]: images }, { world: world() });
    await collector.run();
    collector.simulator.inject({ server, match: '', fault });

    await collector.run();

    expect(shown(collector, registry)).toEqual({ state: 'failing', diagnosis: expect.stringContaining(text), failed: 8, unexplained: [] });
    expect(collector.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(await collector.events()).toEqual([]);
  });

  it('because of a page to sign in is not said to be private images', async () => {
    const github: GithubQuirks = {};
    collector = await startCollector({ ghcr: images }, { world: world(), github });
    github.signIn = 'in place';

    await collector.run();

    const text = 'GitHub Container Registry asks visitors from this address to sign in';
    expect(shown(collector, 'ghcr')).toEqual({ state: 'failing', diagnosis: expect.stringContaining(text), failed: 8, unexplained: [] });
  });

  it.each([
    ['is locked', { login: lockedOut }, 'locked out for one hour'],
    ['gives what is not accepted', { refusesBearers: 401 } satisfies DockerHubQuirks, 'accepts the login, but not what it gave for it'],
  ])('of details, because the login %s, leaves the totals and has one diagnosis', async (_, quirks, text) => {
    const login = { username: 'acme', token: 'dckr_pat_1' };
    collector = await startCollector({ dockerhub: images }, { world: world(), dockerHub: { quirks, login } }, login);

    await collector.run();

    expect(shown(collector, 'dockerhub')).toEqual({
      state: 'degraded',
      diagnosis: expect.stringMatching(new RegExp(`^the totals of Docker Hub are read, but not all details: .*${text}`)),
      failed: 8,
      unexplained: [],
    });
    expect(collector.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
