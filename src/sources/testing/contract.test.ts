/** Every source that the program has keeps the contract. */
import { describe, expect, it } from 'vitest';
import { jsonChanges, pageChanges, type Fault } from '../../demo/simulator/faults.ts';
import { standardDockerHub, standardEcrPublic, standardGhcr, standardQuay } from '../../../test/support/standard-world.ts';
import { sources } from '../index.ts';
import { describeSource, type SourceContract } from './contract.ts';

const notJson: Fault = { kind: 'status', status: 200, body: '<html><body>Sign in</body></html>' };
const json = (transform: (value: unknown) => unknown): Fault => ({ kind: 'json', transform });
const markup = (transform: (html: string) => string): Fault => ({ kind: 'markup', transform });

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isRepository(value: unknown): value is object {
  return isObject(value) && 'pull_count' in value;
}

/** Another count in the answer of ECR Public's gallery. */
function insight(insightData: object): Fault {
  return json((value) => (isObject(value) && 'insightData' in value ? { ...value, insightData } : value));
}

const contracts: Readonly<Record<string, Omit<SourceContract, 'definition'>>> = {
  dockerhub: {
    images: standardDockerHub,
    server: 'dockerhub',
    urls: ({ dockerHubUrl }) => ({ DOCKERHUB_URL: dockerHubUrl }),
    paceByServer: { dockerhub: 1 },
    details: { server: 'dockerhub', match: '/tags' },
    changedTotals: {
      absent: json(jsonChanges.dropField('pull_count')),
      null: json(jsonChanges.setField('pull_count', null)),
      'a text': json(jsonChanges.setField('pull_count', '11391000431')),
      negative: json(jsonChanges.setField('pull_count', -1)),
      'not whole': json(jsonChanges.setField('pull_count', 1.5)),
      'too large to be exact': json(jsonChanges.setField('pull_count', 2 ** 53)),
      'a web page': notJson,
      'a list': json(() => []),
      'another repository': json((value) => (isRepository(value) ? { ...value, name: 'other' } : value)),
    },
    changedListings: {
      'no rows': json(jsonChanges.dropField('results')),
      'rows that are no list': json(jsonChanges.setField('results', {})),
      'a web page': notJson,
    },
  },
  ghcr: {
    images: standardGhcr,
    server: 'github',
    urls: ({ githubUrl, ghcrUrl }) => ({ GITHUB_URL: githubUrl, GHCR_URL: ghcrUrl }),
    paceByServer: { github: 1, ghcr: 0.25 },
    details: { server: 'ghcr', match: '' },
    changedTotals: Object.fromEntries(Object.entries(pageChanges).map(([name, transform]) => [name, markup(transform)])),
    changedListings: {
      'a profile': markup(pageChanges.profilePage),
      'a heading without a number': markup((html) =>
        html.replaceAll(/\d+ packages?<\/h3>/g, 'Packages</h3>').replaceAll('/packages/container/', '/parcels/'),
      ),
      'links that are not recognized': markup((html) => html.replaceAll('/packages/container/', '/parcels/')),
      nothing: markup(() => ''),
    },
  },
  quay: {
    images: standardQuay,
    server: 'quay',
    urls: ({ quayUrl }) => ({ QUAY_URL: quayUrl }),
    paceByServer: { quay: 1 },
    secondPage: { match: /next_page=/ },
    unreadableCode: 'unauthorized',
    details: { server: 'quay', match: '/tag/' },
    changedTotals: {
      absent: json(jsonChanges.dropField('stats')),
      null: json(jsonChanges.setField('stats', null)),
      'no days': json(jsonChanges.setField('stats', [])),
      'days that are no dates': json(jsonChanges.setField('stats', [{ date: '31 May', count: 4 }])),
      'counts that are texts': json(jsonChanges.setField('stats', [{ date: '2026-03-12', count: '4' }])),
      'negative counts': json(jsonChanges.setField('stats', [{ date: '2026-03-12', count: -4 }])),
      'a web page': notJson,
      'a list': json(() => []),
      'another repository': json((value) => (isObject(value) && 'stats' in value ? { ...value, name: 'other' } : value)),
    },
    changedListings: {
      'no rows': json(jsonChanges.dropField('repositories')),
      'rows that are no list': json(jsonChanges.setField('repositories', {})),
      'a web page': notJson,
    },
  },
  'ecr-public': {
    images: standardEcrPublic,
    server: 'ecr',
    urls: ({ ecrPublicUrl }) => ({ ECR_PUBLIC_URL: ecrPublicUrl }),
    paceByServer: { ecr: 1 },
    // Its token stands in the body of a POST.
    secondPage: { match: '/describeRepositoryCatalogData', after: 1 },
    details: { server: 'ecr', match: '/describeImageTags' },
    changedTotals: {
      absent: insight({}),
      null: insight({ downloadCount: null }),
      'a text': insight({ downloadCount: '10M+' }),
      negative: insight({ downloadCount: -1 }),
      'not whole': insight({ downloadCount: 1.5 }),
      elsewhere: json((value) =>
        isObject(value) && 'insightData' in value ? { ...value, insightData: undefined, downloadCount: 5 } : value,
      ),
      'a web page': notJson,
      'a list': json(() => []),
    },
    changedListings: {
      'no rows': json(jsonChanges.dropField('repositories')),
      'rows that are no list': json(jsonChanges.setField('repositories', {})),
      'a web page': notJson,
    },
  },
};

describe('the contract', () => {
  it('is there for every source', () => {
    expect(Object.keys(contracts)).toEqual(expect.arrayContaining(sources.map(({ descriptor }) => descriptor.id)));
  });
});

for (const definition of sources) {
  const contract = contracts[definition.descriptor.id];
  if (contract) describeSource({ definition, ...contract });
}
