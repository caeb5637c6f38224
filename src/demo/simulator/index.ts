/** A registry simulator on loopback: Docker Hub, github.com, ghcr.io, quay.io and ECR Public's gallery, with a world that a test may change and a script of faults. */
import { createDockerHub, type DockerHubDeps } from './dockerhub.ts';
import { createFaultScript, type FaultRule } from './faults.ts';
import { createEcrPublic, type EcrPublicQuirks } from './ecr-public.ts';
import type { GithubQuirks } from './github-quirks.ts';
import { createGithub } from './github.ts';
import { createOci } from './oci.ts';
import { createQuay, type QuayQuirks } from './quay.ts';
import type { Now, Registry, ServerName } from './reply.ts';
import { startServer, type RecordedRequest } from './server.ts';
import { emptyWorld, type World } from './world.ts';

export type { ServerName } from './reply.ts';
export type { RecordedRequest } from './server.ts';

export interface SimulatorOptions {
  /** Not copied: what is changed in it later shows in the next answer. */
  readonly world?: World;
  /** What the registries take for the time; the real one by default. */
  readonly clock?: Now;
  /** Docker Hub's limit, its login, and the host in its links. By default none is limited, nobody can log in, and links lead back. */
  readonly dockerHub?: Pick<DockerHubDeps, 'requestsPerMinute' | 'login' | 'linkOrigin' | 'quirks'>;
  readonly github?: GithubQuirks;
  readonly quay?: QuayQuirks;
  readonly ecrPublic?: EcrPublicQuirks;
  /** Called when a request is taken that a fault leaves without an answer. */
  readonly onHang?: () => void;
  /** Decides how GitHub spells its classes. */
  readonly seed?: number;
}

export interface Simulator {
  /** Base URLs, without a trailing slash. */
  readonly dockerHubUrl: string;
  readonly githubUrl: string;
  readonly ghcrUrl: string;
  readonly quayUrl: string;
  readonly ecrPublicUrl: string;
  readonly world: World;
  /** Every request in the order it came, also the ones that a fault spoiled. */
  readonly requests: readonly RecordedRequest[];
  /** Requests for a URL that the registry does not have; they were answered 404. */
  readonly unknownRequests: readonly RecordedRequest[];
  /** Paths of manifests and blobs that were asked for: each would have counted as a download. */
  readonly manifestRequests: readonly string[];
  /** From the next request on the rule holds; what it returns takes it back. */
  inject(rule: FaultRule): () => void;
  clearFaults(): void;
  /** Empties the lists of requests, which would fill the memory of a long run. */
  forgetRequests(): void;
  /** Ends every connection and all servers. */
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { world = emptyWorld(), clock = { now: () => Date.now() }, seed = 1 } = options;
  const faults = createFaultScript();
  const requests: RecordedRequest[] = [];
  const unknownRequests: RecordedRequest[] = [];
  const manifestRequests: string[] = [];
  const start = (name: ServerName, registry: Registry): ReturnType<typeof startServer> =>
    startServer({
      name,
      registry,
      clock,
      faults,
      onHang: options.onHang,
      onRequest: (request) => void requests.push(request),
      onUnknown: (request) => void unknownRequests.push(request),
    });
  const [dockerHub, github, ghcr, quay, ecrPublic] = await Promise.all([
    start('dockerhub', createDockerHub({ world, clock, ...options.dockerHub })),
    start('github', createGithub({ world, clock, seed, quirks: options.github })),
    start('ghcr', createOci({ world, onManifest: ({ pathname }) => void manifestRequests.push(pathname) })),
    start('quay', createQuay({ world, clock, quirks: options.quay })),
    start('ecr', createEcrPublic(world, options.ecrPublic)),
  ]);
  return {
    dockerHubUrl: dockerHub.url,
    githubUrl: github.url,
    ghcrUrl: ghcr.url,
    quayUrl: quay.url,
    ecrPublicUrl: ecrPublic.url,
    world,
    requests,
    unknownRequests,
    manifestRequests,
    inject: (rule) => faults.inject(rule),
    clearFaults: () => faults.clear(),
    forgetRequests() {
      for (const list of [requests, unknownRequests, manifestRequests]) list.length = 0;
    },
    close: async () => void (await Promise.all([dockerHub, github, ghcr, quay, ecrPublic].map((server) => server.close()))),
  };
}
