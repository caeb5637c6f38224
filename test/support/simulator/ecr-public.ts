/** Simulates the API behind Amazon ECR Public's gallery, as its public clients know it: POST only, tokens for pages, errors with a type. */
import { json, type Asked, type Registry, type Reply } from './reply.ts';
import type { EcrRepo, World } from './world.ts';

export function createEcrPublic(world: World): Registry {
  return (asked) => {
    if (asked.method !== 'POST') return undefined;
    const parameters = parametersOf(asked);
    if (!parameters) return problem('SerializationException');
    const [operation] = asked.segments;
    const alias = world.ecrPublic.find(({ name }) => name === parameters['registryAliasName']);
    const repo = alias?.repos.find(({ name }) => name === parameters['repositoryName']);
    if (operation === 'describeRepositoryCatalogData') {
      return alias
        ? page(parameters, 'repositories', alias.repos, ({ name }) => ({ repositoryName: name }))
        : problem('RegistryNotFoundException');
    }
    if (operation === 'getRepositoryCatalogData')
      return repo ? json(200, catalog(repo)) : problem('RepositoryCatalogDataNotFoundException');
    if (operation === 'describeImageTags') return repo ? tags(parameters, repo) : problem('RepositoryNotFoundException');
    return undefined;
  };
}

type Parameters = Readonly<Record<string, unknown>>;

function parametersOf({ body }: Asked): Parameters | undefined {
  try {
    const parameters: Parameters = JSON.parse(body);
    return parameters;
  } catch {
    return undefined;
  }
}

function catalog({ downloads }: EcrRepo): object {
  return {
    catalogData: {
      description: 'An image',
      architectures: ['x86-64', 'ARM 64'],
      operatingSystems: ['Linux'],
      aboutText: '',
      usageText: '',
    },
    insightData: { downloadCount: downloads },
  };
}

function tags(parameters: Parameters, repo: EcrRepo): Reply {
  return page(parameters, 'imageTagDetails', repo.tags, ({ name, digest, size, pushedAt }) => ({
    imageTag: name,
    createdAt: pushedAt,
    imageDetail: {
      imageDigest: digest,
      imageSizeInBytes: size,
      imagePushedAt: pushedAt,
      imageManifestMediaType: 'application/vnd.oci.image.index.v1+json',
    },
  }));
}

function page<Row>({ maxResults, nextToken }: Parameters, member: string, rows: readonly Row[], toJson: (row: Row) => object): Reply {
  const from = typeof nextToken === 'string' ? Number(nextToken.replace('token-', '')) : 0;
  const size = typeof maxResults === 'number' ? maxResults : 100;
  const next = from + size < rows.length ? { nextToken: `token-${from + size}` } : {};
  return json(200, { [member]: rows.slice(from, from + size).map(toJson), ...next });
}

function problem(type: string): Reply {
  return json(400, { __type: type, message: 'The request cannot be answered' });
}
