import type { SourceDefinition } from '../definition.ts';
import { createEcrPublicSource, ecrPublicUrl } from './source.ts';

export const ecrPublic: SourceDefinition = {
  descriptor: {
    id: 'ecr-public',
    title: 'Amazon ECR Public',
    counts: {
      unit: 'downloads',
      lifetime: true,
      note: 'The download count of the gallery, over all tags since the repository exists. The gallery shows it rounded; the number behind it is exact.',
    },
    variablePrefix: 'ECR_PUBLIC',
    host: 'public.ecr.aws',
    page: 'https://gallery.ecr.aws/{owner}/{name}',
    pages: ['gallery.ecr.aws/{owner}/{name*}', 'gallery.ecr.aws/{owner}'],
    nestedNames: true,
    example: 'acme/app,acme/*',
    urls: [ecrPublicUrl],
    delay: { defaultMs: 1000, note: '' },
  },
  create: createEcrPublicSource,
};
