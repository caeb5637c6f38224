import { describe, expect, it } from 'vitest';
import { plainDescriptor } from '../../test/support/descriptor.ts';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { AppError } from '../core/model/errors.ts';
import { formatRepo, parseRepo, parseTarget } from '../core/model/image-ref.ts';
import type { Tag } from '../core/model/reading.ts';
import type { SnapshotStore, Source } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import { createTestEngine } from './testing/test-engine.ts';

const hour = 3_600_000;

/** A registry whose images a test may change, and an engine over it that can be started anew on the same store. */
function setUp(options: { readonly targets?: readonly string[]; readonly store?: SnapshotStore; readonly backfill?: boolean } = {}) {
  const { targets = ['acme/*'], store = createMemoryStore(), backfill = true } = options;
  const clock = createFixedClock('2026-03-14T10:00:00.000Z', { manual: true });
  const world = new Map<string, readonly Tag[]>();
  const trouble: { error?: AppError | undefined } = {};
  const source: Source = {
    registry: 'dockerhub',
    async list() {
      if (trouble.error) throw trouble.error;
      return { images: [...world.keys()].map((repo) => ({ ref: parseRepo(repo) })), complete: true };
    },
    async read(ref) {
      if (trouble.error) throw trouble.error;
      const repo = formatRepo(ref);
      const tags = world.get(repo);
      if (!tags) throw new AppError('not_found', `${repo} is not there`);
      return { reading: { registry: 'dockerhub', repo, pullCount: 10, readAt: new Date(clock.now()).toISOString(), tags } };
    },
  };
  const descriptor = plainDescriptor('dockerhub', 'Docker Hub');
  const settings = { targets: targets.map(parseTarget), urls: {}, delayMs: 0 };
  const restart = () => createTestEngine([{ descriptor, settings, source }], { store, clock, backfill });
  let engine = restart();
  return {
    store,
    world,
    trouble,
    restart: () => void (engine = restart()),
    /** Runs an hour later and resolves to what it recorded. */
    run: async (): Promise<string[]> => {
      const before = new Set((await store.events()).map((event) => JSON.stringify(event)));
      await clock.advance(hour);
      await engine.run();
      const events = (await store.events()).filter((event) => !before.has(JSON.stringify(event)));
      return events.map(({ kind, repo, detail }) => [kind, repo, detail].filter(Boolean).join(' '));
    },
  };
}

function tag(name: string, lastUpdated: string): Tag {
  return { name, lastUpdated };
}

describe('the events of a registry', () => {
  it('tells the pushes of the last months at the first look, and then each new one once', async () => {
    const { world, run } = setUp();
    world.set('acme/app', [tag('0.1', '2025-01-01T00:00:00Z'), tag('1.0', '2026-03-01T00:00:00Z')]);

    expect(await run()).toEqual(['tag_pushed acme/app 1.0']);
    world.set('acme/app', [tag('1.0', '2026-03-01T00:00:00Z'), tag('1.1', '2026-03-14T11:30:00Z')]);
    expect(await run()).toEqual(['tag_pushed acme/app 1.1']);
    expect(await run()).toEqual([]);
  });

  it('tells no push from before the first read without backfill', async () => {
    const { world, run } = setUp({ backfill: false });
    world.set('acme/app', [tag('1.0', '2026-03-01T00:00:00Z')]);

    expect(await run()).toEqual([]);
  });

  it('goes on after a restart where it was', async () => {
    const { world, run, restart } = setUp();
    world.set('acme/app', [tag('1.0', '2026-03-01T00:00:00Z'), { name: 'a', versionId: '7' }]);
    await run();
    restart();
    world.set('acme/app', [{ name: 'a', versionId: '8' }]);

    expect(await run()).toEqual(['tag_pushed acme/app a']);
    restart();
    expect(await run()).toEqual([]);
  });

  it('tells once that an image is gone from a complete list, and that it is back', async () => {
    const { world, run, restart } = setUp();
    world.set('acme/app', []).set('acme/tool', []);
    await run();
    world.delete('acme/tool');

    expect(await run()).toEqual(['image_gone acme/tool']);
    restart();
    expect(await run()).toEqual([]);
    world.set('acme/tool', []);
    expect(await run()).toEqual(['image_back acme/tool']);
  });

  it('tells that an image is gone when the registry says so, but not one that was never there', async () => {
    const { world, run } = setUp({ targets: ['acme/app', 'acme/tool', 'acme/typo'] });
    world.set('acme/app', []).set('acme/tool', []);
    await run();
    world.delete('acme/tool');

    expect(await run()).toEqual(['image_gone acme/tool']);
  });

  it('takes a wave of 404s for what it is', async () => {
    const repos = ['acme/a', 'acme/b', 'acme/c', 'acme/d'];
    const { world, trouble, run } = setUp({ targets: repos });
    for (const repo of repos) world.set(repo, []);
    await run();
    trouble.error = new AppError('not_found', 'not there');
    expect(await run()).toEqual([]);
    trouble.error = undefined;

    // What could not be stored while nothing was read is stored with the next readings.
    const [dark, ...others] = await run();
    expect(dark).toContain('registry_dark Docker Hub says that most images do not exist');
    expect(others).toEqual(['registry_back']);
  });

  it('tells that a registry is dark once, also over a restart, and that it is back', async () => {
    const { world, trouble, run, restart, store } = setUp();
    world.set('acme/app', []);
    await run();
    trouble.error = new AppError('unreachable', 'no answer');
    await run();
    await run();
    trouble.error = undefined;

    expect(await run()).toEqual(['registry_dark no answer', 'registry_back']);
    restart();
    expect(await run()).toEqual([]);
    expect(await store.events()).toHaveLength(2);
  });
});
