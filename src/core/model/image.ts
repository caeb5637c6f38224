/** The name of an image in one registry, its key and its order. */
import type { SeriesQuery } from './query.ts';

/** An image in one registry. */
export interface ImageName {
  readonly registry: string;
  /** Canonical name. */
  readonly repo: string;
}

/** The same for the same image, and for no other: what maps and sets of images are keyed by. */
export function imageKey({ registry, repo }: ImageName): string {
  return `${registry} ${repo}`;
}

/** Orders images by registry, then name. */
export function compareImages(a: ImageName, b: ImageName): number {
  return compareText(a.registry, b.registry) || compareText(a.repo, b.repo);
}

/** Orders texts by code unit, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a question is about this image. */
export function asksFor({ registries, repos }: SeriesQuery, { registry, repo }: ImageName): boolean {
  return (registries?.has(registry) ?? true) && (repos?.has(repo) ?? true);
}
