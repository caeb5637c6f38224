/** Everything that can go wrong between a registry and who asks it, as a script that a test writes. */
import { profilePage } from './github-pages.ts';
import type { Reply, ServerName } from './reply.ts';

export type Fault =
  /** Another answer than the real one. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  /** The request is taken and never answered. */
  | { readonly kind: 'hang' }
  /** The connection ends in the middle of the body. */
  | { readonly kind: 'cut' }
  /** The real body, and then white space until so many bytes were sent (16 MiB unless given): cut anywhere it still reads well. */
  | { readonly kind: 'oversize'; readonly bytes?: number }
  /** The real answer in small pieces. */
  | { readonly kind: 'slow'; readonly chunkBytes?: number; readonly pauseMs?: number }
  /** Changes web pages. */
  | { readonly kind: 'markup'; readonly transform: (html: string) => string }
  /** Changes JSON answers. */
  | { readonly kind: 'json'; readonly transform: (value: unknown) => unknown };

export interface FaultRule {
  readonly server: ServerName;
  /** Is in, or matches, the path with its query as it was asked. */
  readonly match: string | RegExp;
  /** How many answers it lets pass before; none when not given. */
  readonly after?: number;
  /** How many answers it spoils; all when not given. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface FaultScript {
  /** The rule holds from the next request on; of several that fit the first one is taken. Returns how to take it back. */
  inject(rule: FaultRule): () => void;
  clear(): void;
  /** The fault for this answer, if any; counts it as used. */
  take(server: ServerName, path: string, reply: Reply): Fault | undefined;
}

export function createFaultScript(): FaultScript {
  const rules = new Map<FaultRule, { passesLeft: number; timesLeft: number }>();
  return {
    inject(rule) {
      rules.set(rule, { passesLeft: rule.after ?? 0, timesLeft: rule.times ?? Infinity });
      return () => void rules.delete(rule);
    },
    clear: () => rules.clear(),
    take(server, path, reply) {
      for (const [rule, state] of rules) {
        if (rule.server !== server || state.timesLeft <= 0 || !matches(rule.match, path) || !concerns(rule.fault, reply)) continue;
        if (state.passesLeft > 0) {
          state.passesLeft -= 1;
          continue;
        }
        state.timesLeft -= 1;
        return rule.fault;
      }
      return undefined;
    },
  };
}

function matches(match: string | RegExp, path: string): boolean {
  return typeof match === 'string' ? path.includes(match) : path.search(match) >= 0;
}

/** What changes a content leaves redirects alone: their body is nobody's content. */
function concerns(fault: Fault, reply: Reply): boolean {
  if ((fault.kind === 'markup' || fault.kind === 'json') && 'location' in reply.headers) return false;
  if (fault.kind === 'markup') return reply.type === 'html';
  if (fault.kind === 'json') return reply.type === 'json';
  return true;
}

/** The visible ones: in the script there is no line break between label and heading. */
const totalLabel = />Total downloads<\/span>(?=\s+<h3)/;
const totalHeading = /(>Total downloads<\/span>\s+)<h3 title="\d+">([^<]*)<\/h3>/;

/** Ways in which GitHub may change the page of a package; after each of them the total is not there beyond doubt. */
export const pageChanges = {
  renamedTotalLabel: (html: string) => html.replace(totalLabel, '>All downloads</span>'),
  secondTotalLabel: (html: string) =>
    html.replace(totalHeading, '$&\n<span class="d-block text-small">Total downloads</span>\n<h3 title="987654321">988M</h3>'),
  roundedTitle: (html: string) => html.replace(totalHeading, '$1<h3 title="$2K">$2</h3>'),
  missingTitle: (html: string) => html.replace(totalHeading, '$1<h3>$2</h3>'),
  missingHeading: (html: string) => html.replace(totalHeading, '$1<div>$2</div>'),
  profilePage: () => profilePage('somebody'),
} satisfies Record<string, (html: string) => string>;

/** Ways in which a JSON answer may change, in its outer object and in every row of its `results`. */
export const jsonChanges = {
  setField: (field: string, value: unknown) => onObjects((row) => (field in row ? { ...row, [field]: value } : row)),
  dropField: (field: string) => onObjects((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== field))),
};

type JsonObject = Readonly<Record<string, unknown>>;

function onObjects(change: (row: JsonObject) => JsonObject): (value: unknown) => unknown {
  return (value) => {
    if (!isObject(value)) return value;
    const { results } = value;
    const rows = Array.isArray(results) ? results.map((row: unknown) => (isObject(row) ? change(row) : row)) : undefined;
    return change(rows ? { ...value, results: rows } : value);
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const unicornPage = '<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body><h1>503</h1></body></html>';

/** Answers that registries are known to give when they are in trouble or want to be left alone. */
export const refusals = {
  serverError: { kind: 'status', status: 500 },
  /** The web page that stands for GitHub's outages. */
  unicorn: { kind: 'status', status: 503, headers: { 'content-type': 'text/html; charset=utf-8' }, body: unicornPage },
  tooManyRequests: { kind: 'status', status: 429 },
  /** GitHub limits web pages with a 403 as well. */
  secondaryRateLimit: {
    kind: 'status',
    status: 403,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<html><body><p>You have exceeded a secondary rate limit. Please wait a few minutes before you try again.</p></body></html>',
  },
  /** Cloudflare's answer to a client that it takes for a bot (docker/hub-feedback#2502, 2025-11). */
  botCode: {
    kind: 'status',
    status: 403,
    headers: { 'content-type': 'text/plain; charset=UTF-8', server: 'cloudflare' },
    body: 'error code: 1010',
  },
  /** A page that a browser would have to solve (docker/terraform-provider-docker#144, 2026-08). */
  challenge: (status: 200 | 403 | 503): Fault => ({
    kind: 'status',
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' },
    body: '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body><script src="/cdn-cgi/challenge-platform/h/b"></script></body></html>',
  }),
} satisfies Record<string, Fault | ((status: 200 | 403 | 503) => Fault)>;

/** A 429 that says when to come back. */
export function tooManyRequestsFor(seconds: number): Fault {
  return { kind: 'status', status: 429, headers: { 'retry-after': String(seconds) } };
}
