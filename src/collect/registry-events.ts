/** The events in how a registry's part of a run ended: images deleted or back, an outage of the registry or its end. */
import type { RecordedEvent, RecordedKind } from '../core/model/event.ts';
import { imageKey } from '../core/model/image.ts';
import { hasSucceeded, isNotThere, type RegistryRun } from '../core/model/run.ts';

/** How a registry's part of a run ended. */
export interface RegistryEnd extends Pick<RegistryRun, 'registry' | 'imagesRead' | 'readRepos' | 'failures' | 'listings' | 'deleted'> {
  /** Why totals are missing, where it is not because of the images. */
  readonly diagnosis?: string | undefined;
}

/** By registry, or by registry and repo: the last event of it. */
export type States = ReadonlyMap<string, RecordedKind>;

export function statesOf(events: readonly RecordedEvent[]): Map<string, RecordedKind> {
  return new Map(events.filter(({ kind }) => stateKinds.has(kind)).map((each) => [stateKey(each), each.kind]));
}

const stateKinds: ReadonlySet<RecordedKind> = new Set(['image_gone', 'image_back', 'registry_dark', 'registry_back']);

function stateKey({ registry, repo }: Pick<RecordedEvent, 'registry' | 'repo'>): string {
  return repo === undefined ? registry : imageKey({ registry, repo });
}

/** The events that are new. `isKnown`: whether an image of the registry was ever read; `at`: ISO 8601 moment. */
export function registryEvents(end: RegistryEnd, states: States, isKnown: (repo: string) => boolean, at: string): readonly RecordedEvent[] {
  const { registry, readRepos, failures, listings, deleted, diagnosis } = end;
  const event = (repo: string | undefined, kind: RecordedKind, detail?: string): RecordedEvent[] =>
    states.get(stateKey({ registry, repo })) === kind ? [] : [{ time: at, seenAt: at, registry, repo, kind, detail }];

  // A wave of 404s is an address that is refused, not images that were deleted.
  const missing = diagnosis === undefined ? failures.filter(isNotThere).map(({ repo }) => repo) : [];
  const gone = [...missing, ...deleted];
  const hasAnswered = hasSucceeded(end) || (gone.length > 0 && missing.length === failures.length);
  const wasTried = failures.length > 0 || listings.length > 0;
  const wasAway = states.get(registry) === 'registry_dark';
  const reason = diagnosis ?? failures[0]?.message ?? listings.find(({ shortfall }) => shortfall)?.shortfall?.message;
  const wasDeleted = (repo: string): boolean => states.get(stateKey({ registry, repo })) === 'image_gone';
  return [
    ...(!hasAnswered && wasTried ? event(undefined, 'registry_dark', reason) : []),
    ...(hasAnswered && wasAway ? event(undefined, 'registry_back') : []),
    ...readRepos.filter(wasDeleted).flatMap((repo) => event(repo, 'image_back')),
    ...gone.filter(isKnown).flatMap((repo) => event(repo, 'image_gone')),
  ];
}
