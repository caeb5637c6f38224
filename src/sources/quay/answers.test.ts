/** Answers that the simulator has no reason to give: rows of another shape, times that are none, whatever JSON allows. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { AppError } from '../../core/model/errors.ts';
import { formatRepo, isRepo } from '../../core/model/image-ref.ts';
import { isPullCount } from '../../core/model/reading.ts';
import { scriptedHttp, type Scripted } from '../testing/scripted-http.ts';
import { quay } from './index.ts';

const url = 'https://quay.test';
const ref = { owner: 'acme', name: 'app' };
const yesterday = { date: '2026-03-13', count: 5 };

interface Answers {
  readonly list?: unknown;
  readonly repository?: unknown;
  readonly tags?: unknown;
}

function setUp({ list, repository = repositoryWith([yesterday]), tags = { tags: [], has_additional: false } }: Answers) {
  const script: Record<string, Scripted> = {
    [`${url}/api/v1/repository?namespace=acme&public=true&repo_kind=image`]: JSON.stringify(list),
    [`${url}/api/v1/repository/acme/app?includeStats=true&includeTags=false`]: JSON.stringify(repository),
    [`${url}/api/v1/repository/acme/app/tag/?limit=100&page=1&onlyActiveTags=true`]: JSON.stringify(tags),
  };
  const { createHttpClient } = scriptedHttp(script);
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  return quay.create({ targets: [], urls: { QUAY_URL: url }, delayMs: 500 }, { createHttpClient, clock });
}

function repositoryWith(stats: unknown): object {
  return { namespace: 'acme', name: 'app', stats };
}

function row(name: unknown, more: object = {}): object {
  return { namespace: 'acme', name, is_public: true, kind: 'image', ...more };
}

/** What was thrown, if it is one of the program's own errors. */
function codeOf(thrown: unknown): unknown {
  return thrown instanceof AppError ? thrown.code : thrown;
}

describe("Quay.io's list of an owner", () => {
  it.each([
    ['without a name', row(undefined)],
    ['with a name that is none', row('../admin')],
    ['with a nested name that leads out of it', row('charts/../app')],
    ['of another owner', row('app', { namespace: 'northwind' })],
  ])('is not complete with a row %s: nothing is gone because of it', async (_case, unusable) => {
    const listing = await setUp({ list: { repositories: [row('app'), unusable] } }).list('acme');

    expect(listing).toMatchObject({ images: [{ ref }], complete: false, shortfall: { code: 'invalid_response' } });
  });

  it('says that it has changed where no row can be used, not that the owner is not there', async () => {
    const source = setUp({ list: { repositories: [{ repo: 'app' }, { repo: 'tool' }] } });

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringContaining('2 rows') });
  });

  it('has nested names as they are', async () => {
    const rows = [row('app'), row('charts/cert-manager'), row('art-tenant/a/b')];

    const { images, complete } = await setUp({ list: { repositories: rows } }).list('acme');

    expect(images.map((image) => formatRepo(image.ref))).toEqual(['acme/app', 'acme/charts%2Fcert-manager', 'acme/art-tenant%2Fa%2Fb']);
    expect(complete).toBe(true);
  });

  it('is complete without what is private or no image', async () => {
    const rows = [row('app'), row('secret', { is_public: false }), row('chart', { kind: 'application' })];

    expect(await setUp({ list: { repositories: rows } }).list('acme')).toEqual({ images: [{ ref }], complete: true });
  });
});

