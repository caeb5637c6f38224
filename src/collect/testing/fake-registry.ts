/** A registry whose answers the test decides. */
import { plainDescriptor } from '../../../test/support/descriptor.ts';
import { AppError } from '../../core/model/errors.ts';
import { formatRepo, parseRepo, parseTarget } from '../../core/model/image-ref.ts';
import type { Listing, Reading } from '../../core/model/reading.ts';
import type { Source } from '../../core/ports.ts';
import type { TrackedRegistry } from '../plan.ts';

export const start = '2026-03-14T10:00:00.000Z';

export function reading(registry: string, repo: string, pullCount: number, readAt = start): Reading {
  return { registry, repo, pullCount, readAt };
}

export interface FakeRegistry {
  readonly id?: string;
  readonly targets: readonly string[];
  readonly totals?: Readonly<Record<string, number | AppError>>;
  readonly listings?: Readonly<Record<string, Listing | AppError>>;
  readonly onRead?: (repo: string, signal: AbortSignal | undefined) => Promise<void>;
}

/** One that is tracked; it remembers what it was requested for. */
export function tracked({
  id = 'dockerhub',
  targets,
  totals = {},
  listings = {},
  onRead,
}: FakeRegistry): TrackedRegistry & { readonly requested: string[] } {
  const requested: string[] = [];
  const source: Source = {
    registry: id,
    async list(owner) {
      const answer = listings[owner] ?? new AppError('not_found', 'no such owner');
      if (answer instanceof AppError) throw answer;
      return answer;
    },
    async read(ref, options) {
      const repo = formatRepo(ref);
      requested.push(repo);
      await onRead?.(repo, options?.signal);
      const total = totals[repo] ?? new AppError('not_found', 'no such image');
      if (total instanceof AppError) throw total;
      return { reading: reading(id, repo, total) };
    },
  };
  const descriptor = plainDescriptor(id, `Title of ${id}`);
  return { descriptor, settings: { targets: targets.map(parseTarget), urls: {}, delayMs: 0 }, source, requested };
}

export function listing(repos: readonly string[], fields: Partial<Listing> = {}): Listing {
  return { images: repos.map((repo) => ({ ref: parseRepo(repo) })), complete: true, ...fields };
}
