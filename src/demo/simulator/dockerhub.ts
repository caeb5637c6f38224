/** Simulates hub.docker.com as facts about it were known in November 2026: paging with its caps, the inverted ordering, limits and login. */
import { createBearers, createLimit, refusedLogin, type AccessDeps } from './dockerhub-access.ts';
import { missingRepository, type DockerHubQuirks } from './dockerhub-quirks.ts';
import { json, positive, type Asked, type Now, type Registry, type Reply } from './reply.ts';
import { findHubOwner, findHubRepo, type HubRepo, type HubTag, type World } from './world.ts';
import { listingRow, newestTagsFirst, repositoryObject, searchRow, tagObject } from './dockerhub-rows.ts';

export interface DockerHubDeps extends AccessDeps {
  readonly world: World;
  /** What `next` and `previous` begin with: an alias host echoes its own name. By default where the server is. */
  readonly linkOrigin?: string | undefined;
}

/** Anonymous requests may not start at this row or beyond (since 2026-08-11). */
const offsetCaps = { listing: 100, search: 101, tags: 1000 } as const;
const maxPageSize = 100;
const repoOrderings = ['name', '-name', 'last_updated', '-last_updated', 'pull_count', '-pull_count'];
const tagOrderings = ['name', '-name', 'last_updated', '-last_updated'];

export function createDockerHub(deps: DockerHubDeps): Registry {
  const limit = createLimit(deps);
  const bearers = createBearers(deps);

  return (asked) => {
    const { headers, isExceeded } = limit.count();
    if (isExceeded) return json(429, { detail: 'Rate limit exceeded', error: false }, headers);
    const reply = bearers.login(asked) ?? authorized(asked);
    return reply && { ...reply, headers: { ...reply.headers, ...headers } };
  };

  function authorized(asked: Asked): Reply | undefined {
    if (asked.method !== 'GET' && asked.method !== 'HEAD') return undefined;
    const visitor = bearers.visitor(asked);
    if (visitor === 'refused') return refusedLogin(deps.quirks?.refusesBearers);
    return route(asked, visitor === 'signed in');
  }

  function route(asked: Asked, isSignedIn: boolean): Reply | undefined {
    const { world, clock, linkOrigin = asked.origin, quirks = {} } = deps;
    const paging = { asked, isSignedIn, linkOrigin, quirks };
    const [api, kind, ...rest] = asked.segments;
    if (api !== 'v2') return undefined;
    if (kind === 'search' && rest.length === 1 && rest[0] === 'repositories') return search(paging, world);
    const names = repositoryPath(kind, rest);
    const [namespace, repository, tags, tag] = names ?? [];
    if (!namespace || (names?.length ?? 0) > 4 || (tags !== undefined && tags !== 'tags')) return undefined;
    if (repository === undefined) return listing(paging, world, namespace);
    const repo = findHubRepo(world, namespace, repository);
    if (!repo) return missingRepository[quirks.missing ?? 'with prefix']({ namespace, repository });
    if (tags === undefined) return json(200, repositoryObject(namespace, repo));
    if (tag === undefined) return tagListing(paging, repo, namespace, clock);
    const found = repo.tags.find(({ name }) => name === tag);
    if (!found) return notFound(`tag '${tag}' not found`, { namespace, repository, tag });
    return json(200, tagObject(namespace, repo, found, clock.now()));
  }
}

/** `repositories/{ns}/…` is the old form and `namespaces/{ns}/repositories/…` the documented one. */
function repositoryPath(kind: string | undefined, rest: readonly string[]): readonly string[] | undefined {
  if (kind === 'repositories') return rest;
  const [namespace, repositories, ...names] = rest;
  return kind === 'namespaces' && namespace !== undefined && repositories === 'repositories' ? [namespace, ...names] : undefined;
}

interface Paging {
  readonly asked: Asked;
  readonly isSignedIn: boolean;
  readonly linkOrigin: string;
  readonly quirks: DockerHubQuirks;
}

/** An owner that is not there looks like one without public repositories. */
function listing(paging: Paging, world: World, namespace: string): Reply {
  const { unlisted = [] } = paging.quirks;
  const isListed = (repo: HubRepo): boolean => !repo.private && unlisted !== 'all' && !unlisted.includes(repo.name);
  const visible = findHubOwner(world, namespace)?.repos.filter(isListed) ?? [];
  const { query } = paging.asked;
  const named = withName(visible, query);
  const ordering = query.get('ordering');
  if (ordering !== null && !repoOrderings.includes(ordering)) return badOrdering(repoOrderings);
  const rows = ordering === null ? named : ordered(paging, named, ordering, repoKey(ordering));
  return page(paging, rows, offsetCaps.listing, (repo) => listingRow(namespace, repo));
}

