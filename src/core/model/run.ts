/** A run over everything that is configured: the items of its work, how each ended, and what is known of it afterwards. */
import {
  noTotals,
  type Disagreement,
  type Failure,
  type ImageDoubt,
  type ImageFailure,
  type ListingStatus,
  type Progress,
  type RegistryTotals,
} from './outcome.ts';
import { groupBy } from './group-by.ts';
import type { Inconsistency } from './mark.ts';
import type { Reading } from './reading.ts';

/** Part of the interval by which a run may begin earlier or later. */
export const intervalJitter = 0.1;

/** One owner to list or one image to read. */
export interface WorkItem {
  readonly registry: string;
  readonly kind: 'list' | 'read';
  /** The owner, or the canonical name of the image. */
  readonly name: string;
  /** What the listing of the owner already said of the image. */
  readonly listed?: Reading | undefined;
  /** ISO 8601 moment of the newest total that is stored: what was read longest ago comes first, and before it what never was. */
  readonly readBefore?: string | undefined;
}

/** An item that one process works on. */
export interface TakenItem extends WorkItem {
  /** How often it was tried before. */
  readonly attempt: number;
  /** Why the last attempt failed. */
  readonly failure?: Failure | undefined;
}

/** How an image ended. */
export interface ImageOutcome {
  readonly kind: 'read';
  /** Whether its total was read. */
  readonly isRead: boolean;
  /** What could not be read. */
  readonly failure?: Omit<ImageFailure, 'repo'> | undefined;
  readonly doubt?: Inconsistency | undefined;
  /** Of the doubt; absent where an older collector read the image. */
  readonly disagreement?: Disagreement | undefined;
}

/** How the listing of an owner ended. */
export interface ListingOutcome extends Omit<ListingStatus, 'owner'> {
  readonly kind: 'list';
  /** Images that were read lately and are in the complete list no more; their own reads tell whether they are still there. */
  readonly unlisted: readonly string[];
}

export type Outcome = ImageOutcome | ListingOutcome;

/** An item with its outcome, and the work that came up with it. */
export interface WorkResult {
  readonly item: WorkItem;
  readonly outcome: Outcome;
  readonly found?: readonly WorkItem[] | undefined;
}

/** An item that goes back into the list. */
export interface Requeued {
  readonly item: WorkItem;
  /** Nobody takes it before this time has passed. */
  readonly delayMs: number;
  /** Why it failed; absent where it was not tried, which is then no attempt. */
  readonly failure?: Failure | undefined;
}

/** A registry's part of a run. */
export interface RegistryRun {
  readonly registry: string;
  readonly imagesRead: number;
  /** Canonical names of the images whose total was read. */
  readonly readRepos: readonly string[];
  /** Canonical names of images that a complete list has no longer and that are not there, as the registry itself says of each: no failures. */
  readonly deleted: readonly string[];
  readonly failures: readonly ImageFailure[];
  readonly listings: readonly ListingStatus[];
  /** Images whose total contradicts the registry's own days. */
  readonly doubts: readonly ImageDoubt[];
  readonly durationMs: number;
}

export interface RunRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly registries: readonly RegistryRun[];
  /** Why what was read could not be stored. */
  readonly saveError?: Failure | undefined;
  /** Why old snapshots could not be deleted after it. */
  readonly retentionError?: string | undefined;
  /** Whether it was stopped before its end: then it says nothing about the registries. */
  readonly interrupted: boolean;
}

export interface RunningRun {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly registries: readonly {
    readonly registry: string;
    readonly progress: Progress;
    /** Milliseconds since an image of it was read; absent before the first. */
    readonly readAgoMs?: number | undefined;
  }[];
}

/** What was counted of a registry. */
export interface RegistryCount {
  readonly registry: string;
  readonly totals: RegistryTotals;
  /** ISO 8601 moment of the last run that read something. */
  readonly lastSuccess?: string | undefined;
}

export interface RunReport {
  /** The last run that came to its end. */
  readonly finished?: RunRecord | undefined;
  /** Milliseconds since that end. */
  readonly finishedAgoMs?: number | undefined;
  readonly running?: RunningRun | undefined;
  readonly counts: readonly RegistryCount[];
  /** When the next run begins, in milliseconds since the epoch; absent while one runs and where none is planned. */
  readonly nextAt?: number | undefined;
}

