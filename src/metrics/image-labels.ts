/** The labels of an image: its registry, its owner, and the rest of its name as people write it. */
export interface ImageLabels {
  readonly registry: string;
  readonly owner: string;
  readonly repo: string;
}

export function imageLabels({ registry, repo }: { readonly registry: string; readonly repo: string }): ImageLabels {
  const slash = repo.indexOf('/');
  return { registry, owner: repo.slice(0, slash), repo: repo.slice(slash + 1).replaceAll('%2F', '/') };
}
