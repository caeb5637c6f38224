/** Finds the images of an owner: those that its listing names, and where the listing is incomplete those that were read lately too. */
import { errorFields, toAppError, type AppError } from '../core/model/errors.ts';
import { formatRepo, isRepo } from '../core/model/image-ref.ts';
import type { Listing, Reading } from '../core/model/reading.ts';
import type { LatestImage } from '../core/model/history.ts';
import type { ListingOutcome, WorkItem } from '../core/model/run.ts';
import type { Logger, SnapshotStore, Source } from '../core/ports.ts';
import { currentImages } from '../core/views/summary.ts';

export interface ListOwnerDeps {
  readonly source: Source;
  readonly store: Pick<SnapshotStore, 'latest' | 'days'>;
  readonly log: Logger;
}

export interface ListedOwner {
  readonly outcome: ListingOutcome;
  readonly found: readonly WorkItem[];
  /** What the listing already says of the images. */
  readonly readings: readonly Reading[];
}

/** @throws AppError as `Source.list` does, or the signal's reason */
export async function listOwner(deps: ListOwnerDeps, owner: string, signal: AbortSignal): Promise<ListedOwner> {
  const listing = await deps.source.list(owner, { signal });
  return outcomeOf(deps, owner, listing);
}

/** What an owner ends with whose listing failed for good. */
export function unlistedOwner(deps: ListOwnerDeps, owner: string, shortfall: AppError): Promise<ListedOwner> {
  return outcomeOf(deps, owner, { images: [], complete: false, shortfall });
}

async function outcomeOf(deps: ListOwnerDeps, owner: string, listing: Listing): Promise<ListedOwner> {
  const { registry } = deps.source;
  const { images, expected, complete, shortfall } = listing;
  if (!complete) {
    const fields = { registry, owner, listed: images.length, expected, ...(shortfall && errorFields(shortfall)) };
    deps.log.warn('incomplete listing', fields);
  }
  const known = await knownImages(deps, owner);
  const readAt = new Map(known.map((image) => [image.repo, image.readAt]));
  const listed = images.map(({ ref, reading }): WorkItem => {
    const name = formatRepo(ref);
    return { registry, kind: 'read', name, listed: reading, readBefore: readAt.get(name) };
  });
  const names = new Set(listed.map(({ name }) => name));
  const unlisted = known.filter(({ repo }) => !names.has(repo));
  return {
    outcome: {
      kind: 'list',
      listed: listed.length,
      expected,
      complete,
      shortfall: shortfall && { code: shortfall.code, message: shortfall.message },
      unlisted: complete ? unlisted.map(({ repo }) => repo) : [],
    },
    // Absence from a list that is not complete says nothing.
    found: complete
      ? listed
      : [...listed, ...unlisted.map(({ repo, readAt: readBefore }): WorkItem => ({ registry, kind: 'read', name: repo, readBefore }))],
    readings: images.flatMap(({ reading }) => (reading ? [reading] : [])),
  };
}

/** An owner's images that were read lately; none where they cannot be looked up. */
async function knownImages({ source, store, log }: ListOwnerDeps, owner: string): Promise<readonly LatestImage[]> {
  const { registry } = source;
  try {
    const images = await store.latest({ registries: new Set([registry]) });
    const newestDay = (await store.days()).at(-1);
    const current = newestDay === undefined ? [] : currentImages(images, newestDay);
    return current.filter(({ repo }) => repo.startsWith(`${owner}/`) && isRepo(repo));
  } catch (error) {
    log.warn('stored images cannot be listed', { registry, owner, ...errorFields(toAppError(error)) });
    return [];
  }
}
