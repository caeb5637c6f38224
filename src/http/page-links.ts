/** Addresses of pages, as the feed and the pages themselves link to them. */

/** A name as people write it: a nested GHCR package has a slash where the API has `%2F`. */
export function readable(repo: string): string {
  return repo.replaceAll('%2F', '/');
}

/** Path of an image's page. */
export function imagePath(basePath: string, repo: string): string {
  return `${basePath}/images/${escapedName(repo)}`;
}

/** Path of the page of an image's tags. */
export function tagsPath(basePath: string, repo: string): string {
  return `${basePath}/tags/${escapedName(repo)}`;
}

function escapedName(repo: string): string {
  return readable(repo).split('/').map(encodeURIComponent).join('/');
}
