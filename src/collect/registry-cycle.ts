/** One registry's part of a cycle: find the images, read each, hand every reading on, keep every failure. */
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import { formatRepo, parseRepo, type ImageRef, type Target } from '../core/model/image-ref.ts';
import type { Reading } from '../core/model/reading.ts';
import type { Logger, Source } from '../core/ports.ts';
import type { Failure, ImageFailure, ListingStatus, Progress } from '../core/model/outcome.ts';

export interface RegistryCycleDeps {
  readonly source: Source;
  readonly targets: readonly Target[];
  /** Canonical names of an owner's images that were read lately; they stand in for a listing that is not complete. */
  readonly knownImages: (owner: string) => Promise<readonly string[]>;
  readonly onReadings: (readings: readonly Reading[]) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  readonly log: Logger;
}

export interface RegistryResult {
  readonly imagesRead: number;
  /** Canonical names of the images whose total was read. */
  readonly readRepos: readonly string[];
  /** Canonical names of images that were read lately and stand in no list any more, although their owner's was complete. */
  readonly unlisted: readonly string[];
  readonly failures: readonly ImageFailure[];
  readonly listings: readonly ListingStatus[];
}

/** After so many images in a row without an answer the registry is left alone until the next cycle: each costs minutes of waiting. */
const mostUnanswered = 5;

interface Wanted {
  readonly ref: ImageRef;
  readonly listed?: Reading | undefined;
}

/** Runs to its end whatever fails, or until the signal is aborted: then it returns what it has. */
export async function collectRegistry(deps: RegistryCycleDeps, signal: AbortSignal): Promise<RegistryResult> {
  const { source, log } = deps;
  const wanted = new Map<string, Wanted>();
  const listings: ListingStatus[] = [];
  const unlisted: string[] = [];
  const failures: ImageFailure[] = [];
  const read = new Set<string>();

  for (const target of deps.targets) {
    if (target.kind === 'image') wanted.set(formatRepo(target.ref), { ref: target.ref });
  }
  deps.onProgress({ done: 0, total: wanted.size });
  for (const target of deps.targets) {
    if (target.kind === 'image') continue;
    if (signal.aborted) break;
    const { status, images } = await listOwner(deps, target.owner, signal);
    if (signal.aborted && images.length === 0) break;
    listings.push(status);
    for (const image of images) wanted.set(formatRepo(image.ref), image);
    if (status.complete) unlisted.push(...(await deps.knownImages(target.owner)).filter((repo) => !wanted.has(repo)));
    const readings = images.flatMap(({ listed }) => (listed ? [listed] : []));
    for (const { repo } of readings) read.add(repo);
    await deps.onReadings(readings);
    deps.onProgress({ done: 0, total: wanted.size });
  }

  let done = 0;
  let unanswered = 0;
  for (const [repo, { ref, listed }] of wanted) {
    if (signal.aborted) break;
    try {
      if (unanswered === mostUnanswered) {
        throw new AppError('unreachable', `not asked, because ${mostUnanswered} images in a row got no answer`);
      }
      const { reading, flaw } = await source.read(ref, { signal, listed });
      unanswered = 0;
      read.add(repo);
      if (flaw) failures.push(imageFailure(repo, flaw, 'details'));
      await deps.onReadings([reading]);
    } catch (error) {
      if (signal.aborted) break;
      const failure = toAppError(error);
      failures.push(imageFailure(repo, failure, read.has(repo) ? 'details' : 'total'));
      if (unanswered < mostUnanswered) {
        log.warn('image could not be read', { registry: source.registry, repo, ...errorFields(failure) });
        unanswered = failure.code === 'unreachable' ? unanswered + 1 : 0;
      }
    }
    deps.onProgress({ done: ++done, total: wanted.size });
  }
  return { imagesRead: read.size, readRepos: [...read], unlisted, failures, listings };
}

async function listOwner(
  deps: RegistryCycleDeps,
  owner: string,
  signal: AbortSignal,
): Promise<{ status: ListingStatus; images: readonly Wanted[] }> {
  const { source, log } = deps;
  try {
    const { images, expected, complete, shortfall } = await source.list(owner, { signal });
    const listed: Wanted[] = images.map((image) => ({ ref: image.ref, listed: image.reading }));
    const status = { owner, listed: listed.length, expected, complete, shortfall: shortfall && failureOf(shortfall) };
    if (complete) return { status, images: listed };
    log.warn('listing is not complete', { registry: source.registry, owner, listed: listed.length, expected, reason: shortfall?.message });
    return { status, images: await withKnown(deps, owner, listed) };
  } catch (error) {
    if (signal.aborted) return { status: { owner, listed: 0, complete: false }, images: [] };
    const failure = toAppError(error);
    log.warn('listing failed', { registry: source.registry, owner, ...errorFields(failure) });
    return { status: { owner, listed: 0, complete: false, shortfall: failureOf(failure) }, images: await withKnown(deps, owner, []) };
  }
}

/** Absence from a list that is not complete says nothing: the images that were read lately are read as well. */
async function withKnown(deps: RegistryCycleDeps, owner: string, listed: readonly Wanted[]): Promise<readonly Wanted[]> {
  const names = new Set(listed.map(({ ref }) => formatRepo(ref)));
  const known = await deps.knownImages(owner);
  return [...listed, ...known.filter((repo) => !names.has(repo)).map((repo) => ({ ref: parseRepo(repo) }))];
}

function imageFailure(repo: string, error: AppError, missing: ImageFailure['missing']): ImageFailure {
  return { repo, missing, ...failureOf(error) };
}

function failureOf({ code, message }: AppError): Failure {
  return { code, message };
}
