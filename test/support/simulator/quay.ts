/** Simulates quay.io's API: counts of days without a total, opaque page tokens, and the 401 that does not say why. */
import { dayOf } from '../../../src/core/model/day.ts';
import { json, positive, type Asked, type Now, type Registry, type Reply } from './reply.ts';
import { quayDays, type QuayOwner, type QuayRepo, type World } from './world.ts';

export interface QuayDeps {
  readonly world: World;
  readonly clock: Now;
}

const listPageSize = 100;
const maxTagPageSize = 100;

export function createQuay({ world, clock }: QuayDeps): Registry {
  return (asked) => {
    const { method, segments } = asked;
    const [api, version, repository, namespace, name, tag] = segments;
    if (method !== 'GET' || api !== 'api' || version !== 'v1' || repository !== 'repository') return undefined;
    if (namespace === undefined) return listing(asked);
    const owner = world.quay.find((each) => each.name === namespace);
    const repo = owner?.repos.find((each) => each.name === name && !each.private);
    if (!owner || !repo) return unauthorized();
    if (tag === undefined) return json(200, repositoryObject(asked, owner, repo));
    return tag === 'tag' && segments.length === 6 ? tagPage(asked, repo) : undefined;
  };

  function listing({ query }: Asked): Reply | undefined {
    const namespace = query.get('namespace');
    if (namespace === null)
      return json(400, { detail: 'namespace, public or starred is required', error_type: 'invalid_request', status: 400 });
    const visible = world.quay.find(({ name }) => name === namespace)?.repos.filter((repo) => !repo.private) ?? [];
    // The real token is encrypted and says nothing to clients.
    const from = Number(Buffer.from(query.get('next_page') ?? '', 'base64').toString('utf8') || '0');
    const next = from + listPageSize < visible.length ? { next_page: Buffer.from(String(from + listPageSize)).toString('base64') } : {};
    const rows = visible.slice(from, from + listPageSize);
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

function tagPage({ query }: Asked, repo: QuayRepo): Reply {
  const size = Math.min(positive(query.get('limit'), 50), maxTagPageSize);
  const page = positive(query.get('page'), 1);
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
    has_additional: page * size < tags.length,
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
