/** Docker Hub as a source: its public JSON API. */
import { AppError } from '../../core/model/errors.ts';
import { formatRepo, type ImageRef } from '../../core/model/image-ref.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { RegistrySettings } from '../../core/model/registry.ts';
import type { Source } from '../../core/ports.ts';
import type { SourceDeps } from '../definition.ts';
import { createHubApi } from './api.ts';
import { listRepositories } from './listing.ts';
import { createLogin } from './login.ts';
import { repository } from './schema.ts';
import { createTagReader } from './tags.ts';

export const dockerHubUrl = { variable: 'DOCKERHUB_URL', default: 'https://hub.docker.com', what: 'Address of Docker Hub' } as const;

const maxBytes = 1024 * 1024;

export function createDockerHubSource(settings: RegistrySettings, { createHttpClient, clock }: SourceDeps): Source {
  const baseUrl = settings.urls[dockerHubUrl.variable] ?? dockerHubUrl.default;
  const http = createHttpClient({ origins: [new URL(baseUrl).origin], delayMs: settings.delayMs, maxBytes });
  const login = settings.login && createLogin({ http, baseUrl, clock, ...settings.login });
  const api = createHubApi({ http, baseUrl, login });
  const readTags = createTagReader(api);
  const now = (): string => new Date(clock.now()).toISOString();

  async function readTotal(ref: ImageRef, signal: AbortSignal | undefined): Promise<Reading> {
    const repo = formatRepo(ref);
    const row = await api.get(`/v2/namespaces/${ref.owner}/repositories/${ref.name}`, repository, repo, signal);
    if (`${row.namespace}/${row.name}`.toLowerCase() !== repo) {
      throw new AppError('invalid_response', `Docker Hub answered with another repository than ${repo}`);
    }
    return { registry: 'dockerhub', repo, pullCount: row.pull_count, readAt: now(), lastUpdated: row.last_updated };
  }

  return {
    registry: 'dockerhub',
    list: (owner, { signal } = {}) => listRepositories({ api, now }, owner, signal),
    async read(ref, { signal, listed } = {}) {
      const total = listed ?? (await readTotal(ref, signal));
      const { flaw, ...tags } = await readTags(ref, signal);
      // A login that does not work must not pass unnoticed because everything can be read without it.
      return { reading: { ...total, ...tags }, flaw: flaw ?? api.loginProblem() };
    },
  };
}
