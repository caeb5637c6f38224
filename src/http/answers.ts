/** Answers that are worked out once for each query and state of the data, kept ready to send, and compressed for those who ask. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';

/** What an answer says, in pieces. */
export interface Content {
  readonly type: string;
  readonly chunks: Iterable<string>;
  /** Name under which a browser saves it; absent: it shows it. */
  readonly fileName?: string | undefined;
  /** 200 where absent. */
  readonly status?: 200 | 400 | 404 | undefined;
  /** Beside those of every answer, or in their place. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether it is the same until the data changes; then it is kept. True where absent. */
  readonly lasting?: boolean | undefined;
}

export interface Asked {
  readonly method: string | undefined;
  /** Path and query. */
  readonly url: string;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** An answer as it goes to the socket. */
export interface ReadyAnswer {
  readonly status: 200 | 304 | 400 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

export interface Answers {
  /** The answer, where it is already there. */
  ready(asked: Asked): ReadyAnswer | undefined;
  /** The kept answer, or the one that is built now. Rejects as `build` does. */
  answer(asked: Asked, build: () => Promise<Content>): Promise<Response>;
}

export interface AnswersDeps {
  /** Changes whenever an answer may have changed; all that is kept goes then. */
  readonly revision: () => string;
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly limits?: Limits;
}

export interface Limits {
  /** Larger answers are streamed and not kept. */
  readonly answerBytes: number;
  /** What is kept in all. */
  readonly totalBytes: number;
}

type Encoding = 'br' | 'gzip' | 'identity';

interface Kept {
  readonly status: 200 | 400 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const defaultLimits: Limits = { answerBytes: 8 * 1024 * 1024, totalBytes: 16 * 1024 * 1024 };
/** Beside its body an answer costs its address and headers. */
const overheadBytes = 2_048;
const leastCompressedBytes = 1_024;
/** Quick, and for rows nearly as small as the best. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const compressors = {
  br: (body: Uint8Array): Promise<Uint8Array> => promisify(brotliCompress)(body, brotliOptions),
  gzip: (body: Uint8Array): Promise<Uint8Array> => promisify(gzip)(body),
};

export function createAnswers({ revision, headers, limits = defaultLimits }: AnswersDeps): Answers {
  const kept = new Map<string, Kept>();
  const building = new Map<string, Promise<Kept | undefined>>();
  let keptBytes = 0;
  let keptRevision = '';

  function find(key: string): Kept | undefined {
    const current = revision();
    if (current !== keptRevision) {
      kept.clear();
      keptBytes = 0;
      keptRevision = current;
    }
    const found = kept.get(key);
    if (!found) return undefined;
    // The one that was used last goes last.
    kept.delete(key);
    kept.set(key, found);
    return found;
  }

  function keep(key: string, answer: Kept): void {
    kept.set(key, answer);
    keptBytes += answer.body.length + overheadBytes;
    for (const [oldest, { body }] of kept) {
      if (keptBytes <= limits.totalBytes) return;
      kept.delete(oldest);
      keptBytes -= body.length + overheadBytes;
    }
  }

  function headersOf({ type, fileName, headers: own }: Content, etag: string, encoding: Encoding): Record<string, string> {
    return {
      ...headers,
      ...own,
      'Content-Type': type,
      ETag: etag,
      Vary: 'Accept-Encoding',
      ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
      ...(fileName === undefined ? {} : { 'Content-Disposition': `attachment; filename="${fileName}"` }),
    };
  }

  async function prepare(body: Uint8Array<ArrayBuffer>, content: Content, wanted: Encoding): Promise<Kept> {
    // Weak, because it names what is said and not how it is packed.
    const etag = `W/"${createHash('sha1').update(body).digest('base64url')}"`;
    const encoding = body.length < leastCompressedBytes ? 'identity' : wanted;
    const packed = encoding === 'identity' ? body : Uint8Array.from(await compressors[encoding](body));
    return {
      status: content.status ?? 200,
      etag,
      body: packed,
      headers: { ...headersOf(content, etag, encoding), 'Content-Length': String(packed.length) },
    };
  }

  /** Builds the answer and keeps it; one that is too large for that becomes a stream. */
  async function build(key: string, wanted: Encoding, content: Content): Promise<Kept | Response> {
    const started = revision();
    const chunks = content.chunks[Symbol.iterator]();
    const begun: Buffer[] = [];
    let bytes = 0;
    for (let next = chunks.next(); !next.done; next = chunks.next()) {
      const chunk = Buffer.from(next.value);
      begun.push(chunk);
      bytes += chunk.length;
      if (bytes <= limits.answerBytes) continue;
      const stream = streamOf(Readable.from(rest(begun, chunks)), wanted);
      return new Response(stream, { status: content.status ?? 200, headers: headersOf(content, `W/"${started}"`, wanted) });
    }
    const answer = await prepare(joined(begun, bytes), content, wanted);
    // While it was packed, a newer snapshot may have come.
    if (content.lasting !== false && started === revision()) keep(key, answer);
    return answer;
  }

