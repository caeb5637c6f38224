import type { SourceDefinition } from '../definition.ts';
import { createGhcrSource, ghcrUrl, githubUrl } from './source.ts';

/** GitHub Container Registry. */
export const ghcr: SourceDefinition = {
  descriptor: {
    id: 'ghcr',
    title: 'GitHub Container Registry',
    counts: {
      unit: 'downloads',
      lifetime: true,
      note: 'Downloads of manifests over all versions of the package. A pull of an image for several platforms takes two, the index and the manifest of its platform, so it counts about twice.',
    },
    variablePrefix: 'GHCR',
    host: 'ghcr.io',
    // GitHub redirects from there to the page of an organization's package, or of a linked repository.
    page: 'https://github.com/users/{owner}/packages/container/package/{package}',
    pages: [
      'github.com/orgs/{owner}/packages/container/package/{name}',
      'github.com/users/{owner}/packages/container/package/{name}',
      'github.com/orgs/{owner}/packages/container/{name}',
      'github.com/users/{owner}/packages/container/{name}',
      'github.com/{owner}/{repository}/pkgs/container/{name}',
      'github.com/orgs/{owner}/packages',
      'github.com/users/{owner}/packages',
      'github.com/{owner}?tab=packages',
    ],
    nestedNames: true,
    example: 'acme/app,acme/charts%2Fapp,acme/*',
    urls: [githubUrl, ghcrUrl],
    delay: {
      defaultMs: 2000,
      note: '; on github.com up to 1.5 times it is added at random; ghcr.io, made for machines, is paced at a quarter of it',
    },
  },
  create: createGhcrSource,
};