function tagListing(paging: Paging, repo: HubRepo, namespace: string, clock: Now): Reply {
  const { query } = paging.asked;
  const named = withName(repo.tags, query);
  const ordering = query.get('ordering');
  if (ordering !== null && !tagOrderings.includes(ordering)) return badOrdering(tagOrderings);
  const rows = ordering === null ? latestFirst(named) : ordered(paging, named, ordering, tagKey(ordering));
  return page(paging, rows, offsetCaps.tags, (tag) => tagObject(namespace, repo, tag, clock.now()));
}

function search(paging: Paging, world: World): Reply {
  const wanted = paging.asked.query.get('query') ?? '';
  const rows = world.dockerHub.flatMap(({ name: owner, repos }) =>
    repos.filter((repo) => !repo.private && `${owner}/${repo.name}`.includes(wanted)).map((repo) => ({ owner, repo })),
  );
  const found = page(paging, rows, offsetCaps.search, ({ owner, repo }) => searchRow(owner, repo));
  // Only here a missing previous page is an empty text (seen 2026-10).
  return { ...found, body: found.body.replace('"previous":null', '"previous":""') };
}

function page<Row>(
  { asked, isSignedIn, linkOrigin, quirks }: Paging,
  rows: readonly Row[],
  cap: number,
  toJson: (row: Row) => unknown,
): Reply {
  const { query, pathname } = asked;
  const number = positive(query.get('page'), 1);
  const size = quirks.rowsPerPage ?? Math.min(positive(query.get('page_size'), 10), maxPageSize);
  const offset = quirks.repeatsPages ? 0 : (number - 1) * size;
  if (!isSignedIn && offset >= cap) {
    return json(403, { message: 'pagination offset too large for anonymous requests; sign in to page further', errinfo: {} });
  }
  // The real body of this answer was never captured.
  if (number > 1 && offset >= rows.length) return notFound('object not found', {});
  // The links repeat the page_size that was asked for, also where it was not obeyed.
  const link = (to: number): string => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(to));
    parameters.sort();
    return `${linkOrigin}${pathname}?${parameters.toString()}`;
  };
  return json(200, {
    count: rows.length + (quirks.countsMore ?? 0),
    next: quirks.repeatsPages || offset + size < rows.length ? link(number + 1) : null,
    previous: number > 1 ? link(number - 1) : null,
    results: rows.slice(offset, offset + size).map(toJson),
  });
}

function withName<Row extends { readonly name: string }>(rows: readonly Row[], query: URLSearchParams): readonly Row[] {
  const part = query.get('name') ?? '';
  return rows.filter(({ name }) => name.includes(part));
}

/** Docker Hub understands the sign the other way round: without a minus the highest comes first (seen 2026-09). */
function ordered<Row>({ quirks }: Paging, rows: readonly Row[], ordering: string, key: (row: Row) => number | string): readonly Row[] {
  const sign = ordering.startsWith('-') === (quirks.hasUprightOrdering ?? false) ? -1 : 1;
  return rows.toSorted((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
}

function repoKey(ordering: string): (repo: HubRepo) => number | string {
  if (ordering.endsWith('pull_count')) return ({ pulls }) => pulls;
  return ordering.endsWith('name') ? ({ name }) => name : ({ lastUpdated }) => Date.parse(lastUpdated ?? '') || 0;
}

function tagKey(ordering: string): (tag: HubTag) => number | string {
  return ordering.endsWith('name') ? ({ name }) => name : ({ lastPushed }) => Date.parse(lastPushed) || 0;
}

function latestFirst(tags: readonly HubTag[]): readonly HubTag[] {
  const newest = newestTagsFirst(tags);
  return [...newest.filter(({ name }) => name === 'latest'), ...newest.filter(({ name }) => name !== 'latest')];
}

function notFound(what: string, errinfo: Readonly<Record<string, string>>): Reply {
  return json(404, { message: `httperror 404: ${what}`, errinfo });
}

function badOrdering(orderings: readonly string[]): Reply {
  const problem = `Invalid ordering value. Must be one of: ${orderings.join(', ')}`;
  return json(400, { fields: { ordering: [problem] }, text: 'Invalid ordering value' });
}