  return {
    ready(asked) {
      if (asked.method !== 'GET' && asked.method !== 'HEAD') return undefined;
      const found = find(keyOf(asked));
      return found && readyAnswer(found, asked);
    },
    async answer(asked, content) {
      const key = keyOf(asked);
      // Many who ask the same at once wait for one answer.
      const other = building.get(key);
      const found = find(key) ?? (other && (await other));
      if (found) return toResponse(found, asked);
      const work = content().then((known) => build(key, encodingOf(asked), known));
      building.set(
        key,
        work.then(
          (built) => (built instanceof Response ? undefined : built),
          () => undefined,
        ),
      );
      try {
        const built = await work;
        return built instanceof Response ? built : toResponse(built, asked);
      } finally {
        building.delete(key);
      }
    },
  };
}

function toResponse(kept: Kept, asked: Asked): Response {
  const { status, headers, body } = readyAnswer(kept, asked);
  return new Response(body ?? null, { status, headers });
}

function joined(chunks: readonly Buffer[], bytes: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function keyOf(asked: Asked): string {
  return `${encodingOf(asked)} ${asked.url}`;
}

/** Of what the client takes the best that we have. Grafana's Infinity takes gzip and nothing else. */
export function encodingOf({ acceptEncoding }: Pick<Asked, 'acceptEncoding'>): Encoding {
  if (acceptEncoding === undefined) return 'identity';
  const taken = acceptEncoding.split(',').map((part) => part.trim().toLowerCase());
  const takes = (name: string): boolean =>
    taken.some((part) => part === name || (part.startsWith(`${name};`) && !/;\s*q=0(\.0*)?$/.test(part)));
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity';
}

function readyAnswer({ status, headers, etag, body }: Kept, { method, ifNoneMatch }: Asked): ReadyAnswer {
  if (status === 200 && ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) {
    const { 'Content-Length': _length, 'Content-Encoding': _encoding, ...others } = headers;
    return { status: 304, headers: others, body: undefined };
  }
  return { status, headers, body: method === 'HEAD' ? undefined : body };
}

function matches(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((each) => each.trim() === '*' || weak(each.trim()) === weak(etag));
}

function weak(etag: string): string {
  return etag.replace(/^W\//, '');
}

function* rest(begun: readonly Buffer[], chunks: Iterator<string>): Generator<Buffer> {
  yield* begun;
  for (let next = chunks.next(); !next.done; next = chunks.next()) yield Buffer.from(next.value);
}

function streamOf(plain: Readable, encoding: Encoding): ReadableStream {
  const packed =
    encoding === 'br' ? plain.pipe(createBrotliCompress(brotliOptions)) : encoding === 'gzip' ? plain.pipe(createGzip()) : plain;
  return Readable.toWeb(packed);
}