/** An item as a list of work knows it. */
export interface WorkState {
  readonly item: Pick<WorkItem, 'registry' | 'kind' | 'name'>;
  readonly outcome?: Outcome | undefined;
  /** Milliseconds since the epoch. */
  readonly endedAt?: number | undefined;
}

/** What is said of an image that has no outcome when its run is over. */
const unfinished: Omit<ImageFailure, 'repo'> = {
  code: 'internal',
  message: 'no collector finished it in this run',
  missing: 'total',
};

/** Whether the registry did its part: it gave a total, or a complete list of an owner that has no images. */
export function hasSucceeded({ imagesRead, failures, listings }: Pick<RegistryRun, 'imagesRead' | 'failures' | 'listings'>): boolean {
  return imagesRead > 0 || (failures.length === 0 && listings.length > 0 && listings.every(({ complete }) => complete));
}

/** Whether the registry said beyond doubt that there is no such image. */
export function isNotThere({ code, missing }: Pick<ImageFailure, 'code' | 'missing'>): boolean {
  return code === 'not_found' && missing === 'total';
}

/** The parts of a run, from all of its items. An item without an outcome is a failure, but in a run that was interrupted. */
export function summarizeRun(states: readonly WorkState[], startedAt: number, interrupted: boolean): readonly RegistryRun[] {
  return [...groupBy(states, ({ item }) => item.registry)].map(([registry, own]) =>
    summarizeRegistry(registry, own, { startedAt, interrupted }),
  );
}

function summarizeRegistry(
  registry: string,
  states: readonly WorkState[],
  { startedAt, interrupted }: Pick<RunRecord, 'startedAt' | 'interrupted'>,
): RegistryRun {
  const readRepos: string[] = [];
  const failures: ImageFailure[] = [];
  const doubts: ImageDoubt[] = [];
  const listings: ListingStatus[] = [];
  const unlisted = new Set<string>();
  let endedAt = startedAt;
  for (const { item, outcome, endedAt: at = startedAt } of states) {
    endedAt = Math.max(endedAt, at);
    const { kind, name } = item;
    if (outcome?.kind === 'list') {
      const { listed, expected, complete, shortfall } = outcome;
      listings.push({ owner: name, listed, expected, complete, shortfall });
      for (const repo of outcome.unlisted) unlisted.add(repo);
    } else if (outcome) {
      if (outcome.isRead) readRepos.push(name);
      if (outcome.failure) failures.push({ repo: name, ...outcome.failure });
      if (outcome.doubt) doubts.push({ repo: name, doubt: outcome.doubt, ...outcome.disagreement });
    } else if (!interrupted) {
      if (kind === 'read') failures.push({ repo: name, ...unfinished });
      else listings.push({ owner: name, listed: 0, complete: false, shortfall: { code: unfinished.code, message: unfinished.message } });
    }
  }
  const isDeleted = (failure: ImageFailure): boolean => isNotThere(failure) && unlisted.has(failure.repo);
  return {
    registry,
    imagesRead: readRepos.length,
    readRepos,
    deleted: failures.filter(isDeleted).map(({ repo }) => repo),
    failures: failures.filter((failure) => !isDeleted(failure)),
    listings,
    doubts,
    durationMs: endedAt - startedAt,
  };
}

/** The count with one more run in it. `now`: ISO 8601 */
export function countRun(before: RegistryCount | undefined, part: RegistryRun, now: string): RegistryCount {
  const { cycles, errors } = before?.totals ?? noTotals;
  const isOk = hasSucceeded(part);
  const sums = { ...errors };
  for (const { code, missing } of part.failures) if (missing === 'total') sums[code] = (sums[code] ?? 0) + 1;
  const totals = { cycles: { ok: cycles.ok + Number(isOk), failed: cycles.failed + Number(!isOk) }, errors: sums };
  return { registry: part.registry, totals, lastSuccess: isOk ? now : before?.lastSuccess };
}
