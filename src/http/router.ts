/** From an address to the endpoint that answers it, and to what it has to answer. */
import { TrieRouter } from 'hono/router/trie-router';
import { LRUCache } from 'lru-cache';
import { nothingHere, type Prepared, type Route, type Target } from './endpoint.ts';
import type { HttpRequest } from './message.ts';
import { publicOrigin } from './origin.ts';

export interface RouterDeps {
  readonly routes: readonly Route[];
  /** Ids of the registries that a query may name. */
  readonly registries: readonly string[];
  /** Prefix behind a reverse proxy: empty, or `/x`. */
  readonly basePath: string;
}

export interface Match extends Prepared {
  readonly route: Route;
}

export interface Router {
  /** @throws AppError not_found where no route has the address, invalid_input for a query that is not valid */
  match(request: HttpRequest): Match;
}

/** Characters of addresses whose meaning is remembered; what is parsed of them takes a few times as much. */
const maxRemembered = 512 * 1024;
const overhead = 512;

export function createRouter({ routes, registries, basePath }: RouterDeps): Router {
  const trie = new TrieRouter<Route>();
  for (const route of routes) trie.add('GET', route.path, route);
  // Dashboards ask the same again and again, and Grafana's "All" spells out every name.
  const remembered = new LRUCache<string, Match>({ maxSize: maxRemembered, sizeCalculation: (_, address) => address.length + overhead });

  function parse(url: string, origin: string): Match {
    const { path, query } = parseUrl(url, basePath);
    const [route, params = {}] = trie.match('GET', path)[0][0] ?? [];
    if (!route) throw nothingHere();
    const texts = Object.entries(params).map(([name, text]) => [name, String(text)] as const);
    return { route, ...route.prepare({ path, query, params: Object.fromEntries(texts), origin }, { registries }) };
  }

  return {
    match({ url = '/', headers }) {
      const origin = publicOrigin(headers);
      const address = `${origin} ${url}`;
      const known = remembered.get(address);
      if (known) return known;
      const match = parse(url, origin);
      if (!match.hasUnknown) remembered.set(address, match);
      return match;
    },
  };
}

/** The path without the prefix and without doubled slashes, which Grafana sends when its base URL ends in one. */
export function parseUrl(url: string, basePath: string): Pick<Target, 'path' | 'query'> {
  // A proxy may send the whole address.
  const target = url.replace(/^https?:\/\/[^/?]*/i, '');
  const end = target.indexOf('?');
  const path = (end === -1 ? target : target.slice(0, end)).replaceAll(/\/{2,}/g, '/');
  return {
    path: basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path,
    query: new URLSearchParams(end === -1 ? '' : target.slice(end)),
  };
}
