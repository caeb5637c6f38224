/** What GitHub was seen to do on some days and not on others. A test may change it at any time; the next answer shows it. */
import { digestOf, ghcrVersion, type GhcrVersion } from './world.ts';
import { html, text, type Reply } from './reply.ts';
import { shell } from './github-pages.ts';

export interface GithubQuirks {
  /** Who is not signed in is led to the page for it, or sees it in the place of every page. */
  signIn?: 'redirect' | 'in place';
  /** Lists of packages are a 404, although the owner and the packages are there. */
  hidesLists?: true;
  /** Names that lists neither show nor count, although the packages are there. */
  unlisted?: readonly string[];
  /** Between two requests the last package of a page and the first of the next change places: one is on both, one on neither. */
  overtakes?: true;
  /** Names whose row is printed twice on its page, and counted twice in its heading (seen by backage). */
  printedTwice?: readonly string[];
  /** Pages of packages are given from a cache until they are so old, in milliseconds. */
  cachedForMs?: number;
  /** What every page is answered with. */
  refusal?: Reply;
}

/** Ways in which GitHub refuses pages. */
export const githubRefusals = {
  'a secondary rate limit': html(
    403,
    '<html><body><p>You have exceeded a secondary rate limit. Please wait a few minutes.</p></body></html>',
  ),
  'an abuse detection': html(403, '<html><body><p>You have triggered an abuse detection mechanism.</p></body></html>'),
  'a 429 with a page': html(429, shell('Rate limit · GitHub', '<h1>Whoa there!</h1><p>You have exceeded a secondary rate limit.</p>')),
  'a 429 with a text': text(429, 'Too many requests. For more on scraping GitHub, please review our Terms of Service.'),
} satisfies Record<string, Reply>;

export const restrictedPage = html(
  403,
  shell('Access to this site has been restricted.', '<h1>Access to this site has been restricted.</h1>'),
);

export function signInPage(): string {
  return shell('Sign in to GitHub · GitHub', '<h1>Sign in to GitHub</h1><form action="/session" method="post"><input name="login"></form>');
}

/** Versions that only carry a signature, as cosign pushes them for the index and each platform, newer than what they sign. */
export function signaturesOf(signed: GhcrVersion, count: number): GhcrVersion[] {
  return Array.from({ length: count }, (_, at) =>
    ghcrVersion({
      id: signed.id + 1 + at,
      downloads: 0,
      tags: [`${digestOf(`${signed.digest} ${at}`).replace(':', '-')}.sig`],
      publishedAt: new Date(Date.parse(signed.publishedAt) + 1000 * (at + 1)).toISOString(),
    }),
  );
}
