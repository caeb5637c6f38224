/** The jobs of a fleet in PostgreSQL, through pg-boss: it hands each job to one process, and takes it back from one that is dead. */
import { createHash } from 'node:crypto';
import PgBoss from 'pg-boss';
import { AppError, errorFields, toAppError } from '../../../core/model/errors.ts';
import type { Job, JobQueue, TakenJob } from '../../../core/fleet.ts';
import type { Logger } from '../../../core/ports.ts';

export interface PgBossQueueDeps {
  /** `postgres://…` */
  readonly url: string;
  /** Ids of the registries that jobs may be about. */
  readonly registries: readonly string[];
  readonly log: Logger;
  /** After so many seconds without an end a job's process counts as dead. */
  readonly silentSeconds: { readonly read: number; readonly list: number };
}

const schema = 'registry_stats_jobs';
const superviseSeconds = 15;
/** Doubled with each attempt. */
const retryDelaySeconds = 5;
/** More than the worker itself tries: the rest is for processes that die. */
const retryLimit = 20;
/** What was done stays for a day, so that it can be looked at. */
const keptHours = 24;

/** @throws AppError misconfigured when the queue cannot be set up, unreachable when the database does not answer */
export async function openPgBossQueue({ url, registries, log, silentSeconds }: PgBossQueueDeps): Promise<JobQueue> {
  const boss = new PgBoss({
    connectionString: url,
    schema,
    max: 3,
    application_name: 'registry-stats jobs',
    schedule: false,
    maintenanceIntervalSeconds: Math.min(superviseSeconds, silentSeconds.read),
    deleteAfterHours: keptHours,
  });
  boss.on('error', (error) => log.warn('job queue has a problem', errorFields(toAppError(error, 'unreachable'))));

  await reached('cannot be set up', async () => {
    await boss.start();
    const options = { policy: 'standard', retryLimit, retryDelay: retryDelaySeconds, retryBackoff: true } as const;
    for (const registry of registries) await boss.createQueue(queueOf(registry), { name: queueOf(registry), ...options });
  });

  return {
    add: (jobs) =>
      reached('takes no jobs', async () => {
        await boss.insert(
          jobs.map((job) => ({
            id: idOf(job),
            name: queueOf(job.registry),
            data: job,
            // Owners first: what they list is the most part of the work.
            priority: job.kind === 'list' ? 1 : 0,
            expireInSeconds: silentSeconds[job.kind],
          })),
        );
      }),
    take: (registry, most) =>
      reached('gives no jobs', async () => {
        const jobs = await boss.fetch<Job>(queueOf(registry), { batchSize: most, includeMetadata: true });
        return jobs.map(({ id, data, retryCount }): TakenJob => ({ ...data, id, attempt: retryCount }));
      }),
    finish: ({ registry, id }) => reached('cannot finish a job', () => boss.complete(queueOf(registry), id)),
    giveBack: ({ registry, id }) => reached('takes no job back', () => boss.fail(queueOf(registry), id)),
    close: async () => {
      await boss.stop({ graceful: false, wait: true }).catch(() => undefined);
    },
  };
}

async function reached<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new AppError('unreachable', `the job queue ${what}: ${toAppError(error).message}`, { cause: error });
  }
}

function queueOf(registry: string): string {
  return `collect-${registry}`;
}

/** The same for the same work of the same cycle, so that the queue holds it once. */
function idOf({ cycle, registry, kind, name }: Job): string {
  const hex = createHash('sha1')
    .update(JSON.stringify([cycle, registry, kind, name]))
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
