/** Worlds for the end to end tests: small enough to be known by heart. */
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo, hubTag, publicTotals, type World } from '../../src/demo/simulator/world.ts';

/** Two images on both registries' every kind of place: an owner, the official images, an organization, a user, a nested name. */
export function smallWorld(): World {
  return {
    ...emptyWorld(),
    dockerHub: [
      {
        name: 'acme',
        repos: [
          hubRepo({ name: 'app', pulls: 5_000_000_000, tags: [hubTag({ name: 'latest' }), hubTag({ name: '1.0' })] }),
          hubRepo({ name: 'fresh', pulls: 0 }),
        ],
      },
      { name: 'library', repos: [hubRepo({ name: 'nginx', pulls: 777, tags: [hubTag({ name: 'latest' })] })] },
    ],
    ghcr: [
      {
        login: 'Acme',
        kind: 'organization',
        packages: [
          ghcrPackage({
            name: 'app',
            repo: 'app',
            issues: 9,
            versions: [
              ghcrVersion({ id: 1, downloads: 14_000, tags: ['latest', '1.0'] }),
              ghcrVersion({ id: 2, downloads: 300, tags: ['0.9'] }),
              ghcrVersion({ id: 3, downloads: 60 }),
            ],
          }),
          ghcrPackage({ name: 'charts/app', versions: [ghcrVersion({ id: 4, downloads: 42, tags: ['1.0'] })] }),
        ],
      },
      {
        login: 'octo',
        kind: 'user',
        packages: [ghcrPackage({ name: 'tool', versions: [ghcrVersion({ id: 5, downloads: 9, tags: ['v1'] })] })],
      },
    ],
  };
}

export interface GrowingWorld {
  readonly world: World;
  /** Every total that the image ever had. */
  readonly totalsOf: (registry: string, repo: string) => readonly number[];
  /** Adds pulls to every image. */
  readonly grow: () => void;
}

/** Twelve images whose totals only grow, with a memory of what they were. */
export function growingWorld(): GrowingWorld {
  const numbers = Array.from({ length: 6 }, (_, index) => index);
  const world: World = {
    ...emptyWorld(),
    dockerHub: [
      { name: 'acme', repos: numbers.map((n) => hubRepo({ name: `app-${n}`, pulls: 1000 + n, tags: [hubTag({ name: 'latest' })] })) },
    ],
    ghcr: [
      {
        login: 'acme',
        kind: 'organization',
        packages: numbers.map((n) =>
          ghcrPackage({ name: `app-${n}`, versions: [ghcrVersion({ id: n + 1, downloads: 500 + n, tags: ['1'] })] }),
        ),
      },
    ],
  };
  const past = new Map<string, number[]>();
  const remember = (): void => {
    for (const [registry, totals] of Object.entries(publicTotals(world))) {
      for (const [repo, total] of totals) {
        const key = `${registry} ${repo}`;
        past.set(key, [...(past.get(key) ?? []), total]);
      }
    }
  };
  remember();
  return {
    world,
    totalsOf: (registry, repo) => past.get(`${registry} ${repo}`) ?? [],
    grow() {
      for (const { repos } of world.dockerHub) for (const repo of repos) repo.pulls += 7;
      for (const { packages } of world.ghcr) for (const { versions } of packages) for (const version of versions) version.downloads += 3;
      remember();
    },
  };
}
