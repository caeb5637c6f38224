/** The history of a folder of snapshots, checked as the other formats are: its files may come from anywhere. */
import type { Day } from '../../core/model/day.ts';
import { isRepo } from '../../core/model/image-ref.ts';
import type { StoredReading } from '../../core/model/history.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import type { ImportProblem, ImportRecord } from './import-record.ts';

/** The part of a store that is read. */
export type FolderHistory = Pick<SnapshotStore, 'readings' | 'events'>;

export interface FolderOptions {
  readonly days: readonly Day[];
  readonly registries: readonly string[];
  readonly onProgress: (done: number, total: number) => void;
}

/** The events, then the totals day by day; an image that cannot be one is a problem. @throws what the history throws */
export async function* readFolder(history: FolderHistory, { days, registries, onProgress }: FolderOptions): AsyncGenerator<ImportRecord> {
  for (const event of await history.events()) {
    const { registry, repo } = event;
    const reason = reasonAgainst(registry, repo, registries);
    yield reason === undefined ? { event } : { problem: { where: `event ${event.kind} at ${event.time}`, reason } };
  }
  for (const [at, day] of days.entries()) {
    for await (const reading of history.readings({}, { from: day, to: day })) {
      const problem = problemOf(reading, registries);
      yield problem ? { problem } : { reading };
    }
    onProgress(at + 1, days.length);
  }
}

function problemOf({ day, registry, repo }: StoredReading, registries: readonly string[]): ImportProblem | undefined {
  const reason = reasonAgainst(registry, repo, registries);
  return reason === undefined ? undefined : { where: `${day}.json`, reason };
}

function reasonAgainst(registry: string, repo: string | undefined, registries: readonly string[]): string | undefined {
  if (!registries.includes(registry)) return `invalid registry ${shorten(registry)}: valid is one of ${registries.join(', ')}`;
  return repo === undefined || isRepo(repo) ? undefined : `invalid image name ${shorten(repo)}: valid is owner/name`;
}

function shorten(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
