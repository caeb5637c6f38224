/** Real answers of the registries, which are kept beside the repository and never in it: where they are, the sources must read them right. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createFixedClock } from './support/fixed-clock.ts';
import { createRecordingLog } from './support/recording-log.ts';
import { AppError } from '../src/core/model/errors.ts';
import { parseRepo } from '../src/core/model/image-ref.ts';
import type { Source } from '../src/core/ports.ts';
import { createHttpClientFactory } from '../src/net/client.ts';
import { sources } from '../src/sources/index.ts';

const captures = '../shared/captures';

interface Answer {
  readonly status: number;
  readonly body: string;
}

const hubRow = z.object({ name: z.string(), namespace: z.string(), pull_count: z.number() });
const hubListing = z.object({ count: z.number(), results: z.array(hubRow) });
const hubTags = z.object({
  count: z.number(),
  results: z.array(z.looseObject({ name: z.string(), images: z.array(z.object({ size: z.number() })) })),
});
const quayStats = z.object({ stats: z.array(z.object({ date: z.string(), count: z.number() })) });
const expectedPages = z.record(
  z.string(),
  z.object({
    total_downloads: z.number().optional(),
    last_published: z.string().optional(),
    sparkline_newest_first: z.array(z.tuple([z.string(), z.number()])).optional(),
    version_downloads_in_page_order: z.array(z.number()),
    tags_in_page_order: z.array(z.string()),
  }),
);

let server: Server | undefined;

beforeEach(({ skip }) => skip(!existsSync(captures), `${captures} is not on this machine`));

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A source that gets these answers: the first whose pattern is in the path; anything else is a 404. */
async function sourceWith(
  registry: string,
  answers: readonly (readonly [RegExp, Answer])[],
  now = '2026-11-23T10:00:00.000Z',
): Promise<Source> {
  server = createServer((request, response) => {
    const { status, body } = answers.find(([pattern]) => pattern.test(request.url ?? ''))?.[1] ?? { status: 404, body: '{}' };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const definition = sources.find(({ descriptor }) => descriptor.id === registry);
  if (!definition) throw new Error(`no source ${registry}`);
  const clock = createFixedClock(now);
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  const urls = Object.fromEntries(definition.descriptor.urls.map(({ variable }) => [variable, url]));
  return definition.create({ targets: [], urls, delayMs: 0 }, { createHttpClient, clock });
}

async function capture(name: string): Promise<string> {
  return readFile(join(captures, name), 'utf8');
}

async function listingPage(name: string): Promise<Answer> {
  return ok(await capture(`ghcr/synthetic/listing-${name}.html`));
}

function filesOf(folder: string): string[] {
  const directory = join(captures, folder);
  return existsSync(directory) ? readdirSync(directory).filter((name) => /\.(json|html|md)$/.test(name)) : [];
}

function ok(body: string): Answer {
  return { status: 200, body };
}

const noTags = ok('{"count":0,"next":null,"previous":null,"results":[]}');
const hubFiles = filesOf('dockerhub');

describe('the captured answers of Docker Hub', () => {
  it.each(hubFiles.filter((name) => name.startsWith('repository.')))('%s gives its pull_count', async (name) => {
    const body = await capture(`dockerhub/${name}`);
    const row = hubRow.parse(JSON.parse(body));
    const source = await sourceWith('dockerhub', [
      [/\/tags/, noTags],
      [/./, ok(body)],
    ]);

    const { reading } = await source.read(parseRepo(`${row.namespace}/${row.name}`));

    expect(reading.pullCount).toBe(row.pull_count);
  });

  it.each(hubFiles.filter((name) => name.startsWith('owner-listing')))('%s gives the pull_count of each row', async (name) => {
    const parsed = z.union([hubListing, hubRow]).parse(JSON.parse(await capture(`dockerhub/${name}`)));
    const envelope = 'results' in parsed ? parsed : { count: 1, results: [parsed] };
    const source = await sourceWith('dockerhub', [[/./, ok(JSON.stringify(envelope))]]);

    const listing = await source.list(envelope.results[0]?.namespace ?? '');

    expect(listing.images.map(({ reading }) => [reading?.repo, reading?.pullCount])).toEqual(
      envelope.results.map((row) => [`${row.namespace}/${row.name}`, row.pull_count]),
    );
    expect(listing).toMatchObject({ expected: envelope.count, complete: envelope.count === envelope.results.length });
  });

  it.each(hubFiles.filter((name) => name.startsWith('tags')))('%s gives its tags with their images', async (name) => {
    const body = await capture(`dockerhub/${name}`);
    const page = hubTags.parse(JSON.parse(body));
    const source = await sourceWith('dockerhub', [
      [/[?&]page=([2-9]|\d{2,})/, ok(JSON.stringify({ ...page, results: [] }))],
      [/\/tags/, ok(body)],
      [/./, ok('{"namespace":"acme","name":"app","pull_count":1}')],
    ]);

    const { reading } = await source.read(parseRepo('acme/app'));

    expect(reading.tagCount).toBe(page.count);
    const sizes = new Map(reading.tags?.map((tag) => [tag.name, tag.platforms?.map(({ size }) => size)]));
    expect(sizes).toEqual(new Map(page.results.map((tag) => [tag.name, tag.images.map(({ size }) => size)])));
  });

  it.each([
    ['error-404-repository.json', 404, 'not_found'],
    ['error-403-anonymous-offset.json', 403, 'unauthorized'],
    ['error-429-rate-limit.json', 429, 'rate_limited'],
  ])('%s is a failure with the right code', async (name, status, code) => {
    const source = await sourceWith('dockerhub', [[/./, { status, body: await capture(`dockerhub/${name}`) }]]);

    const error: unknown = await source.read(parseRepo('acme/app')).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code });
  });

  it('empty-listing-unknown-namespace.json is an owner that is not there', async () => {
    const source = await sourceWith('dockerhub', [[/./, ok(await capture('dockerhub/empty-listing-unknown-namespace.json'))]]);

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('has no file that nobody looked at', () => {
    const read = /^(repository\.|owner-listing|tags|error-4(04-repository|03|29)|empty-listing)/;
    const notAsked = ['error-404-tag.json', 'search.redis-trimmed.2026-10.json', 'tag-images.ebusinessdocker-disney-latest.2026-01.json'];

    expect(hubFiles.filter((name) => !read.test(name)).toSorted()).toEqual(notAsked);
  });
});

describe('the captured pages of GHCR', () => {
  it.each(filesOf('ghcr').filter((name) => name.startsWith('package-page')))('%s gives what EXPECTED.json says', async (name) => {
    const expected = expectedPages.parse(JSON.parse(await capture('ghcr/EXPECTED.json')))[name];
    const source = await sourceWith('ghcr', [
      [/\/packages\/container\//, ok(await capture(`ghcr/${name}`))],
      [/\/token/, ok('{"token":"anonymous"}')],
      [/\/tags\/list/, ok('{"name":"acme/app","tags":["a","b"]}')],
    ]);

    const { reading, flaw } = await source.read(parseRepo('acme/app'));

    expect(flaw).toBeUndefined();
    expect(reading).toMatchObject({
      pullCount: expected?.total_downloads,
      lastUpdated: new Date(expected?.last_published ?? '').toISOString(),
      recentDays: expected?.sparkline_newest_first?.map(([day, pulls]) => ({ day, pulls })),
    });
    expect(reading.tags?.map((tag) => tag.name)).toEqual(expected?.tags_in_page_order);
    const versions = new Map(reading.tags?.map((tag) => [tag.versionId, tag.pullCount]));
    expect([...versions.values()]).toEqual(expected?.version_downloads_in_page_order);
  });

  it('the versions page is not taken for a package page', async () => {
    const page = filesOf('ghcr').find((name) => name.startsWith('versions-page')) ?? '';
    const source = await sourceWith('ghcr', [[/./, ok(await capture(`ghcr/${page}`))]]);

    await expect(source.read(parseRepo('acme/app'))).rejects.toMatchObject({ code: 'invalid_response' });
  });

  it('the synthetic listings give every package of an organization and of a user', async () => {
    const organization = await sourceWith('ghcr', [
      [/^\/orgs\/.*page=1\b/, await listingPage('org.page1-of-2')],
      [/^\/orgs\/.*page=2\b/, await listingPage('org.page2-of-2')],
      [/^\/orgs\//, await listingPage('org.page3-past-the-end')],
    ]);
    const listed = await organization.list('acme-corp');
    server?.close();
    const user = await sourceWith('ghcr', [
      [/^\/orgs\//, { status: 404, body: '<html></html>' }],
      [/page=1\b/, await listingPage('user.one-page')],
      [/./, await listingPage('org.page3-past-the-end')],
    ]);

    expect(listed).toMatchObject({ complete: true });
    expect(listed.images).toHaveLength(31);
    expect(listed.images.at(-1)?.ref).toEqual({ owner: 'acme-corp', name: 'charts/nested/name' });
    expect((await user.list('octo-user')).images.map(({ ref }) => ref.name)).toEqual(['tool', 'repo/image']);
  });
});

describe('the captured answers of Quay.io', () => {
  const ref = parseRepo('jupyter/scipy-notebook');

  it('give every day and every tag', async () => {
    const [stats = '', tags = ''] = await Promise.all(
      filesOf('quay')
        .toSorted()
        .map((name) => capture(`quay/${name}`)),
    );
    const source = await sourceWith(
      'quay',
      [
        [/\/tag\//, ok(tags)],
        [/includeStats=true/, ok(stats)],
      ],
      '2026-08-31T10:00:00.000Z',
    );
    const published = quayStats.parse(JSON.parse(stats)).stats;

    const { reading, flaw } = await source.read(ref);

    expect(flaw).toBeUndefined();
    expect(reading.recentDays?.toReversed()).toEqual(published.map(({ date, count }) => ({ day: date, pulls: count })));
    expect(reading).toMatchObject({ totalSince: '2026-05-31', pullCount: published.reduce((sum, { count }) => sum + count, 0) });
    expect(reading.tags?.map(({ name }) => name)).toEqual(['hub-5.5.1', 'lab-4.6.3', 'notebook-7.6.2']);
    expect(reading).toMatchObject({ tagCount: 3, lastUpdated: '2026-08-31T03:49:11.000Z' });
  });
});

describe("what is known of ECR Public's answers", () => {
  it('gives the count and the tags', async () => {
    const [catalog, tags] = [
      await capture('ecr/shape-getRepositoryCatalogData.from-clients.json'),
      await capture('ecr/docs-example-describeImageTags.aws-cli.json'),
    ];
    const source = await sourceWith('ecr-public', [
      [/describeImageTags/, ok(tags)],
      [/getRepositoryCatalogData/, ok(catalog)],
    ]);

    const { reading, flaw } = await source.read(parseRepo('acme/app'));

    expect(flaw).toBeUndefined();
    expect(reading).toMatchObject({ pullCount: 123_456, tagCount: 1, tags: [{ name: 'latest', fullSize: 121_956_548 }] });
  });
});
