/** The metrics, calculated at each scrape from the store and the collector's status. */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { imageKey, type ImageName } from '../core/model/image.ts';
import { isMember, type Group } from '../core/views/groups.ts';
import { trackedListOf, type TrackedImage } from '../core/views/images.ts';
import type { ChannelStatus } from '../core/model/notice.ts';
import { isNotThere } from '../core/model/run.ts';
import type { Clock, SnapshotStore } from '../core/ports.ts';
import type { CollectorStatus, RegistryStatus } from '../core/views/status.ts';
import { definitions, type MetricName } from './definitions.ts';
import { toSeconds } from './seconds.ts';
import { imageSeries, isImageMetric } from './image-series.ts';

export interface MetricsDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly configured: readonly ImageName[];
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
  readonly status: () => CollectorStatus;
  /** What became of notifications, by channel; absent where none is configured. Never rejects. */
  readonly channels?: (() => Promise<readonly ChannelStatus[]>) | undefined;
  readonly configProblems: readonly unknown[];
  readonly version: string;
  readonly groups: readonly Group[];
  /** Which images have series of their own; absent: all. */
  readonly images?: ImageChoice | undefined;
}

/** `groups`: the members of groups; `top`: so many with the largest totals. */
export type ImageChoice = { readonly kind: 'all' | 'groups' } | { readonly kind: 'top'; readonly count: number };

export interface Scrape {
  readonly type: string;
  /** In pieces: thousands of images are never one text. */
  readonly chunks: Iterable<string>;
}

export interface Metrics {
  /** Everything in Prometheus' text format. Rejects as the store does. */
  scrape(): Promise<Scrape>;
}

const misnamed = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

type Labels = Readonly<Record<string, string>>;
type Set = (name: MetricName, value: number | undefined, labels?: Labels) => void;

export function createMetrics(deps: MetricsDeps): Metrics {
  const processRegistry = new Registry();
  collectDefaultMetrics({ register: processRegistry });
  // Gauges with the suffix of counters, which promtool rejects (prom-client 15.1).
  for (const name of misnamed) processRegistry.removeSingleMetric(name);
  return {
    async scrape() {
      const registry = new Registry();
      const set = setter(registry);
      const { registries, health, pollIntervalMs = 0 } = deps.status();
      const absent = absentImages(registries);
      const images = chooseImages(await findImages(deps), deps);
      for (const status of registries) if (status.state !== 'off') setRegistry(set, status);
      for (const each of (await deps.channels?.()) ?? []) setChannel(set, each);
      set('registrystats_poll_interval_seconds', pollIntervalMs / 1000);
      set('registrystats_configuration_problems', deps.configProblems.length);
      set('registrystats_healthy', Number(health.healthy));
      set('registrystats_build_info', 1, { version: deps.version });
      const others = new Map(
        await Promise.all(otherNames.map(async (name) => [name, await registry.getSingleMetricAsString(name)] as const)),
      );
      return { type: Registry.PROMETHEUS_CONTENT_TYPE, chunks: chunks(images, absent, others, await processRegistry.metrics()) };
    },
  };
}

const otherNames = Object.keys(definitions).filter((name) => !isImageMetric(name));

/** In the order of the definitions. `others`: the text of each metric that is not about images. */
function* chunks(
  images: readonly TrackedImage[],
  absent: ReadonlySet<string>,
  others: ReadonlyMap<string, string>,
  ofProcess: string,
): Generator<string> {
  let separator = '';
  for (const name of Object.keys(definitions)) {
    yield separator;
    if (isImageMetric(name)) yield* imageSeries(name, images, absent);
    else yield others.get(name) ?? '';
    separator = '\n\n';
  }
  yield `\n${ofProcess}`;
}

/** Sets values of the metrics of a registry; undefined values are left out. */
function setter(registry: Registry): Set {
  const metrics = new Map<MetricName, Gauge | Counter>();
  for (const [name, { type, help, labels }] of Object.entries(definitions)) {
    const options = { name, help, labelNames: labels, registers: [registry] };
    if (isMetricName(name) && !isImageMetric(name)) metrics.set(name, type === 'gauge' ? new Gauge(options) : new Counter(options));
  }
  return (name, value, labels = {}) => {
    const metric = metrics.get(name);
    if (value === undefined || !metric) return;
    if (metric instanceof Gauge) metric.set(labels, value);
    else metric.inc(labels, value);
  };
}

function isMetricName(name: string): name is MetricName {
  return name in definitions;
}

async function findImages({ store, clock, configured, staleAfterMs }: MetricsDeps): Promise<readonly TrackedImage[]> {
  const [latest, days] = await Promise.all([store.latest({}), store.days()]);
  return trackedListOf(store, configured)({ latest, newestDay: days.at(-1) }, { now: clock.now(), staleAfterMs });
}

function chooseImages(images: readonly TrackedImage[], { images: choice, groups }: MetricsDeps): readonly TrackedImage[] {
  if (choice?.kind === 'groups') return images.filter((image) => groups.some((group) => isMember(group, image)));
  if (choice?.kind !== 'top') return images;
  return images.toSorted((a, b) => (b.pullCount ?? -1) - (a.pullCount ?? -1)).slice(0, choice.count);
}

/** The keys of images that their registries do not have. */
function absentImages(registries: readonly RegistryStatus[]): ReadonlySet<string> {
  const absent = registries.flatMap(({ registry, failures, deleted }) =>
    [...failures.filter(isNotThere).map(({ repo }) => repo), ...deleted].map((repo) => imageKey({ registry, repo })),
  );
  return new Set(absent);
}

function setRegistry(set: Set, status: RegistryStatus): void {
  const labels = { registry: status.registry };
  const { listings, totals } = status;
  set('registrystats_registry_last_success_timestamp_seconds', toSeconds(status.lastSuccess) ?? 0, labels);
  set(
    'registrystats_registry_last_cycle_duration_seconds',
    status.lastDurationMs === undefined ? undefined : status.lastDurationMs / 1000,
    labels,
  );
  set('registrystats_registry_images', status.imagesRead, labels);
  set('registrystats_registry_images_failed', status.imagesFailed, labels);
  set('registrystats_registry_images_in_doubt', status.doubts.length, labels);
  set('registrystats_registry_listing_complete', Number(listings.every(({ complete }) => complete)), labels);
  const unlisted = listings.map(({ listed, expected = listed }) => Math.max(0, expected - listed));
  set(
    'registrystats_registry_images_unlisted',
    unlisted.reduce((sum, count) => sum + count, 0),
    labels,
  );
  for (const result of ['ok', 'failed'] as const) set('registrystats_registry_cycles_total', totals.cycles[result], { ...labels, result });
  for (const [code, count] of Object.entries(totals.errors)) set('registrystats_registry_read_errors_total', count, { ...labels, code });
}

function setChannel(set: Set, { channel, waiting, delivered, givenUp, lastSuccess, lastErrorAt }: ChannelStatus): void {
  const labels = { channel };
  set('registrystats_notifications_waiting', waiting, labels);
  set('registrystats_notifications_last_success_timestamp_seconds', toSeconds(lastSuccess), labels);
  set('registrystats_notifications_last_error_timestamp_seconds', toSeconds(lastErrorAt), labels);
  set('registrystats_notifications_total', delivered, { ...labels, result: 'delivered' });
  set('registrystats_notifications_total', givenUp, { ...labels, result: 'given_up' });
}
