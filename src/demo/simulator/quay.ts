/** Simulates quay.io's API: counts of days without a total, opaque page tokens, nested names, and the 401 that does not say why. */
import { dayOf } from '../../core/model/day.ts';
import { html, json, positive, type Asked, type Now, type Registry, type Reply } from './reply.ts';
import { quayDays, type QuayOwner, type QuayRepo, type World } from './world.ts';

export interface QuayDeps {
  readonly world: World;
  readonly clock: Now;
  readonly quirks?: QuayQuirks | undefined;
}

/** What Quay.io may do one day. A test may change it at any time; the next answer shows it. */
export interface QuayQuirks {
  /** Rows of every page, whatever `limit` asks for. */
  rowsPerPage?: number;
  /** Every page is the first one and names the same next one. */
  repeatsPages?: boolean;
  /** Names that lists leave out although they are there. */
  unlisted?: readonly string[];
  /** Every request is answered so: a route that has vanished, or an outage. */
  answersNotFound?: 'as page' | 'as JSON';
}

const listPageSize = 100;
const maxTagPageSize = 100;

export function createQuay({ world, clock, quirks = {} }: QuayDeps): Registry {
  return (asked) => {
    const { method, segments } = asked;
    const [api, version, repository, namespace, ...path] = segments;
    if (method !== 'GET' || api !== 'api' || version !== 'v1' || repository !== 'repository') return undefined;
    if (quirks.answersNotFound === 'as page') return html(404, '<!DOCTYPE html><html><head><title>Quay</title></head></html>');
    if (quirks.answersNotFound === 'as JSON') return json(404, { detail: 'Not Found', error_type: 'not_found', status: 404 });
    if (namespace === undefined) return listing(asked);
    // The path of a list of tags ends with a slash, so that a nested name may end with `tag`.
    const isTagList = path.at(-1) === 'tag' && asked.pathname.endsWith('/');
    // Slashes of a nested name stand in the path as they are.
    const name = (isTagList ? path.slice(0, -1) : path).join('/');
    if (path.some((part) => part.includes('/'))) return undefined;
    const owner = world.quay.find((each) => each.name === namespace);
    const repo = owner?.repos.find((each) => each.name === name && !each.private);
    if (!owner || !repo) return unauthorized();
    return isTagList ? tagPage(asked, repo, quirks) : json(200, repositoryObject(asked, owner, repo));
  };

  function listing({ query }: Asked): Reply | undefined {
    const namespace = query.get('namespace');
    if (namespace === null)
      return json(400, { detail: 'namespace, public or starred is required', error_type: 'invalid_request', status: 400 });
    const { unlisted = [], rowsPerPage: size = listPageSize, repeatsPages } = quirks;
    const repos = world.quay.find(({ name }) => name === namespace)?.repos ?? [];
    const visible = repos.filter((repo) => !repo.private && !unlisted.includes(repo.name));
    // The real token is encrypted and says nothing to clients.
    const from = repeatsPages ? 0 : Number(Buffer.from(query.get('next_page') ?? '', 'base64').toString('utf8') || '0');
    const hasMore = repeatsPages || from + size < visible.length;
    const next = hasMore ? { next_page: Buffer.from(String(from + size)).toString('base64') } : {};
    const rows = visible.slice(from, from + size);
    return json(200, {
      repositories: rows.map(({ name }) => ({ namespace, name, description: null, is_public: true, kind: 'image', state: 'NORMAL' })),
      ...next,
    });
  }

  function repositoryObject({ query }: Asked, owner: QuayOwner, repo: QuayRepo): object {
    return {
      namespace: owner.name,
      name: repo.name,
      kind: 'image',
      description: null,
      is_public: true,
      is_organization: true,
      state: 'NORMAL',
      ...(query.get('includeStats') === 'true' ? { stats: stats(repo) } : {}),
      ...(query.get('includeTags') === 'false' ? {} : { tags: {} }),
    };
  }

  /** The days with actions first, then those without; never today. */
  function stats(repo: QuayRepo): object[] {
    const days = quayDays(repo, dayOf(clock.now())).map(({ day, pulls }) => ({ date: day, count: pulls }));
    return [...days.filter(({ count }) => count > 0), ...days.filter(({ count }) => count === 0)];
  }
}

function tagPage({ query }: Asked, repo: QuayRepo, { rowsPerPage, repeatsPages }: QuayQuirks): Reply {
  const size = rowsPerPage ?? Math.min(positive(query.get('limit'), 50), maxTagPageSize);
  const page = repeatsPages ? 1 : positive(query.get('page'), 1);
  const tags = repo.tags.toSorted((a, b) => Date.parse(b.lastPushed) - Date.parse(a.lastPushed));
  const rows = tags.slice((page - 1) * size, page * size);
  return json(200, {
    tags: rows.map(({ name, digest, size: bytes, lastPushed }) => ({
      name,
      reversion: false,
      start_ts: Math.floor(Date.parse(lastPushed) / 1000),
      manifest_digest: digest,
      is_manifest_list: bytes === null,
      size: bytes,
      last_modified: new Date(lastPushed).toUTCString().replace('GMT', '-0000'),
    })),
    page,
    has_additional: repeatsPages || page * size < tags.length,
  });
}

function unauthorized(): Reply {
  const body = {
    detail: 'Requires authentication',
    error_message: 'Requires authentication',
    error_type: 'invalid_token',
    title: 'invalid_token',
    status: 401,
  };
  return json(401, body);
}
