/** Names of images: `owner/name`, lower case; a nested name's own slashes are written `%2F`, so that every name has two segments. */
import { AppError } from './errors.ts';
import { matchesName } from './name-pattern.ts';

export interface ImageRef {
  readonly owner: string;
  /** Decoded: the nested package `charts/app` has a slash here. */
  readonly name: string;
}

/** What a configuration entry names: one image, or the public images of an owner. */
export type Target = { readonly kind: 'image'; readonly ref: ImageRef } | OwnerTarget;

/** The public images of an owner, all of them or those that the patterns of name-pattern.ts choose. */
export interface OwnerTarget {
  readonly kind: 'owner';
  readonly owner: string;
  /** A name matches one of these; absent: any name. */
  readonly include?: readonly string[] | undefined;
  /** And none of these. */
  readonly exclude?: readonly string[] | undefined;
}

/**
 * Wider than what one registry allows for new names: Docker Hub, Quay.io, ECR Public and GHCR separate letters and digits by one ".",
 * one or two "_", or any number of "-" (OCI distribution specification 1.1), yet old names that are still there have more.
 */
const segment = /^[a-z0-9][a-z0-9._-]*$/;
const maxNameLength = 255;
const namePattern = /^[a-z0-9*][a-z0-9*._-]*(\/[a-z0-9*][a-z0-9*._-]*)*$/;

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
 * Reads a configuration entry, which may also be `owner/*` or `owner/app-*`.
 * @throws AppError invalid_input with the reason
 */
export function parseTarget(text: string): Target {
  if (text.startsWith('\\')) throw invalid('it starts with a stray backslash, remove it');
  if (!text.includes('*')) return { kind: 'image', ref: parseRepo(text) };
  const slash = text.indexOf('/');
  const owner = text.slice(0, Math.max(0, slash)).toLowerCase();
  const pattern = text
    .slice(slash + 1)
    .toLowerCase()
    .replaceAll('%2f', '/')
    .replaceAll(/\*+/g, '*');
  if (slash < 0 || owner.includes('*')) throw invalid('the * is where the owner should be, write owner/* or owner/name');
  assertSegment(owner, 'owner');
  assertLength(pattern, 'name');
  if (!namePattern.test(pattern)) throw invalid('the name has characters other than letters, digits, ".", "_", "-" and "*"');
  return pattern === '*' ? { kind: 'owner', owner } : { kind: 'owner', owner, include: [pattern] };
}

/** Whether an image that an owner has is among those that are tracked of this owner; any is where the targets do not name the owner. */
export function isTracked(targets: readonly Target[], { owner, name }: ImageRef): boolean {
  const target = targets.find((each): each is OwnerTarget => each.kind === 'owner' && each.owner === owner);
  const matches = (pattern: string): boolean => matchesName(pattern, name);
  return target === undefined || ((target.include?.some(matches) ?? true) && !target.exclude?.some(matches));
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
