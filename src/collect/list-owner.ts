/** Finds the images of an owner: those that its listing names, and those that were read lately. */
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import { formatRepo, isRepo, isTracked, parseRepo } from '../core/model/image-ref.ts';
import type { Listing, Reading } from '../core/model/reading.ts';
import type { LatestImage } from '../core/model/history.ts';
import type { RegistrySettings } from '../core/model/registry.ts';
import type { ListingOutcome, WorkItem } from '../core/model/run.ts';
import type { Logger, SnapshotStore, Source } from '../core/ports.ts';
import { currentImages } from '../core/views/summary.ts';

export interface ListOwnerDeps {
  readonly source: Source;
  /** Which of an owner's images are tracked. */
  readonly settings: Pick<RegistrySettings, 'targets'>;
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
  const { expected, complete } = listing;
  const images = listing.images.filter(({ ref }) => isTracked(deps.settings.targets, ref));
  const { stored, current: known } = await knownImages(deps, owner);
  const shortfall = stored > 0 ? withoutDoubtOfOwner(owner, stored, listing.shortfall) : listing.shortfall;
  if (!complete) {
    const fields = { registry, owner, listed: listing.images.length, expected, ...(shortfall && errorFields(shortfall)) };
    deps.log.warn('incomplete listing', fields);
  }
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
      listed: listing.images.length,
      expected,
      complete,
      shortfall: shortfall && { code: shortfall.code, message: shortfall.message },
      unlisted: complete ? unlisted.map(({ repo }) => repo) : [],
    },
    // Lists were short for hours while the repositories were there (docker/hub-feedback#832, #1295): each image speaks for itself.
    found: [...listed, ...unlisted.map(({ repo, readAt: readBefore }): WorkItem => ({ registry, kind: 'read', name: repo, readBefore }))],
    readings: images.flatMap(({ reading }) => (reading ? [reading] : [])),
  };
}

/** An empty list was seen of owners who had images (docker/hub-feedback#1063), and so is a route that has gone: neither says that the owner is not there. */
function withoutDoubtOfOwner(owner: string, stored: number, shortfall: AppError | undefined): AppError | undefined {
  if (shortfall?.code !== 'not_found') return shortfall;
  const message = `the list of ${owner} is empty, although ${stored === 1 ? 'an image is' : `${stored} images are`} known; those read lately are read by name`;
  return new AppError('invalid_response', message, { cause: shortfall });
}

interface KnownImages {
  /** How many images of the owner are stored. */
  readonly stored: number;
  /** Those that were read lately and are still tracked. */
  readonly current: readonly LatestImage[];
}

/** An owner's images; none where they cannot be looked up. */
async function knownImages({ source, settings, store, log }: ListOwnerDeps, owner: string): Promise<KnownImages> {
  const { registry } = source;
  try {
    const images = await store.latest({ registries: new Set([registry]) });
    const own = images.filter(({ repo }) => repo.startsWith(`${owner}/`) && isRepo(repo));
    const newestDay = (await store.days()).at(-1);
    const current = newestDay === undefined ? [] : currentImages(own, newestDay);
    return { stored: own.length, current: current.filter(({ repo }) => isTracked(settings.targets, parseRepo(repo))) };
  } catch (error) {
    log.warn('stored images cannot be listed', { registry, owner, ...errorFields(toAppError(error)) });
    return { stored: 0, current: [] };
  }
}
