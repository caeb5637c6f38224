import { pageEndpoint } from '../page-endpoint.ts';
import { statusPage } from '../status.ts';

export const statusPageEndpoint = pageEndpoint({
  path: '/status',
  summary: 'Registries, the current run, failures and what to do about them',
  query: {},
  // What became of notifications is in no revision.
  cached: false,
  async page(_, deps) {
    // The page also has to work while the store does not.
    const [futureDays, channels = []] = await Promise.all([deps.store.heldBack().catch(() => []), deps.channels?.()]);
    return statusPage(deps, futureDays, channels);
  },
});
