/** The world that every source is tried on: the cases that sources have got wrong, by registry. */
import type { ImageRef } from '../../src/core/model/image-ref.ts';
import {
  digestOf,
  ghcrPackage,
  ghcrVersion,
  hubRepo,
  hubTag,
  lastDays,
  quayRepo,
  quayTag,
  type EcrRepo,
  type GhcrPackage,
  type HubRepo,
  type World,
} from '../../src/demo/simulator/world.ts';

/** Names of the standard world, with what is special about them. */
export interface StandardImages {
  /** Linked or not, of a user or an organization, nested, with a total beyond 2^32, and never pulled: each is read exactly. */
  readonly readable: Readonly<Record<string, ImageRef>>;
  /** An image with so many tags, signatures not counted. */
  readonly tagged: { readonly ref: ImageRef; readonly tagCount: number };
  /** Names that give nothing: not there, and private. */
  readonly unreadable: Readonly<Record<string, ImageRef>>;
  /** Owners with more images than a page has, exactly as many, and few. */
  readonly owners: Readonly<Record<string, string>>;
  readonly missingOwner: string;
}

export const standardDockerHub: StandardImages = {
  readable: {
    'more than 2^32 pulls': { owner: 'acme', name: 'app' },
    'no pulls': { owner: 'acme', name: 'fresh' },
    'an official image': { owner: 'library', name: 'nginx' },
  },
  tagged: { ref: { owner: 'acme', name: 'app' }, tagCount: 12 },
  unreadable: { missing: { owner: 'acme', name: 'none' }, private: { owner: 'acme', name: 'secret' } },
  owners: { '120 repositories': 'northwind', 'exactly 99 repositories': 'globex', '2 repositories': 'acme' },
  missingOwner: 'nobody',
};

export const standardGhcr: StandardImages = {
  readable: {
    'more than 2^32 downloads, linked, of a user': { owner: 'acme', name: 'app' },
    'no downloads': { owner: 'acme', name: 'fresh' },
    'a nested name, not linked': { owner: 'acme', name: 'charts/app' },
    'not linked, of an organization': { owner: 'northwind', name: 'service-00' },
    'a nested name, linked, of an organization': { owner: 'northwind', name: 'charts/nested/name' },
  },
  tagged: { ref: { owner: 'acme', name: 'app' }, tagCount: 4 },
  unreadable: {
    missing: { owner: 'acme', name: 'none' },
    private: { owner: 'acme', name: 'secret' },
    'of no owner': { owner: 'nobody', name: 'app' },
  },
  owners: {
    'an organization with 35 packages': 'northwind',
    'an organization with exactly 30 packages': 'globex',
    'a user with 33 packages': 'acme',
  },
  missingOwner: 'nobody',
};

export const standardQuay: StandardImages = {
  readable: {
    'many actions': { owner: 'acme', name: 'app' },
    'days without an action, which stand at the end': { owner: 'acme', name: 'quiet' },
    'a nested name': { owner: 'acme', name: 'charts/app' },
  },
  tagged: { ref: { owner: 'acme', name: 'app' }, tagCount: 120 },
  unreadable: {
    missing: { owner: 'acme', name: 'none' },
    private: { owner: 'acme', name: 'secret' },
    'of no owner': { owner: 'nobody', name: 'app' },
  },
  owners: { '250 repositories': 'northwind', 'exactly 100 repositories': 'globex', '3 repositories': 'acme' },
  missingOwner: 'nobody',
};

export const standardEcrPublic: StandardImages = {
  readable: {
    'more than 2^32 downloads': { owner: 'acme', name: 'app' },
    'no downloads': { owner: 'acme', name: 'fresh' },
    'a nested name': { owner: 'acme', name: 'library/busybox' },
  },
  tagged: { ref: { owner: 'acme', name: 'app' }, tagCount: 12 },
  unreadable: { missing: { owner: 'acme', name: 'none' }, 'of no alias': { owner: 'nobody', name: 'app' } },
  owners: { '130 repositories': 'northwind', 'exactly 100 repositories': 'globex', '3 repositories': 'acme' },
  missingOwner: 'nobody',
};

/** The day on which the sources are tried. */
export const standardDay = '2026-03-14';

