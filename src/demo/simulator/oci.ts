/** Simulates ghcr.io's registry API as far as it tells of tags. Manifests and blobs are refused: asking for one would count as a download. */
import { json, positive, text, type Asked, type Registry, type Reply } from './reply.ts';
import { findPackage, newestFirst, type GhcrPackage, type World } from './world.ts';

export interface OciDeps {
  readonly world: World;
  /** A manifest or blob was asked for. */
  readonly onManifest: (asked: Asked) => void;
}

const defaultPageSize = 100;
const maxPageSize = 1000;
/** Accepted for public packages in the place of a real token (seen 2026-09-27). */
const anonymousToken = 'QQ==';
const apiVersion = { 'docker-distribution-api-version': 'registry/2.0' };
const requestId = { 'x-github-request-id': 'C0DE:2A01:1:2:SIMULATED' };

export function createOci({ world, onManifest }: OciDeps): Registry {
  return (asked) => {
    const { method, segments } = asked;
    const [api, ...rest] = segments;
    const isToken = segments.join('/') === 'token' || segments.join('/') === 'v2/token';
    if (isToken && method === 'GET') return token(asked);
    if (api !== 'v2') return undefined;
    if (rest.some((segment, index) => index > 1 && (segment === 'manifests' || segment === 'blobs'))) {
      onManifest(asked);
      return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    }
    if (method !== 'GET') return undefined;
    if (rest.length === 0) return challenge('user/image');
    const name = rest.slice(0, -2).join('/');
    if (rest.length < 4 || rest.slice(-2).join('/') !== 'tags/list') return undefined;
    return tags(asked, name);
  };

  function find(repository: string): GhcrPackage | undefined {
    const slash = repository.indexOf('/');
    const owner = repository.slice(0, slash);
    // Here names are lower case or they do not exist.
    return owner === owner.toLowerCase() ? findPackage(world, owner, repository.slice(slash + 1)) : undefined;
  }

  /** What is private or not there is refused a token, both with the same words. */
  function token({ query }: Asked): Reply {
    const repository = /^repository:([^:]+):pull$/.exec(query.get('scope') ?? '')?.[1] ?? '';
    if (!find(repository)) return failure(403, 'DENIED', 'requested access to the resource is denied', apiVersion);
    return json(200, { token: tokenOf(repository) }, requestId);
  }

  function tags({ headers, query }: Asked, repository: string): Reply {
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (bearer !== anonymousToken && bearer !== tokenOf(repository)) return challenge(repository);
    const found = find(repository);
    if (!found) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry');
    const all = tagsOldestFirst(found);
    const size = Math.min(positive(query.get('n'), defaultPageSize), maxPageSize);
    const from = all.indexOf(query.get('last') ?? '') + 1;
    const page = all.slice(from, from + size);
    const last = page.at(-1);
    if (last === undefined || from + size >= all.length) return json(200, { name: repository, tags: page }, requestId);
    const next = `/v2/${repository}/tags/list?last=${encodeURIComponent(last)}&n=${size}`;
    return json(200, { name: repository, tags: page }, { ...requestId, link: `<${next}>; rel="next"` });
  }
}

/** With the signature that cosign stores beside the newest version. */
function tagsOldestFirst({ versions }: GhcrPackage): string[] {
  const tagged = newestFirst(versions).filter(({ tags }) => tags.length > 0);
  const names = tagged.toReversed().flatMap(({ tags }) => tags);
  const [newest] = tagged;
  return newest ? [...names, `${newest.digest.replace(':', '-')}.sig`] : names;
}

function tokenOf(repository: string): string {
  return Buffer.from(`v1:${repository}:simulated`).toString('base64');
}

function challenge(repository: string): Reply {
  const scope = `Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:${repository}:pull"`;
  return failure(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': scope });
}

function failure(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { ...text(status, `${JSON.stringify({ errors: [{ code, message }] })}\n`), type: 'json', headers: { ...requestId, ...headers } };
}
