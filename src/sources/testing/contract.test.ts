/** Every source that the program has keeps the contract. */
import { describe, expect, it } from 'vitest';
import { jsonChanges, pageChanges, type Fault } from '../../../test/support/simulator/faults.ts';
import { standardDockerHub, standardGhcr } from '../../../test/support/simulator/standard-world.ts';
import { sources } from '../index.ts';
import { describeSource, type SourceContract } from './contract.ts';

const notJson: Fault = { kind: 'status', status: 200, body: '<html><body>Sign in</body></html>' };
const json = (transform: (value: unknown) => unknown): Fault => ({ kind: 'json', transform });
const markup = (transform: (html: string) => string): Fault => ({ kind: 'markup', transform });

function isRepository(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'pull_count' in value;
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
      'links that are not recognised': markup((html) => html.replaceAll('/packages/container/', '/parcels/')),
      nothing: markup(() => ''),
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
