/** Simulates the API behind Amazon ECR Public's gallery, as its public clients know it: POST only, tokens for pages, errors with a type. */
import { json, type Asked, type Registry, type Reply } from './reply.ts';
import type { EcrRepo, EcrTag, World } from './world.ts';

/** What the gallery may do one day. A test may change it at any time; the next answer shows it. */
export interface EcrPublicQuirks {
  /** Rows of every page, whatever `maxResults` asks for. */
  rowsPerPage?: number;
  /** Every page is the first one and names the same next one. */
  repeatsPages?: boolean;
  /** Repositories without a page in the gallery: they are there, and the answer speaks of their catalog data. */
  withoutCatalogText?: readonly string[];
  /** Every call is answered with this type of error, as AWS services write them. */
  error?: { readonly type: string; readonly status?: number; readonly isInHeader?: boolean };
}

export function createEcrPublic(world: World, quirks: EcrPublicQuirks = {}): Registry {
  return (asked) => {
    if (asked.method !== 'POST') return undefined;
    const parameters = parametersOf(asked);
    if (!parameters) return problem('SerializationException');
    if (quirks.error) {
      const { type, status, isInHeader } = quirks.error;
      return isInHeader ? json(status ?? 400, {}, { 'x-amzn-errortype': type }) : problem(type, status);
    }
    const [operation] = asked.segments;
    const alias = world.ecrPublic.find(({ name }) => name === parameters['registryAliasName']);
    const repo = alias?.repos.find(({ name }) => name === parameters['repositoryName']);
    if (operation === 'describeRepositoryCatalogData') {
      return alias
        ? page(parameters, { member: 'repositories', rows: alias.repos.map(({ name }) => ({ repositoryName: name })) }, quirks)
        : problem('RegistryNotFoundException');
    }
    if (operation === 'getRepositoryCatalogData') {
      const hasText = repo && !quirks.withoutCatalogText?.includes(repo.name);
      return hasText ? json(200, catalog(repo)) : problem('RepositoryCatalogDataNotFoundException');
    }
    if (operation === 'describeImageTags') return repo ? tags(parameters, repo, quirks) : problem('RepositoryNotFoundException');
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

function tags(parameters: Parameters, repo: EcrRepo, quirks: EcrPublicQuirks): Reply {
  return page(parameters, { member: 'imageTagDetails', rows: repo.tags.map(tagRow) }, quirks);
}

function tagRow({ name, digest, size, pushedAt }: EcrTag): object {
  return {
    imageTag: name,
    createdAt: pushedAt,
    imageDetail: {
      imageDigest: digest,
      imageSizeInBytes: size,
      imagePushedAt: pushedAt,
      imageManifestMediaType: 'application/vnd.oci.image.index.v1+json',
    },
  };
}

function page(
  { maxResults, nextToken }: Parameters,
  { member, rows }: { readonly member: string; readonly rows: readonly object[] },
  { rowsPerPage, repeatsPages }: EcrPublicQuirks,
): Reply {
  const from = typeof nextToken === 'string' && !repeatsPages ? Number(nextToken.replace('token-', '')) : 0;
  const size = rowsPerPage ?? (typeof maxResults === 'number' ? maxResults : 100);
  const next = repeatsPages || from + size < rows.length ? { nextToken: `token-${from + size}` } : {};
  return json(200, { [member]: rows.slice(from, from + size), ...next });
}

function problem(type: string, status = 400): Reply {
  return json(status, { __type: type, message: 'The request cannot be answered' });
}
