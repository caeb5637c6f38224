/** The name of an image in one registry, its key and its order. */

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

/** Orders images by name, then registry: the registries of one name are adjacent. */
export function compareImagesByName(a: ImageName, b: ImageName): number {
  return compareText(a.repo, b.repo) || compareText(a.registry, b.registry);
}

/** Whether these are the same images in the same order. */
export function areSameImages(images: readonly ImageName[], others: readonly ImageName[]): boolean {
  return images.length === others.length && images.every((image, at) => image === others[at] || isSameImage(image, others[at]));
}

function isSameImage(a: ImageName, b: ImageName | undefined): boolean {
  return a.repo === b?.repo && a.registry === b.registry;
}

/** Orders texts by code unit, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
