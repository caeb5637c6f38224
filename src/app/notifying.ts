/** Makes what notifies, where the configuration names a channel. */
import type { Config } from '../config/load.ts';
import { formatRepo } from '../core/model/image-ref.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import type { NotifyingStore } from '../core/ports.ts';
import { createChannels, createNotifier, type Notifier } from '../notify/index.ts';
import { descriptors, httpClientsOf, type World } from './world.ts';

/** Undefined where nothing is to be sent. @throws AppError invalid_input */
export function notifierOf(config: Config, world: World, store: NotifyingStore): Notifier | undefined {
  if (config.notify.length === 0) return undefined;
  const { clock, random, log } = world;
  const { notify, smtpUrl, notifyRules, quietHours, digest, groups, timeZone, jobSilenceSeconds } = config;
  return createNotifier({
    channels: createChannels(notify, smtpUrl, { createHttpClient: httpClientsOf(world), clock }),
    store,
    clock,
    random,
    log,
    rules: notifyRules,
    quietHours: quietHours ?? undefined,
    digest: digest ?? undefined,
    timeZone,
    groups,
    titles: titles(),
    isFromWildcard: wildcardsOf(config),
    // Longer than an attempt takes, with the retries of the client.
    leaseMs: 2 * jobSilenceSeconds * 1000,
  });
}

/** By registry id. */
export function titles(): ReadonlyMap<string, string> {
  return new Map(descriptors.map(({ id, title }) => [id, title]));
}

/** Whether an image is tracked with all of its owner, and not by its name. */
export function wildcardsOf({ registries }: Config): (image: ImageName) => boolean {
  const owners = new Set<string>();
  const named = new Set<string>();
  for (const [registry, { targets }] of Object.entries(registries)) {
    for (const target of targets) {
      if (target.kind === 'owner') owners.add(`${registry} ${target.owner}`);
      else named.add(imageKey({ registry, repo: formatRepo(target.ref) }));
    }
  }
  return (image) => owners.has(`${image.registry} ${image.repo.split('/')[0]}`) && !named.has(imageKey(image));
}
