/** Pages over a store in memory, on a free port. */
import assets from '../../dist/assets.json' with { type: 'json' };
import { createApi } from '../../src/http/api.ts';
import type { Handler } from '../../src/http/message.ts';
import type { SnapshotStore } from '../../src/core/ports.ts';
import { listen, type ApiServer } from '../../src/http/server.ts';
import type { Group } from '../../src/core/views/groups.ts';
import type { RecordedEvent } from '../../src/core/model/event.ts';
import type { ImageName } from '../../src/core/model/image.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { noTotals } from '../../src/core/model/outcome.ts';
import type { CollectorStatus, RegistryStatus } from '../../src/core/views/status.ts';
import { createAssets } from '../../src/dashboard/assets.ts';
import { createPages as createPageRoutes } from '../../src/dashboard/endpoints/index.ts';
import type { Trigger } from '../../src/http/trigger.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { fetchFrom } from './fetch-from.ts';
import { createFixedClock } from './fixed-clock.ts';
import { createRecordingLog } from './recording-log.ts';

export interface PagesOptions {
  readonly readings?: readonly Reading[];
  readonly configured?: readonly ImageName[];
  readonly groups?: readonly Group[];
  readonly events?: readonly RecordedEvent[];
  readonly status?: Partial<CollectorStatus>;
  readonly howToConfigure?: string;
  readonly basePath?: string;
  readonly trigger?: Trigger;
  readonly configProblems?: readonly { readonly variable: string; readonly entry: string; readonly reason: string }[];
}

/** A service that can be written to, and whose answers can be held up, while its pages are open. */
export interface LivePages extends ApiServer {
  readonly store: SnapshotStore;
  /** In place of the status that was given. */
  setStatus(status: Partial<CollectorStatus>): void;
  /** Called before each answer, with the address. */
  setBefore(before: (url: string) => Promise<void>): void;
}

export const pagesNow = '2026-03-14T12:00:00.000Z';

/** A registry whose last cycle was good. */
export function registryStatus(registry: string, title: string, more: Partial<RegistryStatus> = {}): RegistryStatus {
  return {
    registry,
    title,
    state: 'ok',
    imagesRead: 1,
    imagesFailed: 0,
    failures: [],
    unexplained: more.failures ?? [],
    deleted: [],
    listings: [],
    doubts: [],
    totals: noTotals,
    lastSuccess: pagesNow,
    ...more,
  };
}

/** The pages and the API beside them, on 2026-03-14 at noon. */
export async function createPages(options: PagesOptions = {}) {
  const { readings = [], basePath = '', configured = [], groups = [], events = [], configProblems = [], howToConfigure } = options;
  let { status = {} } = options;
  const store = createMemoryStore();
  await store.save(readings, events);
  const registries = [
    { id: 'dockerhub', title: 'Docker Hub', counts: { unit: 'pulls', lifetime: true, note: 'Requests for manifests.' } },
    {
      id: 'ghcr',
      title: 'GitHub Container Registry',
      counts: { unit: 'downloads', lifetime: true, note: 'Downloads of manifests.' },
      page: 'https://github.test/{owner}/{package}',
    },
  ];
  const shown = {
    store,
    clock: createFixedClock(pagesNow),
    configured,
    groups,
    counting: Object.fromEntries(registries.map(({ id, counts }) => [id, counts])),
    staleAfterMs: 86_400_000,
    basePath,
    version: '1.2.3',
    configProblems,
    howToConfigure,
    trigger: options.trigger,
    status: (): CollectorStatus => ({
      health: { healthy: true, reason: 'every configured registry was read recently' },
      registries: registries.map(({ id, title }) => registryStatus(id, title)),
      ...status,
    }),
  };
  const examples = [{ variable: 'DOCKERHUB_REPOS', example: 'acme/app,acme/*' }];
  const { pages, errorPage } = createPageRoutes({ ...shown, registries, examples, assets: createAssets(assets) });
  const handler = createApi({ ...shown, registries: registries.map(({ id }) => id), pages, errorPage, log: createRecordingLog() });
  return {
    handler,
    fetch: fetchFrom(handler),
    store,
    clock: shown.clock,
    setStatus: (next: Partial<CollectorStatus>): void => void (status = next),
  };
}

export async function startPages(options: PagesOptions = {}): Promise<LivePages> {
  const { handler, store, setStatus } = await createPages(options);
  let before: ((url: string) => Promise<void>) | undefined;
  const held: Handler = async (request) => {
    await before?.(request.url ?? '');
    return handler(request);
  };
  const server = await listen(held, { host: '127.0.0.1', port: 0 });
  return { ...server, store, setStatus, setBefore: (next) => (before = next) };
}
