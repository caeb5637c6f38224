/** Moves one image of the simulated world on: releases, pulls and the turn of days; and tells what a source would read of it. */
import type { Day } from '../core/model/day.ts';
import type { Reading, Tag } from '../core/model/reading.ts';
import { formatRepo } from '../core/model/image-ref.ts';
import { shareOf, type DemoImage, type DemoRegistry, type Release } from './images.ts';
import { seedOf } from './simulator/seeded-random.ts';
import {
  digestOf,
  hubTag,
  newestFirst,
  totalDownloads,
  type EcrRepo,
  type GhcrPackage,
  type GhcrVersion,
  type HubRepo,
  type HubTag,
  type QuayRepo,
} from './simulator/world.ts';

export interface Counter {
  turnDay(day: Day): void;
  release(release: Release): void;
  pull(count: number): void;
  reading(readAt: string): Reading;
}

const keptTags = 14;
const listedVersions = 5;

export function createCounter(image: DemoImage, registry: DemoRegistry, entry: HubRepo | GhcrPackage | QuayRepo | EcrRepo): Counter {
  if ('pulls' in entry) return createHubCounter(image, entry);
  if ('actions' in entry) return createQuayCounter(image, entry);
  return 'daily' in entry ? createGhcrCounter(image, registry, entry) : createEcrCounter(image, registry, entry);
}

/** A total that is summed from the first day of the demo on, each day's known when it is over. */
function createQuayCounter(image: DemoImage, shown: QuayRepo): Counter {
  const repoName = formatRepo(image);
  let today = '';
  let totalSince: Day | undefined;
  return {
    turnDay(day) {
      today = day;
      totalSince ??= day;
      shown.actions.set(day, 0);
    },
    release({ at, version }) {
      const tag = { digest: digestOf(`${repoName} ${version}`), size: null, lastPushed: at };
      shown.tags = [{ ...tag, name: version }, { ...tag, name: 'latest' }, ...shown.tags.filter(({ name }) => name !== 'latest')].slice(
        0,
        keptTags,
      );
    },
    pull: (count) => void shown.actions.set(today, (shown.actions.get(today) ?? 0) + count),
    reading: (readAt) => ({
      registry: 'quay',
      repo: repoName,
      day: today,
      pullCount: [...shown.actions.values()].reduce((sum, actions) => sum + actions, 0),
      readAt,
      totalSince,
      lastUpdated: shown.tags[0]?.lastPushed,
      tagCount: shown.tags.length,
      tags: shown.tags.map(({ name, digest, lastPushed }) => ({ name, digest, lastUpdated: lastPushed })),
    }),
  };
}

function createEcrCounter(image: DemoImage, registry: DemoRegistry, shown: EcrRepo): Counter {
  const repoName = formatRepo(image);
  shown.downloads = Math.round(image.pullsBefore * shareOf(image, registry));
  return {
    turnDay: () => undefined,
    release({ at, version }) {
      shown.tags = [{ name: version, digest: digestOf(`${repoName} ${version}`), size: 31_000_000, pushedAt: at }, ...shown.tags].slice(
        0,
        keptTags,
      );
    },
    pull(count) {
      shown.downloads += count;
    },
    reading: (readAt) => ({
      registry: 'ecr-public',
      repo: repoName,
      pullCount: shown.downloads,
      readAt,
      lastUpdated: shown.tags[0]?.pushedAt,
      tagCount: shown.tags.length,
      tags: shown.tags.map(({ name, digest, size, pushedAt }) => ({ name, digest, fullSize: size, lastUpdated: pushedAt })),
    }),
  };
}

function createHubCounter(image: DemoImage, repo: HubRepo): Counter {
  const repoName = formatRepo(image);
  const size = 18_000_000 + (seedOf(repoName) % 90_000_000);
  repo.pulls = image.pullsBefore;
  return {
    turnDay: () => undefined,
    release({ at, version, line }) {
      const moved = ['latest', version, line].map((name) => ({ ...releasedTag(repoName, version, size), name, lastPushed: at }));
      const names = new Set(moved.map(({ name }) => name));
      repo.tags = [...moved, ...repo.tags.filter(({ name }) => !names.has(name))].slice(0, keptTags);
      repo.lastUpdated = at;
    },
    pull(count) {
      repo.pulls += count;
    },
    reading: (readAt) => ({
      registry: 'dockerhub',
      repo: repoName,
      pullCount: repo.pulls,
      readAt,
      lastUpdated: repo.lastUpdated ?? undefined,
      tagCount: repo.tags.length,
      tags: repo.tags.map(tagOf),
    }),
  };
}

/** Every name of a release is the same image. */
function releasedTag(repoName: string, version: string, size: number): HubTag {
  return { ...hubTag({ name: version, size }), digest: digestOf(`${repoName} ${version}`) };
}

/** As a source reads it: without attestations. */
function tagOf({ name, lastPushed, digest, size, platforms }: HubTag): Tag {
  const real = platforms.filter(({ os }) => os !== 'unknown').map((platform) => ({ ...platform }));
  return { name, lastUpdated: lastPushed, digest, fullSize: size, platforms: real };
}

/** A release is two versions: the index, which has the tags, and the manifest of a platform that it leads to. */
function createGhcrCounter(image: DemoImage, registry: DemoRegistry, shown: GhcrPackage): Counter {
  const repoName = formatRepo(image);
  let nextId = 400_000_000 + (seedOf(repoName) % 100_000_000);
  let current: { readonly index: GhcrVersion; readonly manifest: GhcrVersion } | undefined;
  let today = '';
  let pullsBefore = Math.round(image.pullsBefore * shareOf(image, registry));

  function addVersion(key: string, tags: string[], publishedAt: string): GhcrVersion {
    const version = { id: nextId++, digest: digestOf(`${repoName} ${key}`), tags, downloads: 0, publishedAt };
    shown.versions.push(version);
    return version;
  }

  function pull(count: number): void {
    if (!current) throw new Error(`${repoName} is pulled before its first release`);
    current.index.downloads += Math.ceil(count / 2);
    current.manifest.downloads += Math.floor(count / 2);
  }

  return {
    turnDay(day) {
      today = day;
    },
    release({ at, version, line }) {
      for (const older of shown.versions) older.tags = older.tags.filter((tag) => tag !== 'latest' && tag !== line);
      const manifest = addVersion(`${version} linux/amd64`, [], at);
      current = { index: addVersion(version, [version, line, 'latest'], at), manifest };
      // What was pulled before the demo belongs to its first release: there are no older versions.
      pull(pullsBefore);
      pullsBefore = 0;
    },
    pull(count) {
      pull(count);
      shown.daily.set(today, (shown.daily.get(today) ?? 0) + count);
    },
    reading(readAt) {
      const tagged = newestFirst(shown.versions).filter(({ tags }) => tags.length > 0);
      return {
        registry: 'ghcr',
        repo: repoName,
        pullCount: totalDownloads(shown),
        readAt,
        lastUpdated: tagged[0] && new Date(tagged[0].publishedAt).toISOString(),
        tagCount: tagged.reduce((sum, { tags }) => sum + tags.length, 0),
        tags: tagged.slice(0, listedVersions).flatMap(versionTags),
      };
    },
  };
}

function versionTags({ id, digest, tags, downloads }: GhcrVersion): Tag[] {
  return tags.map((name) => ({ name, digest, versionId: String(id), pullCount: downloads }));
}
