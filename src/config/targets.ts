/** From entries to what is tracked on a registry: each target once, with what is left out of an owner's images. */
import { formatRepo, type OwnerTarget, type Target } from '../core/model/image-ref.ts';
import { imageName, type Entry } from './entries.ts';

/** An entry and the variable that has it. */
export interface ListedEntry extends Entry {
  readonly variable: string;
}

/**
 * Each target once. An image whose owner is tracked as a whole stays named, so that it is read even when the listing fails, or when
 * it is left out of the owner's images.
 */
export function mergeTargets(entries: readonly ListedEntry[], onProblem: (entry: ListedEntry, reason: string) => void): Target[] {
  const targets = new Map<string, Target>();
  for (const { target, isExcluded } of entries) {
    if (isExcluded) continue;
    const key = target.kind === 'owner' ? ownerKey(target.owner) : formatRepo(target.ref);
    const before = targets.get(key);
    targets.set(key, target.kind === 'owner' && before?.kind === 'owner' ? joined(before, target) : target);
  }
  for (const entry of entries) {
    if (!entry.isExcluded) continue;
    const owner = ownerOf(entry.target);
    const tracked = targets.get(ownerKey(owner));
    const pattern = imageName(entry.target);
    if (tracked?.kind !== 'owner') onProblem(entry, `it leaves nothing out, because ${owner}/* is not tracked`);
    else if (pattern === '*') onProblem(entry, `it leaves out all images of ${owner}, remove ${owner}/* instead`);
    else targets.set(ownerKey(owner), { ...tracked, exclude: unique([...(tracked.exclude ?? []), pattern]) });
  }
  return [...targets.values()];
}

/** All images of the owner when one of the two has all. */
function joined({ owner, include: one }: OwnerTarget, { include: other }: OwnerTarget): OwnerTarget {
  return one && other ? { kind: 'owner', owner, include: unique([...one, ...other]) } : { kind: 'owner', owner };
}

function ownerOf(target: Target): string {
  return target.kind === 'owner' ? target.owner : target.ref.owner;
}

function ownerKey(owner: string): string {
  return `${owner}/*`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
