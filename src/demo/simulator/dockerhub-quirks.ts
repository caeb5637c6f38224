/** What Docker Hub was seen to do on some days and not on others. A test may change it at any time; the next answer shows it. */
import { html, json, text, type Reply } from './reply.ts';

export interface DockerHubQuirks {
  /** Rows of every page, whatever `page_size` asks for (docker/hub-feedback#2343). */
  rowsPerPage?: number;
  /** The sign of `ordering` means what it should. */
  hasUprightOrdering?: boolean;
  /** Every page of a list is the first one, and says that there is another. */
  repeatsPages?: boolean;
  /** Names that lists neither show nor count although they are there (#832, #1295); `all` for an empty list (#1063). */
  unlisted?: readonly string[] | 'all';
  /** How many more rows lists count than there are. */
  countsMore?: number;
  /** How a 404 for a repository is written. */
  missing?: keyof typeof missingRepository;
  /** What every login is answered with. */
  login?: Reply;
  /** Bearers are given, and no request with one is accepted: 401, or 403 for a personal access token without the scope (#1392). */
  refusesBearers?: 401 | 403;
  /** What a 429 says about its end: a span, a moment (#2459), or nothing, as from the limit for abuse. */
  retryAfter?: 'seconds' | 'unix seconds' | 'nothing';
}

/** Ways in which Docker Hub answers 404; only the first three say that a repository is not there. */
export const missingRepository = {
  'with prefix': (errinfo: object) => json(404, { message: 'httperror 404: object not found', errinfo }),
  'without prefix': (errinfo: object) => json(404, { message: 'object not found', errinfo }),
  'as detail': () => json(404, { detail: 'Object not found' }),
  'as text': () => text(404, '404: Page Not Found'),
  'as page': () => html(404, '<!DOCTYPE html><html><head><title>Page not found | Docker</title></head><body></body></html>'),
} satisfies Record<string, (errinfo: object) => Reply>;

/** After many logins the account is locked (#1661). */
export const lockedOut = json(429, { detail: 'Too many failed login attempts. You have been locked out for one hour.', error: true });
