/** The labels of an image: its registry, its owner, and the rest of its name as people write it. */
interface ImageLabels {
  readonly registry: string;
  readonly owner: string;
  readonly repo: string;
}

function imageLabels({ registry, repo }: { readonly registry: string; readonly repo: string }): ImageLabels {
  const slash = repo.indexOf('/');
  return { registry, owner: repo.slice(0, slash), repo: repo.slice(slash + 1).replaceAll('%2F', '/') };
}

/** The labels as they are written beside a value, in braces. */
export function labelText(image: { readonly registry: string; readonly repo: string }): string {
  const labels = Object.entries(imageLabels(image)).map(([label, value]) => `${label}="${escaped(value)}"`);
  return `{${labels.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
