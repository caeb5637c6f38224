/** What an endpoint is: one path, what it takes, what it answers with, and how. The API and the pages are made of these. */
import { AppError } from '../core/model/errors.ts';
import { dataHeaders } from './headers.ts';
import type { Piece } from './body.ts';
import { parametersOf, parseQuery, queryKey, type Fields, type Known, type QueryOf } from './query.ts';
import type { Schema } from './schema.ts';

/** What an answer says, in pieces. */
export interface TextContent {
  readonly type: string;
  readonly chunks: Iterable<Piece> | AsyncIterable<Piece>;
  /** Name under which a browser saves it; absent: it shows it. */
  readonly fileName?: string | undefined;
  /** The address of the next page, which the `Link` header has. */
  readonly next?: string | undefined;
  /** 200 where absent. */
  readonly status?: 200 | 400 | 404 | 503 | undefined;
  /** When it makes sense to ask again. */
  readonly retryAfterMs?: number | undefined;
}

/** A file that was compressed when the program was built. */
export interface FileContent {
  readonly type: string;
  readonly brotli: Uint8Array;
  readonly plain: () => Uint8Array;
}

export type Content = TextContent | FileContent;

/** What is answered with a status, as OpenAPI describes it: the schema of each media type. */
export interface ResponseDescription {
  readonly description: string;
  readonly content?: Readonly<Record<string, Schema>>;
}

/** The part of a request that an endpoint may depend on. All of it is in the key of the cache. */
export interface EndpointRequest<Query> {
  readonly query: Query;
  /** The parts of the path that have a name in it, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Where the service is reached from outside, as `https://stats.example`; empty unless the endpoint is `perOrigin`. */
  readonly origin: string;
}

/** What OpenAPI and the docs say of an endpoint. */
export interface Description {
  /** As Hono writes it: `/badge/:registry/:file{.+}`. */
  readonly path: string;
  /** One sentence without its full stop. */
  readonly summary: string;
  readonly description?: string;
  /** The named parts of the path. */
  readonly params?: Readonly<Record<string, Schema>>;
  readonly query: Fields;
  /** By status; absent: it is for browsers, and OpenAPI does not list it. */
  readonly responses?: Readonly<Record<number, ResponseDescription>>;
  /** By what the rows are sorted. */
  readonly order?: string;
}

interface Behavior {
  /** Beside those of every answer; those of data where absent. */
  readonly headers?: Readonly<Record<string, string>>;
  /** False: it tells the moment and is made for each request. Else it is made again when the data has changed. */
  readonly cached?: false;
  /** It is small and tells the moment: it is made at once, whatever else is in work. */
  readonly immediate?: true;
  /** Whether it names the address under which it is reached. */
  readonly perOrigin?: true;
}

interface Aging<Deps> {
  /** What it tells beside the data, such as how long ago that was read: it is made again when this changes. */
  readonly moment?: (deps: Deps) => string;
}

/** What takes long, and is made once for many answers. */
export interface Preparation {
  readonly done: Promise<unknown>;
  /** How far it is, for users. */
  readonly reason: () => string;
}

export interface Declaration<Declared extends Fields, Deps> extends Description, Behavior, Aging<Deps> {
  readonly query: Declared;
  /** What has to be there before `handle`: those who wait for it keep nobody else waiting, and are refused after a while. */
  readonly waitsFor?: ((request: EndpointRequest<QueryOf<Declared>>, deps: Deps) => Preparation | undefined) | undefined;
  /** @throws AppError */
  readonly handle: (request: EndpointRequest<QueryOf<Declared>>, deps: Deps) => Promise<Content>;
}

/** The address of a request, taken apart. */
export interface Target {
  /** Without the base path. */
  readonly path: string;
  /** As they are in the path, still escaped. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly origin: string;
}

/** A request that the endpoint understood. */
export interface Prepared {
  /** The same for all that are answered with the same. */
  readonly key: string;
  /** Whether the address names parameters that the endpoint does not know: anybody can make such without end. */
  readonly hasUnknown: boolean;
  readonly waitsFor?: (() => Preparation | undefined) | undefined;
  /** `failure`: why what it waits for is not there. */
  readonly build: (failure?: Error) => Promise<Content>;
}

export interface Endpoint<Deps> extends Description, Behavior, Aging<Deps> {
  /** @throws AppError invalid_input, not_found */
  readonly prepare: (target: Target, known: Known, deps: Deps) => Prepared;
}

/** An endpoint with all that it needs. */
export interface Route {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cached: boolean;
  readonly immediate: boolean;
  /** The same as long as a cached answer still tells the moment. */
  readonly moment: () => string;
  /** @throws AppError invalid_input, not_found */
  readonly prepare: (target: Target, known: Known) => Prepared;
}

/** The endpoint of a declaration: it reads exactly the parameters that are declared. */
export function endpoint<Declared extends Fields, Deps>(declaration: Declaration<Declared, Deps>): Endpoint<Deps> {
  const { handle, waitsFor, ...rest } = declaration;
  const parameters = parametersOf(declaration.query);
  return {
    ...rest,
    prepare({ path, params, query, origin }, known, deps) {
      const request = {
        query: parseQuery(declaration.query, query, known),
        params: decoded(params),
        origin: declaration.perOrigin ? origin : '',
      };
      const hasUnknown = [...query.keys()].some((name) => !Object.hasOwn(parameters, name));
      return {
        key: `${request.origin} ${path} ${queryKey(request.query)}`,
        hasUnknown,
        waitsFor: waitsFor && (() => waitsFor(request, deps)),
        build: (failure) => (failure ? Promise.reject(failure) : handle(request, deps)),
      };
    },
  };
}

export function toRoutes<Deps>(endpoints: readonly Endpoint<Deps>[], deps: Deps): readonly Route[] {
  return endpoints.map(({ path, headers = dataHeaders, cached = true, immediate = false, moment, prepare }) => ({
    path,
    headers,
    cached,
    immediate,
    moment: () => moment?.(deps) ?? '',
    prepare: (target, known) => prepare(target, known, deps),
  }));
}

export function nothingHere(options: { readonly cause?: unknown } = {}): AppError {
  return new AppError('not_found', 'this address does not exist', options);
}

/** @throws AppError not_found for an escape that is none */
function decoded(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch (cause) {
    throw nothingHere({ cause });
  }
}
