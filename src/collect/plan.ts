/** What a run begins with: owners to list, and the images that are named, those first whose reading is oldest. */
import { errorFields, toAppError } from '../core/model/errors.ts';
import { formatRepo } from '../core/model/image-ref.ts';
import { imageKey } from '../core/model/image.ts';
import type { RegistryDescriptor, RegistrySettings } from '../core/model/registry.ts';
import type { WorkItem } from '../core/model/run.ts';
import type { Logger, SnapshotStore, Source } from '../core/ports.ts';

export interface TrackedRegistry {
  readonly descriptor: RegistryDescriptor;
  readonly settings: RegistrySettings;
  readonly source: Source;
}

export interface PlanDeps {
  /** Those that something is configured for. */
  readonly registries: readonly Pick<TrackedRegistry, 'descriptor' | 'settings'>[];
  readonly store: Pick<SnapshotStore, 'latest'>;
  readonly log: Logger;
}

/** Never rejects: where it cannot be looked up when images were read, they come in the order of the configuration. */
export async function planRun({ registries, store, log }: PlanDeps): Promise<readonly WorkItem[]> {
  const readAt = await lastReads(store, log);
  return registries.flatMap(({ descriptor: { id: registry }, settings }) =>
    settings.targets.map((target): WorkItem => {
      if (target.kind === 'owner') return { registry, kind: 'list', name: target.owner };
      const repo = formatRepo(target.ref);
      return { registry, kind: 'read', name: repo, readBefore: readAt.get(imageKey({ registry, repo })) };
    }),
  );
}

async function lastReads(store: PlanDeps['store'], log: Logger): Promise<ReadonlyMap<string, string | undefined>> {
  try {
    return new Map((await store.latest({})).map((image) => [imageKey(image), image.readAt]));
  } catch (error) {
    log.warn('stored images cannot be listed', errorFields(toAppError(error)));
    return new Map();
  }
}
