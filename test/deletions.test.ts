/** What counts as deleted, with every registry's own answers: only what it says of the image itself, beyond doubt. */
import { afterEach, describe, expect, it } from 'vitest';
import { startCollector, type Collector } from './support/collector.ts';
import { missingRepository, type DockerHubQuirks } from '../src/demo/simulator/dockerhub-quirks.ts';
import type { GithubQuirks } from '../src/demo/simulator/github-quirks.ts';
import type { QuayQuirks } from '../src/demo/simulator/quay.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo, quayRepo, type World } from '../src/demo/simulator/world.ts';

let collector: Collector | undefined;

afterEach(async () => {
  await collector?.simulator.close();
  collector = undefined;
});

const names = Array.from({ length: 20 }, (_, at) => `app-${at}`);

function world(): World {
  return {
    ...emptyWorld(),
    dockerHub: [{ name: 'acme', repos: names.map((name, at) => hubRepo({ name, pulls: 100 + at })) }],
    ghcr: [
      {
        login: 'acme',
        kind: 'organization',
        packages: names.map((name, at) => ghcrPackage({ name, versions: [ghcrVersion({ id: at + 1, downloads: 100 + at, tags: ['1'] })] })),
      },
    ],
    quay: [{ name: 'acme', repos: names.map((name) => quayRepo(name, '2026-11-23', () => 3)) }],
  };
}

async function start(registry: string, targets: readonly string[], options: Parameters<typeof startCollector>[1] = {}): Promise<Collector> {
  collector = await startCollector({ [registry]: targets }, { world: world(), ...options });
  return collector;
}

/** How many images were read since. */
async function readSince({ store }: Pick<Collector, 'store'>, epochMs: number): Promise<number> {
  return (await store.latest({})).filter(({ readAt = '' }) => Date.parse(readAt) >= epochMs).length;
}

describe('a list that names fewer images than are known', () => {
  it.each(['dockerhub', 'ghcr', 'quay'])(
    'of %s costs no total and deletes nothing: each missing one is read by its name',
    async (registry) => {
      const hub: DockerHubQuirks = {};
      const github: GithubQuirks = {};
      const quay: QuayQuirks = {};
      const { run, ...rest } = await start(registry, ['acme/*'], { dockerHub: { quirks: hub }, github, quay });
      await run();
      for (const quirks of [hub, github, quay]) quirks.unlisted = names.slice(3);

      const { registries, startedAt } = await run();

      expect(registries[0]).toMatchObject({ imagesRead: 20, deleted: [], failures: [], listings: [{ listed: 3, complete: true }] });
      expect(await readSince(rest, startedAt)).toBe(20);
      expect(await rest.events()).toEqual([]);
      expect(rest.status().registries.find((each) => each.registry === registry)?.state).toBe('ok');
    },
  );

  it.each([
    ['dockerhub', ['app-4'], ({ dockerHub }: World) => dockerHub[0]?.repos.splice(4, 1)],
    ['dockerhub', names.slice(3), ({ dockerHub }: World) => dockerHub[0]?.repos.splice(3)],
    ['ghcr', ['app-4', 'app-5'], ({ ghcr }: World) => ghcr[0]?.packages.splice(4, 2)],
  ])('because %s has deleted %j says so of each, and that is no failure', async (registry, deleted, remove) => {
    const { run, simulator, events, status } = await start(registry, ['acme/*']);
    await run();
    remove(simulator.world);

    const { registries } = await run();

    expect(registries[0]).toMatchObject({ failures: [], imagesRead: 20 - deleted.length });
    expect((await events()).toSorted()).toEqual(deleted.map((name) => `image_gone acme/${name}`).toSorted());
    expect(status().registries.find((each) => each.registry === registry)).toMatchObject({ state: 'ok', imagesFailed: 0 });
  });

  it('deletes nothing on Quay.io, which does not say whether an image is private or not there', async () => {
    const { run, simulator, events } = await start('quay', ['acme/*']);
    await run();
    simulator.world.quay[0]?.repos.splice(4, 2);

    const { registries } = await run();

    expect(registries[0]).toMatchObject({ imagesRead: 18, deleted: [], listings: [{ complete: true }] });
    expect(registries[0]?.failures).toMatchObject([
      { repo: 'acme/app-4', code: 'unauthorized' },
      { repo: 'acme/app-5', code: 'unauthorized' },
    ]);
    expect(await events()).toEqual([]);
  });

  it('and is empty says nothing of its owner, whose images are read all the same', async () => {
    const quirks: DockerHubQuirks = {};
    const { run, events } = await start('dockerhub', ['acme/*'], { dockerHub: { quirks } });
    await run();
    quirks.unlisted = 'all';

    const { registries } = await run();

    expect(registries[0]).toMatchObject({ imagesRead: 20, deleted: [], failures: [] });
    expect(registries[0]?.listings[0]).toMatchObject({ complete: false, shortfall: { code: 'invalid_response' } });
    expect(registries[0]?.listings[0]?.shortfall?.message).toBe(
      'the list of acme is empty, although 20 images are known; those read lately are read by name',
    );
    expect(await events()).toEqual([]);
  });

  it('and is a 404 on GitHub does not say "no such owner" of one whose packages are known', async () => {
    const github: GithubQuirks = {};
    const { run, events } = await start('ghcr', ['acme/*'], { github });
    await run();
    github.hidesLists = true;

    const { registries } = await run();

    expect(registries[0]).toMatchObject({ imagesRead: 20, deleted: [], failures: [] });
    expect(registries[0]?.listings[0]?.shortfall?.message).not.toMatch(/no such owner/);
    expect(await events()).toEqual([]);
  });

  it('says that there is no such owner where nothing of it is known', async () => {
    const { run } = await start('dockerhub', ['nobody/*']);

    const { registries } = await run();

    expect(registries[0]?.listings[0]?.shortfall).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('is the name right?'),
    });
  });
});

