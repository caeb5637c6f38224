import type { SourceDefinition } from '../definition.ts';
import { createDockerHubSource, dockerHubUrl } from './source.ts';

export const dockerHub: SourceDefinition = {
  descriptor: {
    id: 'dockerhub',
    title: 'Docker Hub',
    counts: {
      unit: 'pulls',
      lifetime: true,
      note: 'Every request for a manifest since the repository exists, also a check that finds nothing new. Docker Hub publishes it with some delay.',
    },
    variablePrefix: 'DOCKERHUB',
    host: 'docker.io',
    otherHosts: ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'],
    page: 'https://hub.docker.com/r/{owner}/{name}',
    pages: [
      'hub.docker.com/r/{owner}/{name}',
      'hub.docker.com/repository/docker/{owner}/{name}',
      'hub.docker.com/layers/{owner}/{name}',
      'hub.docker.com/v2/repositories/{owner}/{name}',
      'hub.docker.com/_/{name}',
      'hub.docker.com/u/{owner}',
      'hub.docker.com/r/{owner}',
    ],
    bareOwner: 'library',
    nestedNames: false,
    example: 'acme/app,acme/*',
    urls: [dockerHubUrl],
    delay: { defaultMs: 500, note: '' },
    login: {
      usernameVariable: 'DOCKERHUB_USERNAME',
      tokenVariable: 'DOCKERHUB_TOKEN',
      what: "Optional login that lifts Docker Hub's anonymous paging limits",
    },
  },
  create: createDockerHubSource,
};
