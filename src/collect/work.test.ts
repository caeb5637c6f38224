import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import { parseRepo } from '../core/model/image-ref.ts';
import type { Reading } from '../core/model/reading.ts';
import type { RegistryRun } from '../core/model/run.ts';
import type { SnapshotStore, Source } from '../core/ports.ts';
import type { Progress } from '../core/model/outcome.ts';
import { createMemoryStore } from '../store/memory.ts';
import { listing, reading, tracked, type FakeRegistry } from './testing/fake-registry.ts';
import { createTestEngine, never } from './testing/test-engine.ts';

interface Run {
  readonly result: RegistryRun;
  readonly asked: readonly string[];
  readonly kept: readonly Reading[];
  readonly progress: readonly Progress[];
}

interface RunOptions extends FakeRegistry {
  /** Names that were read lately, whoever owns them. */
  readonly known?: readonly string[];
  readonly signal?: AbortSignal;
  readonly changed?: (source: Source) => Source;
}

async function run({ known = [], signal = never, changed = (source) => source, ...fake }: RunOptions): Promise<Run> {
  const registry = tracked(fake);
  const memory = createMemoryStore();
  await memory.save(known.map((repo) => reading('dockerhub', repo, 1, '2026-03-13T10:00:00.000Z')));
  const kept: Reading[] = [];
  const store: SnapshotStore = {
    ...memory,
    async save(readings, events) {
      kept.push(...readings);
      await memory.save(readings, events);
    },
  };
  const progress: Progress[] = [];
  const engine = createTestEngine([{ ...registry, source: changed(registry.source) }], { store });
  const { registries } = await engine.run(signal, { onProgress: (_, step) => void progress.push(step) });
  const nothing = {
    registry: 'dockerhub',
    imagesRead: 0,
    readRepos: [],
    unlisted: [],
    failures: [],
    listings: [],
    doubts: [],
    durationMs: 0,
  };
  return { result: registries[0] ?? nothing, asked: registry.asked, kept, progress };
}

const unreachable = new AppError('unreachable', 'no answer');

describe("a registry's part of a run", () => {
  it('keeps the total of an image whose details have a flaw, and tells the flaw', async () => {
    const flaw = new AppError('rate_limited', 'no tags for now');
    const { result, kept } = await run({
      targets: ['acme/app'],
      changed: (source) => ({ ...source, read: async () => ({ reading: reading('dockerhub', 'acme/app', 10), flaw }) }),
    });

    expect(kept).toEqual([reading('dockerhub', 'acme/app', 10)]);
    expect(result).toMatchObject({ imagesRead: 1, readRepos: ['acme/app'] });
    expect(result.failures).toEqual([{ repo: 'acme/app', missing: 'details', code: 'rate_limited', message: 'no tags for now' }]);
  });

  it('tells which images a complete list has no longer, but not those that are tracked by name', async () => {
    const { result, asked } = await run({
      targets: ['acme/kept', 'acme/*', 'other/*'],
      totals: { 'acme/app': 1, 'acme/kept': 2 },
      listings: { acme: listing(['acme/app']), other: listing([], { complete: false, shortfall: unreachable }) },
      known: ['acme/app', 'acme/gone', 'acme/kept', 'other/tool'],
    });

    expect(result.unlisted).toEqual(['acme/gone']);
    expect(asked.toSorted()).toEqual(['acme/app', 'acme/kept', 'other/tool']);
  });

  it('has nothing unlisted where only single images are tracked', async () => {
    const { result } = await run({ targets: ['acme/app'], totals: { 'acme/app': 1 }, known: ['acme/gone'] });

    expect(result).toMatchObject({ unlisted: [], listings: [] });
  });

  it('reads an image once that a list which is not complete names and that was known before', async () => {
    const { asked, result } = await run({
      targets: ['acme/*'],
      totals: { 'acme/app': 1, 'acme/tool': 2 },
      listings: { acme: listing(['acme/app'], { complete: false, expected: 2 }) },
      known: ['acme/app', 'acme/tool'],
    });

    expect(asked).toEqual(['acme/app', 'acme/tool']);
    expect(result.listings).toEqual([{ owner: 'acme', listed: 1, expected: 2, complete: false, shortfall: undefined }]);
  });

  it('hands what a list tells of an image to its read', async () => {
    const told = reading('dockerhub', 'acme/app', 77);
    const seen: unknown[] = [];
    await run({
      targets: ['acme/*'],
      listings: { acme: { images: [{ ref: parseRepo('acme/app'), reading: told }], complete: true } },
      changed: (source) => ({
        ...source,
        async read(_, options) {
          seen.push(options?.listed);
          return { reading: told };
        },
      }),
    });

    expect(seen).toEqual([told]);
  });

  it.each([
    ['not_found', 10],
    ['unreachable', 5],
  ] as const)('after four images without an answer and one that fails with %s it has asked for %i of ten', async (code, expected) => {
    const repos = Array.from({ length: 10 }, (_, at) => `acme/app-${at}`);
    const totals = Object.fromEntries(repos.map((repo, at) => [repo, at === 4 ? new AppError(code, 'fails') : unreachable]));

    const { asked, result } = await run({ targets: repos, totals });

    expect(asked).toHaveLength(expected);
    expect(result.failures).toHaveLength(10);
  });

  it('counts up to the number of images, failed ones too', async () => {
    const { progress } = await run({
      targets: ['acme/a', 'acme/b'],
      totals: { 'acme/a': 1, 'acme/b': new AppError('not_found', 'gone') },
    });

    expect(progress).toEqual([
      { done: 0, total: 2 },
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
  });

  describe('that is stopped', () => {
    it('asks for nothing when it is stopped before', async () => {
      const listed: string[] = [];
      const { asked, result } = await run({
        targets: ['acme/app', 'acme/*'],
        signal: AbortSignal.abort(new Error('stop')),
        changed: (source) => ({
          ...source,
          async list(owner) {
            listed.push(owner);
            return listing([]);
          },
        }),
      });

      expect([asked, listed]).toEqual([[], []]);
      expect(result).toMatchObject({ imagesRead: 0, readRepos: [], unlisted: [], failures: [], listings: [] });
    });

    it('keeps what a list has told until then', async () => {
      const stopping = new AbortController();
      const { asked, kept, result } = await run({
        targets: ['acme/*', 'other/*'],
        signal: stopping.signal,
        changed: (source) => ({
          ...source,
          async list() {
            stopping.abort(new Error('stop'));
            const images = [{ ref: parseRepo('acme/app'), reading: reading('dockerhub', 'acme/app', 7) }];
            return { images, complete: false, shortfall: new AppError('unreachable', 'stop') };
          },
        }),
      });

      expect(kept).toEqual([reading('dockerhub', 'acme/app', 7)]);
      expect(asked).toEqual([]);
      expect(result.listings.map(({ owner }) => owner)).toEqual(['acme']);
    });

    it('takes a list that ends with the stop for no failure of the registry, and reads nothing instead', async () => {
      const stopping = new AbortController();
      const { asked, result } = await run({
        targets: ['acme/*'],
        known: ['acme/app'],
        signal: stopping.signal,
        changed: (source) => ({
          ...source,
          async list() {
            stopping.abort(new Error('stop'));
            throw new AppError('unreachable', 'stop');
          },
        }),
      });

      expect(asked).toEqual([]);
      expect(result).toMatchObject({ listings: [], failures: [] });
    });
  });
});