describe('a single tracked image', () => {
  it.each([
    ['dockerhub', ({ dockerHub }: World) => dockerHub[0]?.repos.shift()],
    ['ghcr', ({ ghcr }: World) => ghcr[0]?.packages.shift()],
  ])('that %s has deleted has its event, stored although the run reads nothing else', async (registry, remove) => {
    const { run, simulator, events } = await start(registry, ['acme/app-0']);
    await run();
    remove(simulator.world);

    await run();
    await run();

    expect(await events()).toEqual(['image_gone acme/app-0']);
  });

  it('of Quay.io has no such event, since its answer is not definite: its total stays', async () => {
    const { run, simulator, store } = await start('quay', ['acme/app-0']);
    await run();
    simulator.world.quay.length = 0;

    await run();

    expect((await store.events()).map(({ kind }) => kind)).not.toContain('image_gone');
    expect(await store.latest({})).toMatchObject([{ repo: 'acme/app-0', pullCount: 92 * 3 }]);
  });

  const pages = Object.keys(missingRepository).filter(
    (how): how is keyof typeof missingRepository => how.startsWith('as ') && how !== 'as detail',
  );

  it.each(pages)('is not deleted by a 404 written %s', async (missing) => {
    const { run, simulator, store } = await start('dockerhub', ['acme/app-0'], { dockerHub: { quirks: { missing } } });
    await run();
    simulator.world.dockerHub[0]?.repos.shift();

    await run();

    expect((await store.events()).map(({ kind }) => kind)).not.toContain('image_gone');
  });
});

describe('a wave of "not there" about images that were there yesterday', () => {
  it.each([['dockerhub'], ['ghcr']])('is an outage of %s, and deletes nothing', async (registry) => {
    const { run, simulator, store, events } = await start(
      registry,
      names.slice(0, 4).map((name) => `acme/${name}`),
    );
    await run();
    const [hub, packages] = [simulator.world.dockerHub.splice(0), simulator.world.ghcr.splice(0)];
    await run();
    simulator.world.dockerHub.push(...hub);
    simulator.world.ghcr.push(...packages);

    await run();

    expect((await events()).filter((event) => event.startsWith('image_'))).toEqual([]);
    expect((await store.events()).map(({ kind }) => kind)).toEqual(['registry_dark', 'registry_back']);
  });
});
