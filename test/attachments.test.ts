/** Signatures and attestations, and numbers of tags, from the registries' answers to the API. */
import { afterEach, describe, expect, it } from 'vitest';
import { asSnapshotDocument, parseReadings } from '../src/core/document/snapshot.ts';
import { newestTags } from '../src/core/views/tags.ts';
import { setUp } from './support/api.ts';
import { startCollector, type Collector } from './support/collector.ts';
import { signaturesOf } from '../src/demo/simulator/github-quirks.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo, hubTag } from '../src/demo/simulator/world.ts';

let collector: Collector | undefined;

afterEach(async () => {
  await collector?.simulator.close();
  collector = undefined;
});

const attached = ['sig', 'att', 'sbom'].map((kind) => `sha256-${'b'.repeat(64)}.${kind}`);

/** The names of the tags that are known, and their number. */
async function tagsOf({ store }: Pick<Collector, 'store'>): Promise<unknown> {
  const [[tags], [latest]] = [await newestTags(store, await store.latest({})), await store.latest({})];
  return { names: tags?.tags.map(({ name }) => name), count: latest?.tagCount };
}

/** As a file has it. */
function tag(name: string): object {
  return { name, last_updated: '', digest: '', full_size: 0 };
}

describe('what is pushed beside an image', () => {
  it('is no tag on Docker Hub, is not counted, and its push is none', async () => {
    const tags = [hubTag({ name: '1.0' }), ...attached.map((name) => hubTag({ name, lastPushed: '2026-11-23T07:00:00Z' }))];
    const world = { ...emptyWorld(), dockerHub: [{ name: 'acme', repos: [hubRepo({ name: 'app', pulls: 5, tags })] }] };
    collector = await startCollector({ dockerhub: ['acme/app'] }, { world });

    await collector.run();

    expect(await tagsOf(collector)).toEqual({ names: ['1.0'], count: 1 });
    expect(await collector.events()).toEqual([]);
  });

  it('leaves the known tags of GHCR where all five newest versions are such, and a tag that its list newly names is a push, once', async () => {
    const release = ghcrVersion({ id: 90, downloads: 7, tags: ['1.0', 'latest'] });
    const app = ghcrPackage({ name: 'app', versions: [release] });
    collector = await startCollector(
      { ghcr: ['acme/app'] },
      { world: { ...emptyWorld(), ghcr: [{ login: 'acme', kind: 'user', packages: [app] }] } },
    );
    await collector.run();
    app.versions.push(...signaturesOf(release, 5));
    await collector.run();

    expect(await tagsOf(collector)).toEqual({ names: ['1.0', 'latest'], count: 2 });
    expect(await collector.events()).toEqual([]);

    const next = ghcrVersion({ id: 96, downloads: 1, tags: ['1.1'], publishedAt: '2026-11-23T09:00:00Z' });
    app.versions.push(next, ...signaturesOf(next, 5));
    await collector.run();
    await collector.run();

    expect(await tagsOf(collector)).toEqual({ names: ['1.0', 'latest'], count: 3 });
    expect(await collector.events()).toEqual(['tag_pushed acme/app 1.1']);

    // When its version is on the page at last, that is no second push.
    app.versions = [release, next];
    await collector.run();

    expect(await tagsOf(collector)).toMatchObject({ count: 3 });
    expect(await collector.events()).toEqual(['tag_pushed acme/app 1.1']);
  });
});

describe('a file of an earlier version', () => {
  const row = { repo: 'acme/app', last_updated: '', pull_count: 9 };

  it.each([
    ['of the Go tool, whose tags were all read', { tags: ['1.0', ...attached].map(tag) }, ['1.0'], 1],
    ['with all tags', { tags: ['1.0', '1.1', ...attached].map(tag), tag_count: 5, read_at: '2026-03-03T10:00:00Z' }, ['1.0', '1.1'], 2],
    ['with the newest tags only', { tags: ['1.0', ...attached].map(tag), tag_count: 70, read_at: '2026-03-03T10:00:00Z' }, ['1.0'], null],
    ['with tags that were not read whole', { tags: ['1.0', '1.1'].map(tag), read_at: '2026-03-03T10:00:00Z' }, ['1.0', '1.1'], null],
  ])('%s shows no attachment, and a number only where there is one', async (_, more, names, count) => {
    const document = asSnapshotDocument({ timestamp: '2026-03-03T10:00:00Z', docker_hub: [{ ...row, ...more }] }, '2026-03-03');
    const { json } = await setUp(parseReadings(document));

    expect(await json('/api/tags')).toMatchObject(names.map((name) => ({ tag: name })));
    expect(await json('/api/images')).toMatchObject([{ name: 'acme/app', tag_count: count }]);
    expect(await json('/api/summary')).toMatchObject([{ name: 'acme/app', tag_count: count ?? 0 }]);
  });
});
