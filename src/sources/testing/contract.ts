/** What every source must do, tried with the real HTTP client on a simulated registry. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusals, tooManyRequestsFor, type Fault } from '../../demo/simulator/faults.ts';
import { standardDay } from '../../../test/support/standard-world.ts';
import { AppError } from '../../core/model/errors.ts';
import { formatRepo } from '../../core/model/image-ref.ts';
import type { Listing } from '../../core/model/reading.ts';
import type { Source } from '../../core/ports.ts';
import { delayMs, startTrial, userAgent, type SourceContract, type Trial } from './trial.ts';

export type { SourceContract } from './trial.ts';

type Now = () => Trial;

/** Ways in which any answer may fail, and what each of them is called. */
const failures: readonly (readonly [string, Fault, string])[] = [
  ['a server that never answers', { kind: 'hang' }, 'unreachable'],
  ['a connection that ends in the middle', { kind: 'cut' }, 'unreachable'],
  ['a server error', refusals.serverError, 'unreachable'],
  ['a web page about an outage', refusals.unicorn, 'unreachable'],
  ['a rate limit without a time', refusals.tooManyRequests, 'rate_limited'],
  ['a code of a bot protection', refusals.botCode, 'unauthorized'],
  ['a challenge of a bot protection', refusals.challenge(403), 'unauthorized'],
  ['a challenge in the place of an answer', refusals.challenge(200), 'unauthorized'],
  ['a challenge that looks like an outage', refusals.challenge(503), 'unauthorized'],
  ['a body without an end', { kind: 'oversize' }, 'invalid_response'],
  ['a redirect to a foreign host', { kind: 'redirect', location: 'http://foreign.example/' }, 'invalid_response'],
];

/** Failures that pass when a request is tried again. */
const hiccups: readonly (readonly [string, Fault])[] = [
  ['one server error', refusals.serverError],
  ['one short rate limit', tooManyRequestsFor(2)],
  ['one rate limit until a moment in unix seconds', tooManyRequestsFor(Date.parse(`${standardDay}T12:00:20Z`) / 1000)],
  ['one rate limit until a moment that has passed', tooManyRequestsFor(Date.parse(`${standardDay}T11:00:00Z`) / 1000)],
  ['one connection that ends in the middle', { kind: 'cut' }],
  ['slow bytes', { kind: 'slow', chunkBytes: 64, pauseMs: 1 }],
];

const defaultSecondPage = { match: /[?&]page=2(&|$)/ };

/** Runs the suite for one source. */
export function describeSource(contract: SourceContract): void {
  describe(`${contract.definition.descriptor.title} as a source`, () => {
    let trial: Trial;

    beforeEach(async () => {
      trial = await startTrial(contract);
    });

    afterEach(async () => {
      const { simulator, ownOrigins, askedOrigins } = trial;
      await simulator.close();
      expect(simulator.manifestRequests).toEqual([]);
      expect(simulator.unknownRequests).toEqual([]);
      expect(ownOrigins).toEqual(expect.arrayContaining([...askedOrigins]));
    });

    describeReading(contract, () => trial);
    describeListing(contract, () => trial);
    describeFailures(contract, () => trial);
    describeChanges(contract, () => trial);
    describeManners(contract, () => trial);
  });
}

