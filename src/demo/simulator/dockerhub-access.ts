/** Who may ask Docker Hub, and how often. */
import type { DockerHubQuirks } from './dockerhub-quirks.ts';
import { json, type Asked, type Now, type Reply } from './reply.ts';

export interface AccessDeps {
  readonly clock: Now;
  /** Requests a minute before a 429, 180 in reality; no limit when absent, though the headers still speak of 180. */
  readonly requestsPerMinute?: number | undefined;
  /** The one login that is accepted. */
  readonly login?: { readonly username: string; readonly token: string } | undefined;
  readonly quirks?: DockerHubQuirks | undefined;
}

const bearerLifetimeMs = 10 * 60_000;
const windowMs = 60_000;
const headersOnlyLimit = 180;

export function refusedLogin(status: 401 | 403 = 401): Reply {
  if (status === 403) return json(403, { detail: 'access to the resource is denied with a personal access token' });
  return json(401, { detail: 'Incorrect authentication credentials', message: 'unauthorized' });
}

export interface Bearers {
  /** The answer to a login; undefined when something else is asked. */
  login(asked: Asked): Reply | undefined;
  visitor(asked: Asked): 'anonymous' | 'signed in' | 'refused';
}

export function createBearers({ clock, login, quirks }: AccessDeps): Bearers {
  const expiryByBearer = new Map<string, number>();
  return {
    login({ method, segments, body }) {
      if (method !== 'POST' || segments.join('/') !== 'v2/auth/token') return undefined;
      if (quirks?.login) return quirks.login;
      const given = credentials(body);
      if (!given) return json(400, { detail: 'identifier and secret are required', message: 'bad request' });
      if (!login || given.identifier !== login.username || given.secret !== login.token) return refusedLogin();
      const bearer = `simulated.${expiryByBearer.size + 1}.bearer`;
      expiryByBearer.set(bearer, clock.now() + bearerLifetimeMs);
      return json(200, { access_token: bearer });
    },
    visitor({ headers: { authorization } }) {
      if (authorization === undefined) return 'anonymous';
      if (quirks?.refusesBearers) return 'refused';
      const bearer = /^Bearer (.+)$/.exec(authorization)?.[1] ?? '';
      return clock.now() < (expiryByBearer.get(bearer) ?? 0) ? 'signed in' : 'refused';
    },
  };
}

function credentials(body: string): { readonly identifier: unknown; readonly secret: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || !parsed || !('identifier' in parsed) || !('secret' in parsed)) return undefined;
    return { identifier: parsed.identifier, secret: parsed.secret };
  } catch {
    return undefined;
  }
}

export interface Limit {
  count(): { readonly headers: Readonly<Record<string, string>>; readonly isExceeded: boolean };
}

/** Counts requests in windows of a minute; the first request after one has ended opens the next. */
export function createLimit({ clock, requestsPerMinute, quirks }: AccessDeps): Limit {
  let resetAtMs = 0;
  let used = 0;
  return {
    count() {
      const nowMs = clock.now();
      if (nowMs >= resetAtMs) {
        resetAtMs = nowMs + windowMs;
        used = 0;
      }
      used += 1;
      const allowed = requestsPerMinute ?? headersOnlyLimit;
      const isExceeded = requestsPerMinute !== undefined && used > requestsPerMinute;
      const remaining = requestsPerMinute === undefined ? allowed : Math.max(0, allowed - used);
      const headers = {
        'x-ratelimit-limit': String(allowed),
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(Math.ceil(resetAtMs / 1000)),
      };
      if (!isExceeded) return { headers, isExceeded };
      if (quirks?.retryAfter === 'nothing') return { headers: {}, isExceeded };
      const endMs = quirks?.retryAfter === 'unix seconds' ? resetAtMs : resetAtMs - nowMs;
      return { headers: { ...headers, 'retry-after': String(Math.ceil(endMs / 1000)) }, isExceeded };
    },
  };
}
