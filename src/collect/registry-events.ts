/** What the end of a registry's part of a cycle tells: images gone or back, the registry dark or answering again. */
import { imageKey } from '../core/model/image.ts';
import type { RecordedEvent, RecordedKind } from '../core/model/event.ts';
import type { ImageFailure, ListingStatus } from '../core/model/outcome.ts';

/** How a registry's part of a cycle ended. */
export interface RegistryEnd {
  readonly registry: string;
  readonly readRepos: readonly string[];
  readonly failures: readonly ImageFailure[];
  readonly listings: readonly ListingStatus[];
  /** Images that were read lately and stand in the complete list of their owner no more. */
  readonly unlisted: readonly string[];
  /** Why the failures are not those of the images. */
  readonly diagnosis?: string | undefined;
}

/** By registry, or by registry and repo: what was told of it last. */
export type States = ReadonlyMap<string, RecordedKind>;

export function statesOf(events: readonly RecordedEvent[]): Map<string, RecordedKind> {
  return new Map(events.filter(({ kind }) => kind !== 'tag_pushed').map((event) => [subjectKey(event), event.kind]));
}

/** What an event is about: an image, or a whole registry. */
export function subjectKey({ registry, repo }: Pick<RecordedEvent, 'registry' | 'repo'>): string {
  return repo === undefined ? registry : imageKey({ registry, repo });
}

/** The events that were not told yet. `isKnown`: whether an image of the registry was ever read; `at`: ISO 8601 moment. */
export function registryEvents(end: RegistryEnd, states: States, isKnown: (repo: string) => boolean, at: string): readonly RecordedEvent[] {
  const { registry, readRepos, failures, listings, unlisted, diagnosis } = end;
  const tell = (repo: string | undefined, kind: RecordedKind, detail?: string): RecordedEvent[] =>
    states.get(subjectKey({ registry, repo })) === kind ? [] : [{ time: at, seenAt: at, registry, repo, kind, detail }];

  const absent = failures.filter(({ code, missing }) => code === 'not_found' && missing === 'total').map(({ repo }) => repo);
  // A wave of 404s is an address that is refused, not images that were deleted.
  const missing = diagnosis === undefined ? absent : [];
  const hasAnswered = readRepos.length > 0 || (missing.length > 0 && missing.length === failures.length);
  const wasAsked = failures.length > 0 || listings.length > 0;
  const wasDark = states.get(registry) === 'registry_dark';
  const reason = diagnosis ?? failures[0]?.message ?? listings.find(({ shortfall }) => shortfall)?.shortfall?.message;
  const wasGone = (repo: string): boolean => states.get(subjectKey({ registry, repo })) === 'image_gone';
  return [
    ...(!hasAnswered && wasAsked ? tell(undefined, 'registry_dark', reason) : []),
    ...(hasAnswered && wasDark ? tell(undefined, 'registry_back') : []),
    ...readRepos.filter(wasGone).flatMap((repo) => tell(repo, 'image_back')),
    ...[...new Set([...missing, ...unlisted])].filter(isKnown).flatMap((repo) => tell(repo, 'image_gone')),
  ];
}
