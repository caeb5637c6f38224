/** What the simulated registries hold: plain data that a test may change at any time; the next answer shows it. */
import { createHash } from 'node:crypto';
import { addDays, dayOf, type Day } from '../../core/model/day.ts';
import { formatRepo } from '../../core/model/image-ref.ts';

export interface World {
  dockerHub: HubOwner[];
  ghcr: GhcrOwner[];
  quay: QuayOwner[];
  ecrPublic: EcrAlias[];
}

/** A namespace of Docker Hub; official images are in `library`. */
export interface HubOwner {
  name: string;
  /** In the order of their registration, which is the order they are listed in. */
  repos: HubRepo[];
}

export interface HubRepo {
  name: string;
  pulls: number;
  /** Null when nothing was ever pushed. */
  lastUpdated: string | null;
  tags: HubTag[];
  private?: boolean;
}

export interface HubTag {
  name: string;
  /** Old and inactive tags have none. */
  digest?: string;
  platforms: HubPlatform[];
  /** Compressed size in bytes. */
  size: number;
  lastPushed: string;
}

/** One manifest of a tag; attestations have `unknown` as architecture and os. */
export interface HubPlatform {
  architecture: string;
  os: string;
  variant?: string;
  digest: string;
  size: number;
}

export interface GhcrOwner {
  /** In its registered letter case; links have it so, and it is found in any case. */
  login: string;
  kind: 'user' | 'organization';
  packages: GhcrPackage[];
}

export interface GhcrPackage {
  /** Lower case; a nested name has slashes. */
  name: string;
  /** Name of the owner's repository that the package is linked to. */
  repo?: string;
  versions: GhcrVersion[];
  /** Downloads by UTC day; days that are not there count 0. They are in the versions' downloads too. */
  daily: Map<Day, number>;
  /** What the page shows in the place of a counter that stands still although there are downloads. */
  frozen?: { readonly total?: number; readonly daily?: ReadonlyMap<Day, number> };
  /** Open issues of the linked repository. */
  issues: number;
  private?: boolean;
}

export interface GhcrVersion {
  id: number;
  digest: string;
  tags: string[];
  downloads: number;
  publishedAt: string;
}

export interface QuayOwner {
  name: string;
  repos: QuayRepo[];
}

export interface QuayRepo {
  name: string;
  /** Logged actions by day; days that are not there count 0. */
  actions: Map<Day, number>;
  tags: QuayTag[];
  private?: boolean;
}

export interface QuayTag {
  name: string;
  digest: string;
  /** In bytes; null for a list of manifests. */
  size: number | null;
  lastPushed: string;
}

/** An alias of Amazon ECR Public's gallery. */
export interface EcrAlias {
  name: string;
  repos: EcrRepo[];
}

export interface EcrRepo {
  /** May have slashes. */
  name: string;
  downloads: number;
  tags: EcrTag[];
}

export interface EcrTag {
  name: string;
  digest: string;
  /** In bytes. */
  size: number;
  pushedAt: string;
}

export function emptyWorld(): World {
  return { dockerHub: [], ghcr: [], quay: [], ecrPublic: [] };
}

/** Days before today that Quay.io publishes. */
const quayWindow = 92;

const windows = new Map<Day, readonly Day[]>();

/** The days before this one that are published, oldest first. Worked out once: a world has hundreds of repositories. */
function windowBefore(today: Day): readonly Day[] {
  const days = windows.get(today) ?? Array.from({ length: quayWindow }, (_, at) => addDays(today, at - quayWindow));
  windows.set(today, days);
  return days;
}

/** The published days of a repository, oldest first. */
export function quayDays({ actions }: QuayRepo, today: Day): { readonly day: Day; readonly pulls: number }[] {
  return windowBefore(today).map((day) => ({ day, pulls: actions.get(day) ?? 0 }));
}

/** A repository of Quay.io that had so many actions on each day before this one. */
export function quayRepo(name: string, today: Day, actionsOf: (daysAgo: number) => number, more: Partial<QuayRepo> = {}): QuayRepo {
  const days = windowBefore(today).map((day, at): [Day, number] => [day, actionsOf(quayWindow - at)]);
  return { name, actions: new Map(days), tags: [], ...more };
}

export function quayTag(name: string, more: Partial<QuayTag> = {}): QuayTag {
  return { name, digest: digestOf(`quay ${name}`), size: null, lastPushed: '2026-03-01T08:00:00Z', ...more };
}

/** A repository of Docker Hub; what is not given is small and plain. */
export function hubRepo(repo: Partial<HubRepo> & Pick<HubRepo, 'name' | 'pulls'>): HubRepo {
  return { lastUpdated: repo.tags?.[0]?.lastPushed ?? null, tags: [], ...repo };
}

