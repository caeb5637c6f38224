import type { SourceDefinition } from '../definition.ts';
import { createQuaySource, quayUrl } from './source.ts';

export const quay: SourceDefinition = {
  descriptor: {
    id: 'quay',
    title: 'Quay.io',
    counts: {
      unit: 'actions',
      lifetime: false,
      note: 'Every logged action of a day: pulls, and also pushes and changes of tags. Quay.io has no total over all time and publishes the days of about three months; the total is the sum since the first day that is known here.',
    },
    variablePrefix: 'QUAY',
    host: 'quay.io',
    page: 'https://quay.io/repository/{owner}/{name}',
    pages: [
      'quay.io/repository/{owner}/{name}/manifest/',
      'quay.io/repository/{owner}/{name}/tag/',
      'quay.io/repository/{owner}/{name*}',
      'quay.io/organization/{owner}',
      'quay.io/user/{owner}',
    ],
    nestedNames: true,
    example: 'acme/app,acme/charts%2Fapp,acme/*',
    urls: [quayUrl],
    delay: { defaultMs: 500, note: '' },
  },
  create: createQuaySource,
};
