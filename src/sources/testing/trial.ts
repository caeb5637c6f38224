/** One source on a simulated registry with the real HTTP client and a clock that stands still. */
import { createFixedClock, type FixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import type { Fault, FaultRule } from '../../demo/simulator/faults.ts';
import { startSimulator, type ServerName, type Simulator } from '../../demo/simulator/index.ts';
import { createStandardWorld, standardDay, type StandardImages } from '../../../test/support/standard-world.ts';
import { addDownloads, publicTotals } from '../../demo/simulator/world.ts';
import { addDays } from '../../core/model/day.ts';
import type { ErrorCode } from '../../core/model/errors.ts';
import { formatRepo, type ImageRef } from '../../core/model/image-ref.ts';
import type { Source } from '../../core/ports.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import type { StartTimer } from '../../net/deadline.ts';
import type { SourceDefinition } from '../definition.ts';

export const userAgent = 'registry-stats/test (contract)';
export const delayMs = 1000;

export interface SourceContract {
  readonly definition: SourceDefinition;
  /** The source's part of the standard world. */
  readonly images: StandardImages;
  /** The simulated server that tells the totals and lists the owners. */
  readonly server: ServerName;
  /** Where the simulator is, by the variables of the descriptor. */
  readonly urls: (simulator: Simulator) => Readonly<Record<string, string>>;
  /** Least share of the configured delay between two requests to a server. */
  readonly paceByServer: Readonly<Partial<Record<ServerName, number>>>;
  /** How the list's second page is told from the first; absent: by its number. */
  readonly secondPage?: Pick<FaultRule, 'match' | 'after'> | undefined;
  /** What the registry says of an image that is private or missing; absent: not_found. */
  readonly unreadableCode?: ErrorCode | undefined;
  /** Requests without which a reading has a flaw. */
  readonly details: { readonly server: ServerName; readonly match: string | RegExp };
  /** Changes of the answer that has the total, after each of which it must not be believed. */
  readonly changedTotals: Readonly<Record<string, Fault>>;
  /** Changes after which the answer that lists is no list any more. */
  readonly changedListings: Readonly<Record<string, Fault>>;
}

export interface Trial {
  readonly simulator: Simulator;
  readonly clock: FixedClock;
  /** Where the source has sent requests, and where it may send them. */
  readonly askedOrigins: ReadonlySet<string>;
  readonly ownOrigins: readonly string[];
  readonly createSource: () => Source;
  /** Resolves as soon as a request is taken that will never be answered. */
  readonly untilHanging: () => Promise<void>;
  /** A source for which every answer of its server is spoiled that matches. */
  readonly createSpoiled: (fault: Fault, where?: Pick<FaultRule, 'match' | 'after'>) => Source;
  /** The true total now; undefined for an image that nobody may see. */
  readonly totalOf: (ref: ImageRef) => number | undefined;
  /** Canonical names of the images of an owner that everyone may see, sorted. */
  readonly namesOf: (owner: string) => string[];
  /** One more pull of an image. */
  readonly pull: (ref: ImageRef) => void;
}

export async function startTrial({ definition, server, urls }: SourceContract): Promise<Trial> {
  const clock = createFixedClock(`${standardDay}T12:00:00.000Z`);
  const world = createStandardWorld();
  // A request that hangs has used up its time as soon as the server has it: no test waits, and no slow machine is taken for a hanging server.
  const timers = new Set<() => void>();
  const waiting = new Set<() => void>();
  const startTimer: StartTimer = (_ms, onEnd) => {
    timers.add(onEnd);
    return () => void timers.delete(onEnd);
  };
  let endsHanging = false;
  const onHang = (): void => {
    for (const go of waiting) go();
    if (endsHanging) for (const end of timers) end();
  };
  const simulator = await startSimulator({ world, clock, onHang, dockerHub: { linkOrigin: 'https://alias.example' } });
  const askedOrigins = new Set<string>();
  const ownUrls = urls(simulator);

  const recordingFetch: typeof fetch = (input, init) => {
    askedOrigins.add(new URL(input instanceof Request ? input.url : input).origin);
    return fetch(input, init);
  };

  function createSource(): Source {
    const deps = { fetch: recordingFetch, clock, random: () => 0.5, userAgent, log: createRecordingLog(), startTimer };
    return definition.create({ targets: [], urls: ownUrls, delayMs }, { createHttpClient: createHttpClientFactory(deps), clock });
  }

  // Working out the whole world for each image took most of the time of these tests.
  let cached: { readonly now: number; readonly totals: ReadonlyMap<string, number> } | undefined;

  function totals(): ReadonlyMap<string, number> {
    const now = clock.now();
    if (cached?.now !== now) {
      const byRegistry = new Map<string, ReadonlyMap<string, number>>(Object.entries(publicTotals(world, now)));
      cached = { now, totals: byRegistry.get(definition.descriptor.id) ?? new Map() };
    }
    return cached.totals;
  }

  return {
    simulator,
    clock,
    askedOrigins,
    ownOrigins: Object.values(ownUrls).map((url) => new URL(url).origin),
    createSource,
    untilHanging: () => new Promise((resolve) => void waiting.add(resolve)),
    createSpoiled(fault, where = { match: '' }) {
      simulator.inject({ server, ...where, fault });
      endsHanging = fault.kind === 'hang';
      return createSource();
    },
    totalOf: (ref) => totals().get(formatRepo(ref)),
    namesOf: (owner) => [...totals().keys()].filter((repo) => repo.startsWith(`${owner}/`)).toSorted(),
    pull(ref) {
      cached = undefined;
      const { owner, name } = ref;
      const repos = world.dockerHub.filter((one) => one.name === owner).flatMap((one) => one.repos);
      const packages = world.ghcr.filter(({ login }) => login.toLowerCase() === owner).flatMap((one) => one.packages);
      for (const repo of repos) if (repo.name === name) repo.pulls += 1;
      for (const one of packages) if (one.name === name) addDownloads(one, 1, standardDay);
      const actions = world.quay.find((one) => one.name === owner)?.repos.find((one) => one.name === name)?.actions;
      actions?.set(addDays(standardDay, -1), (actions.get(addDays(standardDay, -1)) ?? 0) + 1);
      for (const alias of world.ecrPublic)
        if (alias.name === owner) for (const repo of alias.repos) if (repo.name === name) repo.downloads += 1;
    },
  };
}
