/** Answers that are built once for each query and state of the data, cached as they are sent, and compressed for those who take that. */
import { LRUCache } from 'lru-cache';
import { AppError } from '../core/model/errors.ts';
import { pieceBytes, streamWhole } from './body.ts';
import { buildAnswer, isWhole, type CachedAnswer } from './build-answer.ts';
import { chooseEncoding } from './compression.ts';
import type { Content, Preparation } from './endpoint.ts';
import { waitFor } from './preparing.ts';
import { createGate, nodeTimer, type GateLimits, type Timer } from './gate.ts';
import type { HttpAnswer } from './message.ts';
import { createOutgoing, type OutgoingLimits, type Sending } from './outgoing.ts';

export interface CacheRequest {
  /** The same for all that are answered with the same. */
  readonly key: string;
  /** Whether the answer is the same until the data changes; then it is cached. */
  readonly cached: boolean;
  /** Whether it is built at once, whatever else is in work. */
  readonly immediate?: boolean;
  /** What it waits for before it has a place among those that are built. */
  readonly waitsFor?: (() => Preparation | undefined) | undefined;
  /** Of the answer, beside those that its content needs. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly acceptEncoding?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface ResponseCache {
  /** The cached answer as it is; undefined when there is none. */
  find(request: CacheRequest): HttpAnswer | undefined;
  /** The cached answer, or the one that is built now; many who ask the same at once share it. Rejects as `build` does, or with AppError overloaded. */
  respond(request: CacheRequest, build: (failure?: Error) => Promise<Content>): Promise<HttpAnswer>;
}

export interface ResponseCacheDeps {
  /** Changes whenever an answer may have changed; all that is cached goes then. */
  readonly revision: () => string;
  readonly limits?: Partial<Limits> | undefined;
  readonly timer?: Timer | undefined;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: (() => number) | undefined;
}

export interface Limits {
  /** Larger answers are streamed and not cached. */
  readonly maxAnswerBytes: number;
  /** Of all that is cached. */
  readonly maxBytes: number;
  /** Answers that are made at once, and wait to be. */
  readonly building: GateLimits;
  readonly outgoing: OutgoingLimits;
  /** How long an answer waits for what it is made from. */
  readonly maxPreparingMs: number;
}

/** What fits into 128 MiB beside the program, whatever is requested at once. */
const defaultLimits: Limits = {
  maxAnswerBytes: 4 * 1024 * 1024,
  maxBytes: 12 * 1024 * 1024,
  building: { maxAtOnce: 2, maxWaiting: 64, maxWaitMs: 10_000 },
  outgoing: { maxBytes: 12 * 1024 * 1024, maxWaitMs: 10_000, maxSilentMs: 30_000, yieldAfterMs: 5_000 },
  maxPreparingMs: 4_000,
};
/** Beside its body and key an answer costs its headers. */
const overheadBytes = 2_048;
/** An answer, and the room for sending it where it is large. */
interface Made {
  readonly answer: CachedAnswer | HttpAnswer;
  readonly sending?: Sending | undefined;
}

export function createResponseCache({
  revision,
  timer = nodeTimer,
  now = () => performance.now(),
  ...deps
}: ResponseCacheDeps): ResponseCache {
  const limits = { ...defaultLimits, ...deps.limits };
  const { maxAnswerBytes: maxBytes } = limits;
  const gate = createGate(limits.building, timer);
  const outgoing = createOutgoing(limits.outgoing, timer, now);
  const cached = createCachedAnswers(revision, limits.maxBytes);
  /** By revision and key: a request after the data changed gets no answer from before. */
  const building = new Map<string, Promise<Made>>();

  /** `waited`: of what revision that is at least which the answer waited for. */
  async function build(key: string, request: CacheRequest, content: () => Promise<Content>, waited?: string): Promise<Made> {
    const started = waited ?? revision();
    // Meanwhile somebody else may have built it.
    const answer = cached.find(key) ?? (await buildAnswer(content, { ...request, revision: started, maxBytes, outgoing }));
    if (!isWhole(answer)) return { answer };
    // Meanwhile a newer snapshot may have come.
    // What is not there may be asked for under names without end.
    if (request.cached && answer.status === 200 && started === revision()) cached.set(key, answer);
    return { answer, sending: isLarge(answer, request) ? await outgoing.reserve(answer.body, answer.body.length) : undefined };
  }

  /** The answer where it need not wait for room. */
  function sendNow(answer: CachedAnswer, request: CacheRequest): HttpAnswer | undefined {
    if (!isLarge(answer, request)) return toAnswer(answer, request);
    const sending = outgoing.tryReserve(answer.body, answer.body.length);
    return sending && toAnswer(answer, request, sending);
  }

  return {
    find(request) {
      const found = cached.find(encodedKey(request));
      return found && toAnswer(found, request);
    },
    async respond(request, content) {
      const key = encodedKey(request);
      const found = cached.find(key);
      const ready = found && sendNow(found, request);
      if (ready) return ready;
      const started = revision();
      const preparation = request.waitsFor?.();
      const failure = preparation && (await waitFor(preparation, limits.maxPreparingMs, timer));
      const slot = `${started} ${key}`;
      const shared = building.get(slot);
      if (shared) {
        const built = await shared.catch(toRetry);
        // A stream can be read only once.
        const same = built && isWhole(built.answer) && sendNow(built.answer, request);
        if (same) return same;
      }
      const make = (): Promise<Made> => build(key, request, () => content(failure), preparation && started);
      const work = request.immediate ? make() : gate.run(make);
      building.set(slot, work);
      try {
        const { answer, sending } = await work;
        return isWhole(answer) ? toAnswer(answer, request, sending) : answer;
      } finally {
        if (building.get(slot) === work) building.delete(slot);
      }
    },
  };
}

/** Bounded, and of one revision. */
function createCachedAnswers(revision: () => string, maxBytes: number) {
  const answers = new LRUCache<string, CachedAnswer>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => body.length + key.length + overheadBytes,
  });
  let cachedRevision = '';
  return {
    find(key: string): CachedAnswer | undefined {
      const current = revision();
      if (current !== cachedRevision) {
        answers.clear();
        cachedRevision = current;
      }
      return answers.get(key);
    },
    set(key: string, answer: CachedAnswer): void {
      answers.set(key, answer);
    },
  };
}

/** What failed is tried again, but not what had no place. */
function toRetry(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'overloaded') throw error;
}

function encodedKey({ key, acceptEncoding }: CacheRequest): string {
  return `${chooseEncoding(acceptEncoding)} ${key}`;
}

/** What a large answer is need not be known for one that is not sent. */
function isLarge(answer: CachedAnswer, request: CacheRequest): boolean {
  return answer.body.length > pieceBytes && !isUnchanged(answer, request);
}

/** `sending`: the room of a large one. */
function toAnswer(answer: CachedAnswer, request: CacheRequest, sending?: Sending): HttpAnswer {
  const { status, headers, body } = answer;
  if (!isUnchanged(answer, request)) return { status, headers, body: sending ? streamWhole(body, sending) : body };
  const { 'Content-Length': _length, 'Content-Encoding': _encoding, ...others } = headers;
  return { status: 304, headers: others, body: undefined };
}

function isUnchanged({ status, etag }: CachedAnswer, { ifNoneMatch }: CacheRequest): boolean {
  return status === 200 && ifNoneMatch !== undefined && matchesTag(ifNoneMatch, etag);
}

function matchesTag(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((each) => each.trim() === '*' || strong(each.trim()) === strong(etag));
}

function strong(etag: string): string {
  return etag.replace(/^W\//, '');
}