function describeReading({ definition, images, details, unreadableCode = 'not_found' }: SourceContract, now: Now): void {
  const { id } = definition.descriptor;
  const { ref: tagged, tagCount } = images.tagged;

  it('calls itself as its descriptor does', () => {
    expect(now().createSource().registry).toBe(id);
  });

  it.each(Object.entries(images.readable))('reads the exact total: %s', async (_case, ref) => {
    const { clock, createSource, totalOf } = now();
    const startMs = clock.now();

    const { reading, flaw } = await createSource().read(ref);

    const readAtMs = Date.parse(reading.readAt);
    expect(reading).toMatchObject({ registry: id, repo: formatRepo(ref), pullCount: totalOf(ref) });
    expect(reading.readAt).toBe(new Date(readAtMs).toISOString());
    expect(readAtMs).toBeGreaterThanOrEqual(startMs);
    expect(readAtMs).toBeLessThanOrEqual(clock.now());
    expect(flaw).toBeUndefined();
  });

  it('reads how many tags there are', async () => {
    const { reading } = await now().createSource().read(tagged);

    expect(reading.tagCount).toBe(tagCount);
  });

  it('reads again what the registry says now', async () => {
    const source = now().createSource();
    const first = await source.read(tagged);
    now().pull(tagged);

    const second = await source.read(tagged);

    expect(second.reading.pullCount).toBe(first.reading.pullCount + 1);
  });

  it.each(Object.entries(images.unreadable))('says that there is no image that is %s', async (_case, ref) => {
    expect(await codeOf(now().createSource().read(ref))).toBe(unreadableCode);
  });

  it('keeps the total when what stands beside it fails, and says so', async () => {
    const { simulator, createSource, totalOf } = now();
    simulator.inject({ ...details, fault: refusals.serverError });

    const { reading, flaw } = await createSource().read(tagged);

    expect(reading.pullCount).toBe(totalOf(tagged));
    expect(flaw).toBeInstanceOf(AppError);
    expect(flaw?.code).toBe('unreachable');
  });
}

function describeListing({ images, secondPage = defaultSecondPage }: SourceContract, now: Now): void {
  const { ref: tagged, tagCount } = images.tagged;
  const [largeOwner = ''] = Object.values(images.owners);

  it.each(Object.entries(images.owners))('lists all images of an owner: %s', async (_case, owner) => {
    const { createSource, namesOf } = now();

    const listing = await createSource().list(owner);

    expect(listing.complete).toBe(true);
    expect(listing.shortfall).toBeUndefined();
    expect(listing.images.map(({ ref }) => formatRepo(ref)).toSorted()).toEqual(namesOf(owner));
    expectNothingInvented(listing, owner, now());
  });

  it('says not_found for an owner that is not there', async () => {
    expect(await codeOf(now().createSource().list(images.missingOwner))).toBe('not_found');
  });

  it('reads the details of an image that was listed', async () => {
    const source = now().createSource();
    const listing = await source.list(tagged.owner);
    const listed = listing.images.find(({ ref }) => formatRepo(ref) === formatRepo(tagged))?.reading;

    const { reading } = await source.read(tagged, { listed });

    expect(reading).toMatchObject({ pullCount: now().totalOf(tagged), tagCount });
  });

  it.each(failures)('keeps the pages before one that fails: %s', async (_case, fault, code) => {
    const listing = await now().createSpoiled(fault, secondPage).list(largeOwner);

    expect(listing.images.length).toBeGreaterThanOrEqual(30);
    expectNothingInvented(listing, largeOwner, now());
    expect(listing.complete).toBe(listing.images.length === now().namesOf(largeOwner).length);
    expect(listing.shortfall?.code).toBe(listing.complete ? undefined : code);
  });
}

function describeFailures({ images, server }: SourceContract, now: Now): void {
  const { ref: tagged } = images.tagged;

  it.each(failures)('ends a read as what it is: %s', async (_case, fault, code) => {
    expect(await codeOf(now().createSpoiled(fault).read(tagged))).toBe(code);
  });

  it.each(failures)('ends a listing as what it is: %s', async (_case, fault, code) => {
    expect(await codeOf(now().createSpoiled(fault).list(tagged.owner))).toBe(code);
  });

  it('says how long a rate limit lasts where the registry says it', async () => {
    const source = now().createSpoiled(tooManyRequestsFor(1800));

    await expect(source.read(tagged)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1_800_000 });
    expect(now().simulator.requests).toHaveLength(1);
  });

  it('leaves a registry alone after a few images that it refuses without saying for how long', async () => {
    const source = now().createSpoiled(refusals.tooManyRequests);

    for (let at = 0; at < 12; at += 1) expect(await codeOf(source.read(tagged))).toBe('rate_limited');

    expect(now().simulator.requests.length).toBeLessThanOrEqual(6);
  });

  it.each(hiccups)('is not put off by %s', async (_case, fault) => {
    const { simulator, createSource, totalOf } = now();
    simulator.inject({ server, match: '', times: 1, fault });

    const { reading } = await createSource().read(tagged);

    expect(reading.pullCount).toBe(totalOf(tagged));
  });
}

