/** Asks the registries for what is configured, with few requests: whether they can be reached, whether names exist, and what time it is there. */
import { nearestName } from '../../config/nearest.ts';
import { AppError, toAppError } from '../../core/model/errors.ts';
import { formatRepo, isTracked, type OwnerTarget, type Target } from '../../core/model/image-ref.ts';
import type { Listing } from '../../core/model/reading.ts';
import type { RegistryDescriptor, RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import { formatExact } from '../../core/views/format.ts';
import type { CreateHttpClient } from '../../net/http.ts';
import type { SourceDefinition } from '../../sources/definition.ts';
import { httpClientsOf, type World } from '../world.ts';
import type { Finding } from './finding.ts';

/** Of each registry; the others will be found or not in the first run. */
const maxTargets = 10;
/** A login, the total, and whether there is a first page of tags. */
const maxRequests = 4;
/** Names that are this close to a listed one are probably misspelled. */
const maxDistance = 3;
const timeoutMs = 10_000;
const clockWarningMs = 2 * 60_000;
const clockErrorMs = 60 * 60_000;

export async function checkRegistry(
  { descriptor, create }: SourceDefinition,
  settings: RegistrySettings,
  world: World,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const clock = createClockCheck(world);
  const requests = createBudget(httpClientsOf({ ...world, fetch: clock.fetch, httpTimeoutMs: Math.min(timeoutMs, world.httpTimeoutMs) }));
  const source = create(settings, { createHttpClient: requests.createHttpClient, clock: world.clock });
  const findings: Finding[] = [];
  for (const target of settings.targets.slice(0, maxTargets)) {
    signal.throwIfAborted();
    const finding = await checkTarget({ source, descriptor, requests, settings }, target, signal);
    findings.push(finding);
    if (finding.area === 'network') break;
  }
  const unchecked = settings.targets.length - findings.length;
  const isReached = findings.every(({ area }) => area !== 'network');
  return [
    ...(isReached && findings.length > 0 ? [{ area: 'network', level: 'ok', text: `${descriptor.title} answers` } as const] : []),
    ...clock.findings(descriptor.title),
    ...findings,
    ...(isReached && unchecked > 0
      ? [{ area: 'images', level: 'ok', text: `${descriptor.title}: ${unchecked} more entries were not checked` } as const]
      : []),
  ];
}

interface Checking {
  readonly source: Source;
  readonly descriptor: RegistryDescriptor;
  readonly settings: RegistrySettings;
  readonly requests: Budget;
}

async function checkTarget(checking: Checking, target: Target, signal: AbortSignal): Promise<Finding> {
  const { source, descriptor, requests } = checking;
  const { title } = descriptor;
  requests.refill();
  const name = target.kind === 'image' ? readable(formatRepo(target.ref)) : `${target.owner}/*`;
  try {
    if (target.kind === 'owner') return toListingFinding(title, target, await source.list(target.owner, { signal }));
    const { reading, flaw } = await source.read(target.ref, { signal });
    if (flaw?.code === 'unauthorized') return failed(`${title}: ${name} was read, but ${flaw.message}`, flaw);
    return { area: 'images', level: 'ok', text: `${title}: ${name} has ${formatExact(reading.pullCount)} ${descriptor.counts.unit}` };
  } catch (error) {
    signal.throwIfAborted();
    const failure = toAppError(error);
    if (failure.code !== 'not_found') return failed(`${title}: ${name} cannot be read: ${failure.message}`, failure);
    const near = target.kind === 'image' ? await similarName(checking, target.ref, signal) : undefined;
    const advice =
      near === undefined
        ? `check the spelling, and that ${target.kind === 'image' ? 'the image' : 'an image of the owner'} is public`
        : `did you mean ${near}?`;
    return { area: 'images', level: 'error', text: `${title}: ${name} does not exist or is not public`, advice };
  }
}

function toListingFinding(title: string, target: OwnerTarget, { images, complete, shortfall }: Listing): Finding {
  const { owner, include, exclude } = target;
  const chosen = images.filter(({ ref }) => isTracked([target], ref)).length;
  const entry = include?.map((pattern) => `${owner}/${pattern}`).join(', ') ?? `${owner}/*`;
  if (images.length === 0 && shortfall && shortfall.code !== 'not_found')
    return failed(`${title}: ${entry} cannot be listed: ${shortfall.message}`, shortfall);
  if (images.length === 0) {
    const advice = 'check the spelling; images that are added later are found by themselves';
    return { area: 'images', level: 'warning', text: `${title}: ${owner} has no public images`, advice };
  }
  if (chosen === 0 && complete && (include ?? exclude)) {
    return {
      area: 'images',
      level: 'warning',
      text: `${title}: none of ${images.length} images of ${owner} is chosen by ${entry}`,
      advice: 'check the pattern',
    };
  }
  return { area: 'images', level: 'ok', text: `${title}: ${entry} has ${complete ? '' : 'at least '}${formatExact(chosen)} images` };
}

/** A name of the same owner that differs little. */
async function similarName(
  { source, requests }: Checking,
  ref: { readonly owner: string; readonly name: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  requests.refill();
  try {
    const { images } = await source.list(ref.owner, { signal });
    const near = nearestName(
      ref.name,
      images.map((image) => image.ref.name),
      Math.min(maxDistance, Math.floor(ref.name.length / 2)),
    );
    return near === undefined ? undefined : `${ref.owner}/${near}`;
  } catch {
    return undefined;
  }
}

function failed(text: string, { code }: AppError): Finding {
  const advice: Partial<Record<AppError['code'], string>> = {
    unreachable: 'check the network, DNS and proxy of this machine or container',
    rate_limited: 'wait, and use a larger delay, or a login for Docker Hub',
    unauthorized: 'check the login, or try from another network',
    invalid_response: 'check for a newer version of registry-stats, and for a proxy that changes answers',
  };
  return { area: 'network', level: 'error', text, advice: advice[code] };
}

interface Budget {
  readonly createHttpClient: CreateHttpClient;
  refill(): void;
}

/** Clients that make at most `maxRequests` requests until they are refilled: what is left out are tags and further pages. */
function createBudget(createHttpClient: CreateHttpClient): Budget {
  let left = maxRequests;
  return {
    refill: () => void (left = maxRequests),
    createHttpClient(policy) {
      const client = createHttpClient(policy);
      return {
        async request(url, request) {
          if (left <= 0) throw new AppError('internal', 'left out by the check');
          left -= 1;
          return client.request(url, request);
        },
      };
    },
  };
}

interface ClockCheck {
  readonly fetch: typeof globalThis.fetch;
  findings(title: string): readonly Finding[];
}

/** Compares the clock with the `Date` of the answers, which has whole seconds. */
function createClockCheck({ fetch, clock }: Pick<World, 'fetch' | 'clock'>): ClockCheck {
  let differenceMs: number | undefined;
  return {
    async fetch(input, init) {
      const response = await fetch(input, init);
      const date = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(date)) differenceMs = clock.now() - date;
      return response;
    },
    findings(title) {
      if (differenceMs === undefined) return [];
      const off = Math.abs(differenceMs);
      if (off < clockWarningMs) return [{ area: 'clock', level: 'ok', text: `the clock agrees with that of ${title}` }];
      const text = `the clock is ${formatExact(Math.round(off / 60_000))} minutes ${differenceMs > 0 ? 'ahead of' : 'behind'} that of ${title}`;
      const advice = 'set it (timedatectl set-ntp true): pulls are stored by UTC day';
      return [{ area: 'clock', level: off >= clockErrorMs ? 'error' : 'warning', text, advice }];
    },
  };
}

function readable(repo: string): string {
  return repo.replaceAll('%2F', '/');
}
