/** The JSON objects of Docker Hub, with every field that real ones had in 2026. */
import { seedOf } from './seeded-random.ts';
import type { HubPlatform, HubRepo, HubTag } from './world.ts';

const manifestList = 'application/vnd.oci.image.index.v1+json';

/** `GET …/repositories/{repo}`. */
export function repositoryObject(namespace: string, repo: HubRepo): unknown {
  const { affiliation: _, ...common } = commonFields(namespace, repo);
  return {
    user: namespace,
    ...common,
    is_automated: false,
    collaborator_count: 0,
    affiliation: null,
    hub_user: namespace,
    has_starred: false,
    full_description: `# ${repo.name}\n\nNothing but a test.`,
    permissions: { read: true, write: false, admin: false },
    immutable_tags_settings: { enabled: false, rules: ['.*'] },
    source: null,
  };
}

/** A row of an owner's listing. */
export function listingRow(namespace: string, repo: HubRepo): unknown {
  return commonFields(namespace, repo);
}

function commonFields(namespace: string, repo: HubRepo): { readonly affiliation: string; readonly [field: string]: unknown } {
  return {
    name: repo.name,
    namespace,
    repository_type: 'image',
    status: 1,
    status_description: 'active',
    description: `About ${repo.name}`,
    is_private: false,
    star_count: 3,
    pull_count: repo.pulls,
    last_updated: repo.lastUpdated,
    last_modified: '2026-01-02T03:04:05.678901Z',
    date_registered: '2020-05-06T07:08:09.010203Z',
    affiliation: '',
    media_types: repo.tags.length > 0 ? [manifestList] : [],
    content_types: repo.tags.length > 0 ? ['image'] : [],
    categories: [{ name: 'Developer tools', slug: 'developer-tools' }],
    storage_size: repo.tags.reduce((sum, { size }) => sum + size, 0),
  };
}

/** A row of the search; official images are called by their bare name. */
export function searchRow(owner: string, repo: HubRepo): unknown {
  return {
    repo_name: owner === 'library' ? repo.name : `${owner}/${repo.name}`,
    short_description: `About ${repo.name}`,
    star_count: 3,
    pull_count: repo.pulls,
    repo_owner: '',
    is_automated: false,
    is_official: owner === 'library',
  };
}

export function tagObject(namespace: string, repo: HubRepo, tag: HubTag, nowMs: number): unknown {
  const key = `${namespace}/${repo.name}:${tag.name}`;
  const lastPulled = pulledAt(key, nowMs);
  const user = seedOf(namespace) % 10_000_000;
  return {
    creator: user,
    id: seedOf(key) % 1_000_000_000,
    images: tag.platforms.map((platform) => imageObject(platform, tag, lastPulled)),
    last_updated: tag.lastPushed,
    last_updater: user,
    last_updater_username: namespace,
    name: tag.name,
    repository: seedOf(`${namespace}/${repo.name}`) % 100_000_000,
    full_size: tag.size,
    v2: true,
    tag_status: tag.digest === undefined ? 'inactive' : 'active',
    tag_last_pulled: tag.digest === undefined ? null : lastPulled,
    tag_last_pushed: tag.lastPushed,
    media_type: manifestList,
    content_type: 'image',
    ...(tag.digest === undefined ? {} : { digest: tag.digest }),
  };
}

function imageObject(platform: HubPlatform, tag: HubTag, lastPulled: string): unknown {
  return {
    architecture: platform.architecture,
    features: '',
    variant: platform.variant ?? null,
    digest: platform.digest,
    os: platform.os,
    os_features: '',
    os_version: null,
    size: platform.size,
    status: tag.digest === undefined ? 'inactive' : 'active',
    last_pulled: tag.digest === undefined ? null : lastPulled,
    last_pushed: tag.lastPushed,
  };
}

/** A moment of the last day, with the nine fraction digits that Docker Hub gives times of pulls. */
function pulledAt(key: string, nowMs: number): string {
  const moment = new Date(nowMs - (seedOf(key) % 86_400_000)).toISOString();
  return moment.replace('Z', `${String(seedOf(`${key} fraction`) % 1_000_000).padStart(6, '0')}Z`);
}

export function newestTagsFirst(tags: readonly HubTag[]): readonly HubTag[] {
  return tags.toSorted((a, b) => Date.parse(b.lastPushed) - Date.parse(a.lastPushed));
}
