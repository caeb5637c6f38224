/** Addresses of pages, as the feed and the pages themselves link to them. */

/** A name as people write it: a nested GHCR package has a slash where the API has `%2F`. */
export function readable(repo: string): string {
  return repo.replaceAll('%2F', '/');
}

/** Path of an image's page. */
export function imagePath(basePath: string, repo: string): string {
  return `${basePath}/images/${readable(repo).split('/').map(encodeURIComponent).join('/')}`;
}