/** A new copy each time, so that a test may change it. */
export function createStandardWorld(): World {
  const tags = Array.from({ length: 10 }, (_each, index) =>
    hubTag({ name: `1.${index}`, lastPushed: `2026-02-${10 + index}T08:00:00.123456789Z` }),
  );
  const { digest: _, ...withoutDigest } = hubTag({ name: 'old', lastPushed: '2017-11-02T07:47:36Z' });
  const app = hubRepo({ name: 'app', pulls: 11_391_000_431, tags: [hubTag({ name: 'latest' }), ...tags, withoutDigest] });
  const nginx = hubRepo({ name: 'nginx', pulls: 777, tags: [hubTag({ name: 'latest' })] });
  return {
    dockerHub: [
      { name: 'acme', repos: [app, hubRepo({ name: 'fresh', pulls: 0 }), secretRepo()] },
      { name: 'globex', repos: manyRepos(99) },
      { name: 'northwind', repos: [...manyRepos(60), secretRepo(), ...manyRepos(60, 60)] },
      { name: 'library', repos: [nginx] },
    ],
    ghcr: [
      { login: 'Acme', kind: 'user', packages: [linkedApp(), ...smallPackages(), secretPackage(), ...manyPackages(30)] },
      { login: 'Globex', kind: 'organization', packages: manyPackages(30) },
      { login: 'Northwind', kind: 'organization', packages: [...manyPackages(34), nestedPackage(), secretPackage()] },
    ],
    quay: [
      { name: 'acme', repos: quayRepos() },
      { name: 'globex', repos: manyQuayRepos(100) },
      { name: 'northwind', repos: manyQuayRepos(250) },
    ],
    ecrPublic: [
      { name: 'acme', repos: [ecrRepo('app', 5_000_000_123, 12), ecrRepo('fresh', 0), ecrRepo('library/busybox', 42)] },
      { name: 'globex', repos: Array.from({ length: 100 }, (_each, at) => ecrRepo(`service-${at}`, at)) },
      { name: 'northwind', repos: Array.from({ length: 130 }, (_each, at) => ecrRepo(`service-${at}`, at)) },
    ],
  };
}

function quayRepos(): World['quay'][number]['repos'] {
  const tags = Array.from({ length: 120 }, (_each, at) =>
    quayTag(`1.${at}`, { lastPushed: new Date(Date.UTC(2025, 10, 1 + at)).toISOString() }),
  );
  return [
    quayRepo('app', standardDay, (daysAgo) => 10_000 + daysAgo, { tags }),
    quayRepo('quiet', standardDay, (daysAgo) => (daysAgo % 5 === 2 ? 0 : 3)),
    quayRepo('charts/app', standardDay, (daysAgo) => daysAgo % 3),
    quayRepo('secret', standardDay, () => 99_999, { private: true }),
  ];
}

function manyQuayRepos(count: number): World['quay'][number]['repos'] {
  return Array.from({ length: count }, (_each, at) => quayRepo(`service-${at}`, standardDay, () => 1 + (at % 9)));
}

function ecrRepo(name: string, downloads: number, tagCount = 1): EcrRepo {
  const tags = Array.from({ length: tagCount }, (_each, at) => ({
    name: `1.${at}`,
    digest: digestOf(`${name} ${at}`),
    size: 30_000_000 + at,
    pushedAt: `2026-02-${10 + at}T08:00:00Z`,
  }));
  return { name, downloads, tags };
}

function secretRepo(): HubRepo {
  return hubRepo({ name: 'secret', pulls: 99_999, private: true });
}

function manyRepos(count: number, from = 0): HubRepo[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const lastUpdated = new Date(Date.UTC(2025, 0, 1 + ((number * 7) % 365))).toISOString();
    // Some totals are equal: an order by pulls then says nothing about the names.
    return hubRepo({ name: `service-${String(number).padStart(3, '0')}`, pulls: 10 + ((number * 37) % 90), lastUpdated });
  });
}

/** Its issues are as many as a neighbor would have downloads; its versions without a tag count as well. */
function linkedApp(): GhcrPackage {
  const versions = [
    ghcrVersion({ id: 901, tags: ['1.0'], downloads: 5_000_000_000, publishedAt: '2026-01-01T00:00:00Z' }),
    ghcrVersion({ id: 902, tags: ['1.1', '1', 'latest'], downloads: 14_000, publishedAt: '2026-02-01T00:00:00Z' }),
    ghcrVersion({ id: 903, downloads: 360, publishedAt: '2026-02-01T00:00:00Z' }),
  ];
  const counts = Array.from({ length: 30 }, (_, daysAgo) => daysAgo);
  return ghcrPackage({ name: 'app', repo: 'app', issues: 14_360, versions, daily: lastDays(standardDay, counts) });
}

function smallPackages(): GhcrPackage[] {
  const fresh = ghcrPackage({ name: 'fresh', versions: [ghcrVersion({ id: 910, tags: ['latest'], downloads: 0 })] });
  const nested = ghcrPackage({ name: 'charts/app', versions: [ghcrVersion({ id: 911, tags: ['0.1.0'], downloads: 42 })] });
  return [fresh, nested];
}

function nestedPackage(): GhcrPackage {
  const versions = [ghcrVersion({ id: 920, tags: ['2.0.0'], downloads: 1234 })];
  return ghcrPackage({ name: 'charts/nested/name', repo: 'mono', issues: 3, versions });
}

function secretPackage(): GhcrPackage {
  return ghcrPackage({ name: 'secret', versions: [ghcrVersion({ id: 930, downloads: 99_999 })], private: true });
}

function manyPackages(count: number): GhcrPackage[] {
  return Array.from({ length: count }, (_, index) => {
    const versions = [ghcrVersion({ id: 1000 + index, tags: ['latest'], downloads: 10 + ((index * 37) % 30) })];
    return ghcrPackage({ name: `service-${String(index).padStart(2, '0')}`, versions });
  });
}
