import { endpoint } from '../../http/endpoint.ts';
import { momentHeaders } from '../../http/headers.ts';
import { jsonContent } from '../../http/json-content.ts';
import { currentRevision, type PageDeps } from '../context.ts';

export const revisionEndpoint = endpoint({
  path: '/data/revision.json',
  summary: 'Changes as soon as a page would show something else',
  query: {},
  headers: momentHeaders,
  cached: false,
  immediate: true,
  handle: async (_, deps: PageDeps) => jsonContent({ revision: currentRevision(deps) }),
});
