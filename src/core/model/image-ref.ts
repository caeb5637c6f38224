/** Names of images: `owner/name`, lower case; a nested name's own slashes are written `%2F`, so that every name has two segments. */
import { AppError } from './errors.ts';

export interface ImageRef {
  readonly owner: string;
  /** Decoded: the nested package `charts/app` has a slash here. */
  readonly name: string;
}

/** What a configuration entry names: one image, or every public image of an owner. */
export type Target = { readonly kind: 'image'; readonly ref: ImageRef } | { readonly kind: 'owner'; readonly owner: string };

/**
 * Wider than what one registry allows for new names: Docker Hub, Quay.io, ECR Public and GHCR separate letters and digits by one ".",
 * one or two "_", or any number of "-" (OCI distribution specification 1.1), yet old names that are still there have more.
 */
const segment = /^[a-z0-9][a-z0-9._-]*$/;
const maxNameLength = 255;

/** OCI distribution specification 1.1, "Pulling manifests". */
const tagName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Whether the text can be the name of a tag. */
export function isTagName(text: string): boolean {
  return tagName.test(text);
}

/**
 * Reads `owner/name`, `owner/nested/name` or `owner/nested%2Fname` in any letter case.
 * @throws AppError invalid_input with the reason
 */
export function parseRepo(text: string): ImageRef {
  const slash = text.indexOf('/');
  if (slash < 0) throw invalid('it has no slash, write owner/name or owner/*');
  const owner = text.slice(0, slash).toLowerCase();
  const name = text
    .slice(slash + 1)
    .toLowerCase()
    .replaceAll('%2f', '/');
  assertSegment(owner, 'owner');
  for (const part of name.split('/')) assertSegment(part, 'name');
  assertLength(name, 'name');
  return { owner, name };
}

/** The canonical text of an image: `acme/app`, `acme/charts%2Fapp`. Inverse of parseRepo. */
export function formatRepo(ref: ImageRef): string {
  return `${ref.owner}/${ref.name.replaceAll('/', '%2F')}`;
}

/**
 * Reads a configuration entry, which may also be `owner/*`.
 * @throws AppError invalid_input with the reason
 */
export function parseTarget(text: string): Target {
  if (text.startsWith('\\')) throw invalid('it starts with a stray backslash, remove it');
  if (!text.endsWith('/*')) return { kind: 'image', ref: parseRepo(text) };
  const owner = text.slice(0, -2).toLowerCase();
  assertSegment(owner, 'owner');
  return { kind: 'owner', owner };
}

/** Whether parseRepo accepts the text. */
export function isRepo(text: string): boolean {
  try {
    parseRepo(text);
    return true;
  } catch {
    return false;
  }
}

/** The canonical form of a stored or requested name; a text that is not an image name only becomes lower case. */
export function canonicalRepo(text: string): string {
  return isRepo(text) ? formatRepo(parseRepo(text)) : text.toLowerCase();
}

function assertSegment(text: string, what: string): void {
  if (text === '') throw invalid(`the ${what} is empty`);
  assertLength(text, what);
  if (!segment.test(text)) {
    throw invalid(`the ${what} has characters other than letters, digits, ".", "_" and "-", or does not start with a letter or digit`);
  }
}

function assertLength(text: string, what: string): void {
  if (text.length > maxNameLength) throw invalid(`the ${what} is longer than ${maxNameLength} characters`);
}

function invalid(reason: string): AppError {
  return new AppError('invalid_input', reason);
}
