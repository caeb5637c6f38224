/** Collects from the simulator with the real sources and HTTP client, into a store in memory; time moves between runs, and where nothing is on its way. */
import { setImmediate } from 'node:timers/promises';
import { createEngine } from '../../src/collect/engine.ts';
import { createHealth } from '../../src/collect/health.ts';
import { createWorkList } from '../../src/collect/work-list.ts';
import { isListed } from '../../src/core/model/event.ts';
import { parseTarget } from '../../src/core/model/image-ref.ts';
import type { RegistrySettings } from '../../src/core/model/registry.ts';
import type { RunRecord } from '../../src/core/model/run.ts';
import type { OpenedRun, SnapshotStore, WorkList } from '../../src/core/ports.ts';
import type { CollectorStatus } from '../../src/core/views/status.ts';
import { createHttpClientFactory } from '../../src/net/client.ts';
import { sources } from '../../src/sources/index.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFixedClock } from './fixed-clock.ts';
import { createRecordingLog } from './recording-log.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/demo/simulator/index.ts';

export interface Collector {
  readonly simulator: Simulator;
  readonly store: SnapshotStore;
  readonly log: ReturnType<typeof createRecordingLog>;
  /** Moves the time on by two hours, runs, and resolves to the run. */
  readonly run: () => Promise<RunRecord>;
  /** Of the images only, in order: `image_gone acme/app`. */
  readonly events: () => Promise<readonly string[]>;
  readonly status: () => CollectorStatus;
}

const twoHours = 7_200_000;

/** `targets`: by registry what is tracked; `login`: that of registries which have one. */
export async function startCollector(
  targets: Readonly<Record<string, readonly string[]>>,
  options: SimulatorOptions,
  login?: RegistrySettings['login'],
): Promise<Collector> {
  const clock = createFixedClock('2026-11-23T06:00:00.000Z', { manual: true });
  const simulator = await startSimulator({ clock, ...options });
  const urls = {
    DOCKERHUB_URL: simulator.dockerHubUrl,
    GITHUB_URL: simulator.githubUrl,
    GHCR_URL: simulator.ghcrUrl,
    QUAY_URL: simulator.quayUrl,
    ECR_PUBLIC_URL: simulator.ecrPublicUrl,
  };
  const log = createRecordingLog();
  const traffic = watchTraffic();
  const createHttpClient = createHttpClientFactory({ fetch: traffic.fetch, clock, random: () => 0, userAgent: 'test', log });
  const registries = sources.flatMap(({ descriptor, create }) => {
    const own = targets[descriptor.id];
    if (!own) return [];
    const settings = { targets: own.map(parseTarget), urls, delayMs: 0, login };
    return [{ descriptor, settings, source: create(settings, { createHttpClient, clock }) }];
  });
  const store = createMemoryStore();
  const titles = new Map(sources.map(({ descriptor: { id, title } }) => [id, title]));
  const list = createWorkList({ clock, random: () => 0.5, intervalMs: twoHours / 2 });
  const marker = { set: async () => undefined, clear: async () => undefined };
  const engine = createEngine({
    registries,
    descriptors: sources.map(({ descriptor }) => descriptor),
    list: { ...list, open: () => openDue(list) },
    store,
    health: createHealth({ marker, clock, intervalMs: twoHours, titles }),
    clock,
    log,
    isCollector: true,
    backfill: false,
    intervalMs: twoHours,
    retentionDays: 0,
    keepTotals: true,
  });
  return {
    simulator,
    store,
    log,
    async run() {
      await clock.advance(twoHours);
      const ended = engine.runOnce(new AbortController().signal);
      const state = { isSettled: false };
      const settle = (): void => void (state.isSettled = true);
      ended.then(settle, settle);
      while (!state.isSettled) await Promise.race([ended.catch(() => undefined), traffic.quiet().then(() => clock.advance(1_000))]);
      return ended;
    },
    events: async () =>
      (await store.events()).filter(isListed).map(({ kind, repo, detail }) => [kind, repo, detail].filter(Boolean).join(' ')),
    status: () => engine.status(),
  };
}

/** A list that is asked again takes the time for over that it told to wait. */
async function openDue(list: WorkList): Promise<OpenedRun> {
  for (;;) {
    const opened = await list.open();
    if ('run' in opened) return opened;
  }
}

interface Traffic {
  readonly fetch: typeof fetch;
  /** Resolves when no answer is waited for. */
  readonly quiet: () => Promise<void>;
}

function watchTraffic(): Traffic {
  const waiting = new Set<Promise<unknown>>();
  return {
    async fetch(input, init) {
      const answer = fetch(input, init);
      waiting.add(answer);
      try {
        return await answer;
      } finally {
        waiting.delete(answer);
      }
    },
    async quiet() {
      do {
        await setImmediate();
        await Promise.allSettled(waiting);
      } while (waiting.size > 0);
    },
  };
}
