/** From what an endpoint says to the answer that is sent: whole, tagged and compressed, or as a stream where it is large. */
import { createHash } from 'node:crypto';
import { eventLoopTurn } from '../core/model/event-loop-turn.ts';
import { endPieces, piecesOf, streamPieces, type Pieces } from './body.ts';
import { chooseEncoding, compress, compressStream, type Encoding } from './compression.ts';
import type { Content, FileContent } from './endpoint.ts';
import type { HttpAnswer } from './message.ts';
import type { Outgoing } from './outgoing.ts';

/** An answer in one piece. */
export interface CachedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly body: Uint8Array;
}

export function isWhole(answer: CachedAnswer | HttpAnswer): answer is CachedAnswer {
  return 'etag' in answer;
}

/** A stream holds the rows that it is made from, and its compressor, beside what was made before it became one. */
const streamBytes = 1024 * 1024;

interface BuildOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly acceptEncoding?: string | undefined;
  /** More than this becomes a stream, whose tag is the revision. */
  readonly maxBytes: number;
  readonly revision: string;
  readonly outgoing: Outgoing;
}

/** @throws what the building throws, or AppError overloaded */
export async function buildAnswer(build: () => Promise<Content>, options: BuildOptions): Promise<CachedAnswer | HttpAnswer> {
  const wanted = chooseEncoding(options.acceptEncoding);
  const content = await build();
  if ('brotli' in content) return fileAnswer(content, wanted, options.headers);
  const { status = 200, type, fileName, retryAfterMs } = content;
  const headersWith = (encoding: Encoding, etag: string): Record<string, string> => ({
    ...options.headers,
    ...contentHeaders(type, encoding),
    ETag: etag,
    ...(retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
    ...(content.next === undefined ? {} : { Link: `<${content.next}>; rel="next"` }),
    ...(fileName === undefined ? {} : { 'Content-Disposition': `attachment; filename="${fileName}"` }),
  });
  const pieces = piecesOf(content.chunks);
  const { begun, bytes, isAll } = await begin(pieces, options.maxBytes);
  if (!isAll) {
    const sending = await options.outgoing.reserve(pieces, bytes + streamBytes).catch((error: unknown) => {
      endPieces(pieces);
      throw error;
    });
    const body = sending.attach(compressStream(streamPieces(begun, pieces, sending), wanted));
    return { status, headers: headersWith(wanted, `W/"${options.revision}"`), body };
  }
  const plain = joined(begun, bytes);
  // Weak, because it names what is said and not how it is compressed.
  const etag = `W/"${createHash('sha1').update(plain).digest('base64url')}"`;
  const { body, encoding } = await compress(plain, wanted);
  return { status, etag, body, headers: { ...headersWith(encoding, etag), 'Content-Length': String(body.length) } };
}

/** All pieces, or as many as are more than that. */
async function begin(
  pieces: Pieces,
  maxBytes: number,
): Promise<{ readonly begun: Uint8Array[]; readonly bytes: number; readonly isAll: boolean }> {
  const begun: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const next = await pieces.next();
    if (next.done) return { begun, bytes, isAll: true };
    const piece = typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    begun.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) return { begun, bytes, isAll: false };
    // Others are answered in between.
    if (begun.length % piecesPerTurn === 0) await eventLoopTurn();
  }
}

const piecesPerTurn = 8;

function fileAnswer({ type, brotli, plain }: FileContent, wanted: Encoding, headers: BuildOptions['headers'] = {}): HttpAnswer {
  const encoding = wanted === 'br' ? wanted : 'identity';
  const body = encoding === 'br' ? brotli : plain();
  return { status: 200, body, headers: { ...headers, ...contentHeaders(type, encoding), 'Content-Length': String(body.length) } };
}

function contentHeaders(type: string, encoding: Encoding): Record<string, string> {
  const headers = { 'Content-Type': type, Vary: 'Accept-Encoding' };
  return encoding === 'identity' ? headers : { ...headers, 'Content-Encoding': encoding };
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