describe("Quay.io's tags", () => {
  it.each([
    ['start_ts', { start_ts: 1_772_352_000, last_modified: 'Wed, 15 Mar 2023 15:05:28 -0000' }, '2026-03-01T08:00:00.000Z'],
    ['last_modified', { last_modified: 'Wed, 15 Mar 2023 15:05:28 -0000' }, '2023-03-15T15:05:28.000Z'],
    [
      'last_modified where start_ts is no time',
      { start_ts: 2 ** 52, last_modified: 'Wed, 15 Mar 2023 15:05:28 -0000' },
      '2023-03-15T15:05:28.000Z',
    ],
    ['neither', { start_ts: null, last_modified: 'yesterday' }, undefined],
  ])('have their time from %s', async (_case, times, lastUpdated) => {
    const { reading, flaw } = await setUp({ tags: { tags: [{ name: '1.0', ...times }], has_additional: false } }).read(ref);

    expect(flaw).toBeUndefined();
    expect(reading.tags).toMatchObject([{ name: '1.0', lastUpdated }]);
    expect(reading.lastUpdated).toBe(lastUpdated);
  });

  it('do not wipe out those that are known when none can be read', async () => {
    const { reading, flaw } = await setUp({ tags: { tags: [{ tag: '1.0' }], has_additional: false } }).read(ref);

    expect(reading).toMatchObject({ pullCount: 5 });
    expect([reading.tags, reading.tagCount]).toEqual([undefined, undefined]);
    expect(flaw?.code).toBe('invalid_response');
  });

  it('have no number where one of them cannot be read', async () => {
    const { reading } = await setUp({ tags: { tags: [{ name: '1.0' }, { tag: '1.1' }], has_additional: false } }).read(ref);

    expect(reading.tags).toHaveLength(1);
    expect(reading.tagCount).toBeUndefined();
  });
});

describe('whatever Quay.io answers', () => {
  const entry = fc.record({
    date: fc.constantFrom('2026-03-12', '2026-03-13', '2026-03-14', 'May'),
    count: fc.oneof(fc.nat(), fc.jsonValue()),
  });
  const repository = fc.oneof(fc.jsonValue(), fc.oneof(fc.jsonValue(), fc.array(entry)).map(repositoryWith));
  const tag = fc.record({ name: fc.jsonValue(), start_ts: fc.oneof(fc.maxSafeInteger(), fc.jsonValue()), last_modified: fc.jsonValue() });
  const tags = fc.oneof(fc.jsonValue(), fc.record({ tags: fc.array(fc.oneof(tag, fc.jsonValue())), has_additional: fc.constant(false) }));
  const list = fc.oneof(
    fc.jsonValue(),
    fc.record({
      repositories: fc.array(
        fc.oneof(
          fc.jsonValue(),
          fc.jsonValue().map((name) => row(name)),
        ),
      ),
    }),
  );

  it('is a believable total or an AppError', async () => {
    await fc.assert(
      fc.asyncProperty(repository, async (answer) => {
        const outcome: unknown = await setUp({ repository: answer })
          .read(ref)
          .then(({ reading }) => reading.pullCount, codeOf);

        expect(outcome).toSatisfy((value) => value === 'invalid_response' || isPullCount(value));
      }),
    );
  });

  it('never costs the total because of the tags', async () => {
    await fc.assert(
      fc.asyncProperty(tags, async (answer) => {
        const { reading, flaw } = await setUp({ tags: answer }).read(ref);

        expect(reading.pullCount).toBe(5);
        expect(flaw?.code ?? 'invalid_response').toBe('invalid_response');
      }),
    );
  });

  it('is a list of names that can be asked for, or an AppError', async () => {
    await fc.assert(
      fc.asyncProperty(list, async (answer) => {
        const outcome: unknown = await setUp({ list: answer })
          .list('acme')
          .then(({ images }) => images.map((image) => formatRepo(image.ref)), codeOf);

        expect(Array.isArray(outcome) ? 'list' : outcome).toBeOneOf(['list', 'not_found', 'invalid_response']);
        for (const repo of Array.isArray(outcome) ? outcome : []) expect(repo).toSatisfy(isRepo);
      }),
    );
  });

  it('is not summed beyond what is exact', async () => {
    const stats = [yesterday, { date: '2026-03-12', count: Number.MAX_SAFE_INTEGER }];

    await expect(setUp({ repository: repositoryWith(stats) }).read(ref)).rejects.toMatchObject({ code: 'invalid_response' });
  });
});
