/** What an answer that is no success says of itself, for people. */
import { cleanText } from './clean-text.ts';

/** Where registries write it, the most telling one first: Docker Hub in `detail` or `message`, Quay.io in `error_message`, ghcr.io in `errors`. */
const fields = ['detail', 'message', 'error_message', 'error_description', 'error', 'text', 'title'];
/** No reason is longer; what is longer is a page. */
const maxPlainText = 300;

/** One clean line, at most 200 characters; undefined where nothing is said. */
export function reasonOf(body: string): string | undefined {
  const text = body.trim();
  if (text === '') return undefined;
  const found = text.startsWith('{') || text.startsWith('[') ? reasonInJson(text) : reasonInText(text);
  const reason = cleanText(found ?? '');
  return reason === '' ? undefined : reason;
}

/** The title of a web page, cleaned; undefined where the text is no web page or has none. */
export function titleOf(body: string): string | undefined {
  if (!isWebPage(body)) return undefined;
  const title = /<title[^>]*>([^<]{1,300})</i.exec(body)?.[1];
  return title === undefined ? undefined : cleanText(title.replaceAll('&middot;', '·').replaceAll('&amp;', '&'));
}

export function isWebPage(body: string): boolean {
  return /^\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)[\s>]/is.test(body);
}

function reasonInText(text: string): string | undefined {
  if (text.startsWith('<')) return titleOf(text);
  return text.length > maxPlainText ? undefined : text;
}

function reasonInJson(text: string): string | undefined {
  try {
    return reasonInValue(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function reasonInValue(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  for (const field of fields) {
    const text = members.get(field);
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  const errors = members.get('errors');
  return Array.isArray(errors) ? reasonInValue(errors[0]) : undefined;
}