/** A tag for amd64 and arm64 with the attestation that BuildKit adds. */
export function hubTag(tag: Partial<HubTag> & Pick<HubTag, 'name'>): HubTag {
  const { name, size = 28_311_552, lastPushed = '2026-03-01T08:00:00.123456Z' } = tag;
  const digest = digestOf(`${name} ${lastPushed}`);
  const platform = (architecture: string, os: string, bytes: number): HubPlatform => ({
    architecture,
    os,
    digest: digestOf(`${digest} ${architecture}`),
    size: bytes,
  });
  const platforms = [
    platform('amd64', 'linux', size),
    { ...platform('arm64', 'linux', Math.round(size * 0.97)), variant: 'v8' },
    platform('unknown', 'unknown', 1024),
  ];
  return { digest, platforms, size, lastPushed, ...tag };
}

/** A package of GHCR; what is not given is plain. */
export function ghcrPackage(given: Partial<GhcrPackage> & Pick<GhcrPackage, 'name' | 'versions'>): GhcrPackage {
  return { daily: new Map(), issues: 0, ...given };
}

export function ghcrVersion(given: Partial<GhcrVersion> & Pick<GhcrVersion, 'id' | 'downloads'>): GhcrVersion {
  return { digest: digestOf(`version ${given.id}`), tags: [], publishedAt: '2026-03-01T08:00:00Z', ...given };
}

/** A digest that belongs to this text. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Downloads of this day and the days before it, newest first. */
export function lastDays(today: Day, counts: readonly number[]): Map<Day, number> {
  return new Map(counts.map((count, daysAgo) => [addDays(today, -daysAgo), count]));
}

/** "Total downloads" of a package as its page has it: GHCR has no other counter than those of its versions. */
export function totalDownloads(shown: GhcrPackage): number {
  return shown.frozen?.total ?? countDownloads(shown);
}

/** The downloads of a package, whatever its page shows. */
export function countDownloads({ versions }: GhcrPackage): number {
  return versions.reduce((sum, { downloads }) => sum + downloads, 0);
}

/** Versions newest first, as every page of GitHub lists them. */
export function newestFirst(versions: readonly GhcrVersion[]): GhcrVersion[] {
  return versions.toSorted((a, b) => Date.parse(b.publishedAt) - Date.parse(a.publishedAt) || b.id - a.id);
}

/** Downloads of a day, counted for the newest version. A package without versions cannot be downloaded. */
export function addDownloads(target: GhcrPackage, count: number, day: Day): void {
  const [newest] = newestFirst(target.versions);
  if (!newest) throw new Error(`${target.name} has no version that could be downloaded`);
  newest.downloads += count;
  target.daily.set(day, (target.daily.get(day) ?? 0) + count);
}

/** The total falls by what was downloaded of the version; what was counted on its days stays. */
export function deleteVersion(target: GhcrPackage, id: number): void {
  target.versions = target.versions.filter((version) => version.id !== id);
}

/** From now on the page shows this counter as it is now. */
export function freeze(target: GhcrPackage, what: 'total' | 'daily'): void {
  target.frozen = what === 'total' ? { total: countDownloads(target) } : { daily: new Map(target.daily) };
}

/** The page shows again what is counted, also what was counted meanwhile. */
export function thaw(target: GhcrPackage): void {
  delete target.frozen;
}

export function findHubOwner(world: World, name: string): HubOwner | undefined {
  return world.dockerHub.find((owner) => owner.name === name);
}

/** A repository that everyone may see. Docker Hub does not fold letter case. */
export function findHubRepo(world: World, owner: string, name: string): HubRepo | undefined {
  return findHubOwner(world, owner)?.repos.find((repo) => repo.name === name && !repo.private);
}

/** GitHub finds an owner in any letter case. */
export function findGhcrOwner(world: World, login: string): GhcrOwner | undefined {
  return world.ghcr.find((owner) => owner.login.toLowerCase() === login.toLowerCase());
}

/** A package that everyone may see. */
export function findPackage(world: World, login: string, name: string): GhcrPackage | undefined {
  return findGhcrOwner(world, login)?.packages.find((candidate) => candidate.name === name && !candidate.private);
}

/** By registry the total by canonical name of every public image, as the registry would say it at this moment; of Quay.io the sum of its days. */
export function publicTotals(world: World, now: number = Date.now()) {
  const totals = {
    dockerhub: new Map<string, number>(),
    ghcr: new Map<string, number>(),
    quay: new Map<string, number>(),
    'ecr-public': new Map<string, number>(),
  };
  for (const { name: owner, repos } of world.quay) {
    for (const repo of repos) {
      const sum = quayDays(repo, dayOf(now)).reduce((total, { pulls }) => total + pulls, 0);
      if (!repo.private) totals.quay.set(formatRepo({ owner, name: repo.name }), sum);
    }
  }
  for (const { name: owner, repos } of world.ecrPublic) {
    for (const { name, downloads } of repos) totals['ecr-public'].set(formatRepo({ owner, name }), downloads);
  }
  for (const { name: owner, repos } of world.dockerHub) {
    for (const repo of repos) if (!repo.private) totals.dockerhub.set(formatRepo({ owner, name: repo.name }), repo.pulls);
  }
  for (const { login, packages } of world.ghcr) {
    const owner = login.toLowerCase();
    for (const one of packages) if (!one.private) totals.ghcr.set(formatRepo({ owner, name: one.name }), totalDownloads(one));
  }
  return totals;
}
