/** The images of the demo: what is special about each, when it was released, and how many pulls a day may bring. */
import { addDays, dayMs, toEpochDay, type Day } from '../core/model/day.ts';
import { createSeededRandom, seedOf } from './simulator/seeded-random.ts';

export type DemoRegistry = 'dockerhub' | 'ghcr' | 'quay' | 'ecr-public';

export interface DemoImage {
  readonly owner: 'acme' | 'northwind';
  readonly name: string;
  readonly registries: readonly DemoRegistry[];
  /** On an ordinary working day, now, in its first registry. */
  readonly pullsPerDay: number;
  /** Factor from each day to the next. */
  readonly growth: number;
  /** Factor on Saturdays and Sundays: below 1 for what companies use, above 1 for what people have at home. */
  readonly weekend: number;
  /** Pulls before the first day of the demo. */
  readonly pullsBefore: number;
  readonly releaseEveryDays: number;
  /** Its first release in the demo. */
  readonly version: readonly [major: number, minor: number];
  readonly issues?: number;
  /** Days ago that the image first appeared. */
  readonly bornDaysAgo?: number;
  /** Days ago on which it could not be read. */
  readonly unreadDaysAgo?: readonly number[];
}

const both: readonly DemoRegistry[] = ['dockerhub', 'ghcr'];
const hub: readonly DemoRegistry[] = ['dockerhub'];
const ghcr: readonly DemoRegistry[] = ['ghcr'];

// prettier-ignore
export const demoImages: readonly DemoImage[] = [
  { owner: 'acme', name: 'photo-frame', registries: both, pullsPerDay: 2400, growth: 1.004, weekend: 1.25, pullsBefore: 412_000, releaseEveryDays: 18, version: [2, 14], issues: 23 },
  { owner: 'acme', name: 'backup-agent', registries: both, pullsPerDay: 5200, growth: 1.006, weekend: 0.9, pullsBefore: 1_310_000, releaseEveryDays: 12, version: [1, 31], issues: 41 },
  { owner: 'acme', name: 'home-metrics', registries: both, pullsPerDay: 640, growth: 1.002, weekend: 1.1, pullsBefore: 96_000, releaseEveryDays: 30, version: [0, 9], issues: 7 },
  { owner: 'acme', name: 'rss-bridge', registries: hub, pullsPerDay: 180, growth: 0.999, weekend: 1, pullsBefore: 61_000, releaseEveryDays: 45, version: [3, 2] },
  { owner: 'acme', name: 'tiny-proxy', registries: both, pullsPerDay: 75, growth: 1.18, weekend: 1, pullsBefore: 0, releaseEveryDays: 3, version: [0, 1], bornDaysAgo: 9 },
  { owner: 'acme', name: 'charts/backup-agent', registries: ghcr, pullsPerDay: 310, growth: 1.005, weekend: 0.7, pullsBefore: 38_000, releaseEveryDays: 12, version: [1, 31] },
  { owner: 'northwind', name: 'gateway', registries: [...both, 'ecr-public'], pullsPerDay: 18_500, growth: 1.003, weekend: 0.55, pullsBefore: 5_840_000, releaseEveryDays: 14, version: [4, 8], issues: 112 },
  { owner: 'northwind', name: 'billing', registries: both, pullsPerDay: 900, growth: 1.001, weekend: 0.4, pullsBefore: 240_000, releaseEveryDays: 21, version: [7, 3], issues: 18 },
  { owner: 'northwind', name: 'ledger-sync', registries: hub, pullsPerDay: 1500, growth: 1.0025, weekend: 0.5, pullsBefore: 380_000, releaseEveryDays: 25, version: [2, 0], unreadDaysAgo: [38, 39, 40, 41, 75] },
  { owner: 'northwind', name: 'edge-cache', registries: [...ghcr, 'quay'], pullsPerDay: 7600, growth: 1.007, weekend: 0.6, pullsBefore: 1_020_000, releaseEveryDays: 10, version: [1, 19], issues: 64 },
  { owner: 'northwind', name: 'importer', registries: ghcr, pullsPerDay: 45, growth: 1, weekend: 0.3, pullsBefore: 5100, releaseEveryDays: 60, version: [0, 4] },
  { owner: 'northwind', name: 'toolbox', registries: hub, pullsPerDay: 3300, growth: 1.0015, weekend: 0.65, pullsBefore: 2_950_000, releaseEveryDays: 35, version: [5, 1] },
];

export interface Release {
  readonly day: Day;
  /** ISO 8601 moment. */
  readonly at: string;
  /** `2.14.1` */
  readonly version: string;
  /** `2.14` */
  readonly line: string;
}

/** What an image has of its pulls in a registry that is not its first. */
export function shareOf(image: DemoImage, registry: DemoRegistry): number {
  return image.registries[0] === registry ? 1 : 0.6;
}

/** The releases from a day on, oldest first; the first is on that day, those after `until` are not made yet. */
export function releasesOf(image: DemoImage, from: Day, until: Day, seed: number): Release[] {
  const random = createSeededRandom(seed ^ seedOf(`releases of ${image.owner}/${image.name}`));
  let [major, minor] = image.version;
  let patch = 0;
  const releases: Release[] = [];
  for (let day = from; day <= until; day = addDays(day, Math.max(1, Math.round(image.releaseEveryDays * (0.6 + 0.8 * random()))))) {
    if (releases.length > 0) [minor, patch] = random() < 0.3 ? [minor, patch + 1] : [minor + 1, 0];
    const minute = String(Math.floor(random() * 60)).padStart(2, '0');
    releases.push({ day, at: `${day}T09:${minute}:12.345678Z`, version: `${major}.${minor}.${patch}`, line: `${major}.${minor}` });
  }
  return releases;
}

export interface DemoDay {
  readonly image: DemoImage;
  readonly registry: DemoRegistry;
  readonly releases: readonly Release[];
  readonly day: Day;
  readonly today: Day;
}

/** How many pulls a day is likely to bring: growth, the rhythm of the week, and a few busy days after a release. */
export function expectedPulls({ image, registry, releases, day, today }: DemoDay): number {
  const dayOfWeek = new Date(toEpochDay(day) * dayMs).getUTCDay();
  const level = image.pullsPerDay * shareOf(image, registry) * image.growth ** (toEpochDay(day) - toEpochDay(today));
  const week = dayOfWeek === 0 || dayOfWeek === 6 ? image.weekend : 1;
  const last = releases.findLast((release) => release.day <= day);
  const daysSince = last ? toEpochDay(day) - toEpochDay(last.day) : Infinity;
  return level * week * (1 + 1.8 * Math.exp(-daysSince / 1.4));
}

/** A factor round 1 that is rarely below 0.6 or above 1.6. */
export function noise(random: () => number): number {
  return Math.exp(0.5 * (random() + random() + random() - 1.5));
}