function describeChanges({ images, changedTotals, changedListings }: SourceContract, now: Now): void {
  const { ref: tagged } = images.tagged;

  it.each(Object.entries(changedTotals))('gives no number when the answer changes: %s', async (_case, fault) => {
    const source = now().createSpoiled(fault);

    const code = await codeOf(source.read(tagged));
    const listed = await source.list(tagged.owner).then(
      (listing) => ({ ...listing, error: undefined }),
      (error: unknown) => ({ images: [], complete: false, error }),
    );

    expect(code).toBe('invalid_response');
    expect(listed.error === undefined || listed.error instanceof AppError).toBe(true);
    expectNothingInvented(listed, tagged.owner, now());
  });

  it.each(Object.entries(changedListings))('gives no list when the answer changes: %s', async (_case, fault) => {
    expect(await codeOf(now().createSpoiled(fault).list(tagged.owner))).toBe('invalid_response');
  });
}

function describeManners({ images, server, paceByServer }: SourceContract, now: Now): void {
  const { ref: tagged } = images.tagged;
  const [largeOwner = ''] = Object.values(images.owners);

  it('asks nothing for a signal that is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    const source = now().createSource();

    await expect(source.read(tagged, { signal })).rejects.toBe(signal.reason);
    await expect(source.list(tagged.owner, { signal })).rejects.toBe(signal.reason);

    expect(now().simulator.requests).toEqual([]);
  });

  it.each([
    ['read', (source: Source, signal: AbortSignal): Promise<unknown> => source.read(tagged, { signal })],
    ['listing', (source: Source, signal: AbortSignal): Promise<unknown> => source.list(tagged.owner, { signal })],
  ])('stops a %s at once when it is aborted', async (_case, start) => {
    const { simulator, createSource, untilHanging } = now();
    simulator.inject({ server, match: '', fault: { kind: 'hang' } });
    const hanging = untilHanging();
    const stopping = new AbortController();
    const reason = new Error('stop');
    const ended = start(createSource(), stopping.signal).catch((thrown: unknown) => thrown);
    await hanging;

    stopping.abort(reason);

    expect(await ended).toBe(reason);
    expect(simulator.requests).toHaveLength(1);
  });

  it('tells who asks, and keeps its requests apart, retries and redirects too', async () => {
    const { simulator, createSource } = now();
    const source = createSource();
    simulator.inject({ server, match: '', times: 1, fault: refusals.serverError });

    await source.list(largeOwner);
    for (const ref of Object.values(images.readable)) await source.read(ref);

    for (const { headers } of simulator.requests) expect(headers['user-agent']).toBe(userAgent);
    for (const [name, share] of Object.entries(paceByServer)) {
      const times = simulator.requests.filter((request) => request.server === name).map(({ at }) => at);
      const gapsMs = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(times.length).toBeGreaterThan(2);
      expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(delayMs * share);
    }
  });
}

/** Only names that are there, each once, and no total but the true one. */
function expectNothingInvented({ images }: Listing, owner: string, { namesOf, totalOf }: Trial): void {
  const names = images.map(({ ref }) => formatRepo(ref));
  expect(new Set(names).size).toBe(names.length);
  expect(namesOf(owner)).toEqual(expect.arrayContaining(names));
  expect(images.filter(({ ref, reading }) => reading && reading.pullCount !== totalOf(ref))).toEqual([]);
}

/** The code that a promise fails with, or a word that is none. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (thrown: unknown) => (thrown instanceof AppError ? thrown.code : String(thrown)),
  );
}
