/** Answers that are built once for each query and state of the data, cached as they are sent, and compressed for those who take that. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { chooseEncoding, compress, compressStream, type Encoding } from './compression.ts';
import type { Content, FileContent, TextContent } from './endpoint.ts';
import type { HttpAnswer } from './message.ts';

export interface CacheRequest {
  /** The same for all that are answered with the same. */
  readonly key: string;
  /** Whether the answer is the same until the data changes; then it is cached. */
  readonly cached: boolean;
  /** Of the answer, beside those that its content needs. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly acceptEncoding?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface ResponseCache {
  /** The cached answer; undefined when there is none. */
  find(request: CacheRequest): HttpAnswer | undefined;
  /** The cached answer, or the one that is built now; many who ask the same at once share it. Rejects as `build` does. */
  respond(request: CacheRequest, build: () => Promise<Content>): Promise<HttpAnswer>;
}

export interface ResponseCacheDeps {
  /** Changes whenever an answer may have changed; all that is cached goes then. */
  readonly revision: () => string;
  readonly limits?: Limits;
}

export interface Limits {
  /** Larger answers are streamed and not cached. */
  readonly maxAnswerBytes: number;
  /** Of all that is cached. */
  readonly maxBytes: number;
}

/** An answer in one piece. */
interface CachedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly body: Uint8Array;
}

const defaultLimits: Limits = { maxAnswerBytes: 8 * 1024 * 1024, maxBytes: 16 * 1024 * 1024 };
/** Beside its body and key an answer costs its headers. */
const overheadBytes = 2_048;

export function createResponseCache({ revision, limits = defaultLimits }: ResponseCacheDeps): ResponseCache {
  const answers = new LRUCache<string, CachedAnswer>({
    maxSize: limits.maxBytes,
    sizeCalculation: ({ body }, key) => body.length + key.length + overheadBytes,
  });
  /** By revision and key: a request after the data changed gets no answer from before. */
  const building = new Map<string, Promise<CachedAnswer | HttpAnswer>>();
  let cachedRevision = '';

  function find(key: string): CachedAnswer | undefined {
    const current = revision();
    if (current !== cachedRevision) {
      answers.clear();
      cachedRevision = current;
    }
    return answers.get(key);
  }

  async function build(key: string, request: CacheRequest, content: () => Promise<Content>): Promise<CachedAnswer | HttpAnswer> {
    const started = revision();
    const encoding = chooseEncoding(request.acceptEncoding);
    const built = await content();
    if ('brotli' in built) return fileAnswer(built, encoding, request.headers);
    const answer = await textAnswer(built, { encoding, headers: request.headers, maxBytes: limits.maxAnswerBytes, revision: started });
    // Meanwhile a newer snapshot may have come.
    if (isWhole(answer) && request.cached && started === revision()) answers.set(key, answer);
    return answer;
  }

  return {
    find(request) {
      const found = find(encodedKey(request));
      return found && toAnswer(found, request);
    },
    async respond(request, content) {
      const key = encodedKey(request);
      const found = find(key);
      if (found) return toAnswer(found, request);
      const slot = `${cachedRevision} ${key}`;
      const shared = building.get(slot);
      if (shared) {
        const built = await shared.catch(() => undefined);
        // What failed is tried again, and a stream can be read only once.
        if (built && isWhole(built)) return toAnswer(built, request);
      }
      const work = build(key, request, content);
      building.set(slot, work);
      try {
        const built = await work;
        return isWhole(built) ? toAnswer(built, request) : built;
      } finally {
        if (building.get(slot) === work) building.delete(slot);
      }
    },
  };
}

function encodedKey({ key, acceptEncoding }: CacheRequest): string {
  return `${chooseEncoding(acceptEncoding)} ${key}`;
}

function isWhole(answer: CachedAnswer | HttpAnswer): answer is CachedAnswer {
  return 'etag' in answer;
}

interface TextOptions {
  readonly encoding: Encoding;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** More than this becomes a stream, whose tag is the revision. */
  readonly maxBytes: number;
  readonly revision: string;
}

async function textAnswer(content: TextContent, options: TextOptions): Promise<CachedAnswer | HttpAnswer> {
  const { status = 200, type, fileName, next: nextPage, retryAfterMs } = content;
  const headersWith = (encoding: Encoding, etag: string): Record<string, string> => ({
    ...options.headers,
    ...contentHeaders(type, encoding),
    ETag: etag,
    ...(retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
    ...(nextPage === undefined ? {} : { Link: `<${nextPage}>; rel="next"` }),
    ...(fileName === undefined ? {} : { 'Content-Disposition': `attachment; filename="${fileName}"` }),
  });
  const chunks = content.chunks[Symbol.iterator]();
  const begun: Buffer[] = [];
  let bytes = 0;
  for (let next = chunks.next(); !next.done; next = chunks.next()) {
    const chunk = Buffer.from(next.value);
    begun.push(chunk);
    bytes += chunk.length;
    if (bytes <= options.maxBytes) continue;
    const stream = compressStream(streamOf(begun, chunks), options.encoding);
    return { status, headers: headersWith(options.encoding, `W/"${options.revision}"`), body: stream };
  }
  const plain = joined(begun, bytes);
  // Weak, because it names what is said and not how it is compressed.
  const etag = `W/"${createHash('sha1').update(plain).digest('base64url')}"`;
  const { body, encoding } = await compress(plain, options.encoding);
  return { status, etag, body, headers: { ...headersWith(encoding, etag), 'Content-Length': String(body.length) } };
}

function fileAnswer({ type, brotli, plain }: FileContent, wanted: Encoding, headers: CacheRequest['headers'] = {}): HttpAnswer {
  const encoding = wanted === 'br' ? wanted : 'identity';
  const body = encoding === 'br' ? brotli : plain();
  return { status: 200, body, headers: { ...headers, ...contentHeaders(type, encoding), 'Content-Length': String(body.length) } };
}

function contentHeaders(type: string, encoding: Encoding): Record<string, string> {
  const headers = { 'Content-Type': type, Vary: 'Accept-Encoding' };
  return encoding === 'identity' ? headers : { ...headers, 'Content-Encoding': encoding };
}

function toAnswer({ status, headers, etag, body }: CachedAnswer, { ifNoneMatch }: CacheRequest): HttpAnswer {
  if (status !== 200 || ifNoneMatch === undefined || !matchesTag(ifNoneMatch, etag)) return { status, headers, body };
  const { 'Content-Length': _length, 'Content-Encoding': _encoding, ...others } = headers;
  return { status: 304, headers: others, body: undefined };
}

function matchesTag(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((each) => each.trim() === '*' || strong(each.trim()) === strong(etag));
}

function strong(etag: string): string {
  return etag.replace(/^W\//, '');
}

function joined(chunks: readonly Buffer[], bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** What was made already and what is still to come, made as it is taken; the source ends with the stream. */
function streamOf(begun: Buffer[], chunks: Iterator<string>): Readable {
  return new Readable({
    read() {
      const first = begun.shift();
      const next = first ? { value: first, done: false } : chunks.next();
      this.push(next.done ? null : next.value);
    },
    destroy(error, done) {
      chunks.return?.();
      done(error);
    },
  });
}
