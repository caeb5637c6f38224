/** Answers that the simulator has no reason to give: rows of another shape, times that are none, whatever JSON allows. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { AppError } from '../../core/model/errors.ts';
import { isPullCount } from '../../core/model/reading.ts';
import { scriptedHttp } from '../testing/scripted-http.ts';
import { ecrPublic } from './index.ts';

const url = 'https://gallery.test';
const ref = { owner: 'acme', name: 'app' };

interface Answers {
  readonly list?: unknown;
  readonly catalog?: unknown;
  readonly tags?: unknown;
}

function setUp({ list, catalog = { insightData: { downloadCount: 5 } }, tags = { imageTagDetails: [] } }: Answers) {
  const { createHttpClient } = scriptedHttp({
    [`${url}/describeRepositoryCatalogData`]: JSON.stringify(list),
    [`${url}/getRepositoryCatalogData`]: JSON.stringify(catalog),
    [`${url}/describeImageTags`]: JSON.stringify(tags),
  });
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  return ecrPublic.create({ targets: [], urls: { ECR_PUBLIC_URL: url }, delayMs: 0 }, { createHttpClient, clock });
}

/** What was thrown, if it is one of the program's own errors. */
function codeOf(thrown: unknown): unknown {
  return thrown instanceof AppError ? thrown.code : thrown;
}

describe("the gallery's list of an alias", () => {
  it.each([{}, { repositoryName: '../admin' }, 'app'])('is not complete with the row %j: nothing is gone because of it', async (row) => {
    const listing = await setUp({ list: { repositories: [{ repositoryName: 'app' }, row] } }).list('acme');

    expect(listing).toMatchObject({ images: [{ ref }], complete: false, shortfall: { code: 'invalid_response' } });
  });

  it('says that it has changed where no row can be used, not that the alias is not there', async () => {
    const source = setUp({ list: { repositories: [{ name: 'app' }] } });

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'invalid_response' });
  });

  it('that is empty is an alias without repositories', async () => {
    await expect(setUp({ list: { repositories: [] } }).list('acme')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe("the gallery's tags", () => {
  it('have no time where none is written', async () => {
    const row = { imageTag: '1.0', createdAt: 1_720_668_540.5, imageDetail: { imagePushedAt: 'yesterday' } };
    const { reading, flaw } = await setUp({ tags: { imageTagDetails: [row] } }).read(ref);

    expect(reading.tags).toMatchObject([{ name: '1.0', lastUpdated: undefined }]);
    expect([reading.lastUpdated, flaw]).toEqual([undefined, undefined]);
  });

  it('do not wipe out those that are known when none can be read', async () => {
    const { reading, flaw } = await setUp({ tags: { imageTagDetails: [{ tag: '1.0' }] } }).read(ref);

    expect([reading.pullCount, reading.tags, reading.tagCount]).toEqual([5, undefined, undefined]);
    expect(flaw?.code).toBe('invalid_response');
  });
});

describe('whatever the gallery answers', () => {
  const insightData = fc.oneof(fc.jsonValue(), fc.record({ downloadCount: fc.oneof(fc.jsonValue(), fc.maxSafeInteger(), fc.double()) }));
  const catalog = fc.oneof(fc.jsonValue(), fc.record({ insightData }));
  const tag = fc.record({ imageTag: fc.jsonValue(), createdAt: fc.jsonValue(), imageDetail: fc.jsonValue() });
  const tags = fc.oneof(fc.jsonValue(), fc.record({ imageTagDetails: fc.array(fc.oneof(tag, fc.jsonValue())) }));

  it('is a believable total or an AppError', async () => {
    await fc.assert(
      fc.asyncProperty(catalog, async (answer) => {
        const outcome: unknown = await setUp({ catalog: answer })
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
});
