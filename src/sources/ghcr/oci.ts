/** Lists an image's tags through ghcr.io's registry API. It asks for no manifest, ever: that would count as a download. */
import * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import { formatRepo, isTagName, type ImageRef } from '../../core/model/image-ref.ts';
import { isAttachment } from '../../core/model/tag.ts';
import type { Clock } from '../../core/ports.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { reasonOf } from '../../net/reason.ts';

export interface TagListerDeps {
  readonly http: HttpClient;
  /** Where ghcr.io is, without a trailing slash. */
  readonly baseUrl: string;
  readonly clock: Pick<Clock, 'now'>;
}

export interface TagList {
  /** How many tags the image has. */
  readonly count: number;
  /** The newest of them, at most 50, the newest last: ghcr.io lists the oldest first. */
  readonly newest: readonly string[];
}

export interface TagLister {
  /**
   * The image's tags, without those that only carry signatures and attestations (`sha256-…`).
   * @throws AppError not_found, unauthorized (private, or refused for a while), rate_limited, unreachable, invalid_response (also for
   *   more than 20,000 tags); a count of some of the pages is never given. The signal's reason when aborted
   */
  listTags(ref: ImageRef, signal?: AbortSignal): Promise<TagList>;
}

const pageSize = 1000;
const maxPages = 20;
const newestTags = 50;
/** How long an image that has more tags than are listed is not listed again, so that it does not cost 20 requests each run. */
const excessMs = 24 * 60 * 60_000;
const nextLink = /<([^<>]*)>\s*;[^,<]*\brel\s*=\s*"?next\b/i;

/** A bearer token as RFC 6750 writes it; anything else would not survive in a header. */
const token = z.string().regex(/^[\w.~+/-]+=*$/);
const tokenAnswer = z.union([
  z.object({ token }).transform((answer) => answer.token),
  z.object({ access_token: token }).transform((answer) => answer.access_token),
]);
const tagsAnswer = z.object({ tags: z.array(z.string()).nullable() });

export function createTagLister({ http, baseUrl, clock }: TagListerDeps): TagLister {
  /** When images were found to have more tags than are listed (renovate#36103 knows one), in milliseconds since the epoch. */
  const excessive = new Map<string, number>();

  async function authorize({ owner, name }: ImageRef, signal: AbortSignal | undefined): Promise<string> {
    const answer = await http.request(`${baseUrl}/token?scope=repository:${owner}/${name}:pull&service=ghcr.io`, { signal });
    return parsed(answer, tokenAnswer, 'token');
  }

  return {
    async listTags(ref, signal) {
      const repo = formatRepo(ref);
      if (clock.now() - (excessive.get(repo) ?? -Infinity) < excessMs) throw tooMany();
      excessive.delete(repo);
      const headers = { Accept: 'application/json', Authorization: `Bearer ${await authorize(ref, signal)}` };
      const listUrl = `${baseUrl}/v2/${ref.owner}/${ref.name}/tags/list`;
      const names = new Set<string>();
      let query: string | undefined = `?n=${pageSize}`;
      for (let page = 1; page <= maxPages; page += 1) {
        const answer: HttpAnswer = await http.request(listUrl + query, { headers, signal });
        const { tags } = parsed(answer, tagsAnswer, 'list of tags');
        const before = names.size;
        for (const name of tags ?? []) names.add(name);
        query = nextQuery(answer, listUrl);
        if (query === undefined) return toTagList(names);
        if (names.size === before) throw drift('list of tags does not end');
      }
      excessive.set(repo, clock.now());
      throw tooMany();
    },
  };
}

function toTagList(names: Iterable<string>): TagList {
  const tags = Array.from(names).filter((name) => !isAttachment({ name }));
  return { count: tags.length, newest: tags.slice(-newestTags).filter(isTagName) };
}

function tooMany(): AppError {
  return drift(`list of tags has more than ${maxPages} pages of ${pageSize}`);
}

/** Of the next page's link only the query is used, so that no other address is ever asked. The link has no host (seen 2026-09-11). */
function nextQuery(answer: HttpAnswer, listUrl: string): string | undefined {
  const target = nextLink.exec(answer.headers.get('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, listUrl) ? new URL(target, listUrl) : undefined;
  if (next?.origin !== new URL(listUrl).origin) throw drift('list of tags continues on another host');
  return next.search;
}

function parsed<T>({ status, body }: HttpAnswer, schema: z.ZodType<T>, what: string): T {
  // 403 for private and missing packages alike, 401 was seen for a private one (2026-09).
  const reason = status === 200 ? undefined : reasonOf(body);
  const said = reason === undefined ? String(status) : `${status}: ${reason}`;
  if (status === 401 || status === 403) throw new AppError('unauthorized', `ghcr.io refuses the ${what} (answered ${said})`);
  if (status === 404) throw new AppError('not_found', `ghcr.io has no ${what} of this image`);
  if (status !== 200) throw drift(`${what} answered ${said}`);
  const result = schema.safeParse(json(body, what));
  if (!result.success) throw drift(`${what} has another shape`, result.error);
  return result.data;
}

function json(body: string, what: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw drift(`${what} is not JSON`, error);
  }
}

function drift(what: string, cause?: unknown): AppError {
  return new AppError('invalid_response', `ghcr.io: the ${what}`, { cause });
}
