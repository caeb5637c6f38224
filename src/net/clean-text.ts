/** Makes a text that another side wrote fit to be shown in a terminal, a log line, a page and an answer of the API. */

const defaultMaxLength = 200;
/** More of it is not looked at: the patterns below are run over it. */
const maxInput = 4_000;
const mask = '[hidden]';

/** What looks like a credential: an answer may quote what it was sent. */
const credentials: readonly (readonly [RegExp, string])[] = [
  [/\b(?:dckr_[a-z]+_|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|npm_)[\w-]{4,}/g, mask],
  [/\beyJ[\w-]{5,}(?:\.[\w-]*){1,2}/g, mask],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, mask],
  [/\b(bearer|basic)\s+(?=\S*\d)\S{6,}/gi, `$1 ${mask}`],
  [/\b(token|password|passwd|secret|api[-_]?key|authorization|credential)(["']?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi, `$1$2${mask}`],
  [/:\/\/[^\s/@]+@/g, `://${mask}@`],
  // Long, with letters and digits: no word of a language. Digests are what they say.
  [/(?<!sha\d+:)\b(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{32,}/g, mask],
];

/** One line without control characters, directions of writing, and credentials, cut after so many characters. */
export function cleanText(text: string, maxLength: number = defaultMaxLength): string {
  const line = text
    .slice(0, maxInput)
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const safe = credentials.reduce((masked, [pattern, replacement]) => masked.replaceAll(pattern, replacement), line);
  const characters = Array.from(safe);
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : safe;
}
