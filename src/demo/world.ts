/** A believable world for the demo with its history: a dozen images of a user and an organization that go on being pulled. */
import { addDays, dayMs, dayOf, startOfDay, type Day } from '../core/model/day.ts';
import type { Reading } from '../core/model/reading.ts';
import { createCounter, type Counter } from './counters.ts';
import { demoImages, expectedPulls, noise, releasesOf, type DemoImage, type DemoRegistry } from './images.ts';
import { createSeededRandom, seedOf } from './simulator/seeded-random.ts';
import { emptyWorld, ghcrPackage, hubRepo, type EcrRepo, type QuayRepo, type World } from './simulator/world.ts';

export interface DemoOptions {
  readonly today: Day;
  /** Days of history before today. */
  readonly days: number;
  /** The same seed gives the same demo. */
  readonly seed: number;
  /** The moment from which `advance` counts, ISO 8601; noon of today by default. */
  readonly startedAt?: string;
}

export interface Demo {
  /** What the registries say now: more than on the last day of the history. */
  readonly world: World;
  /** What was read on each day before today, oldest first. */
  readonly history: readonly (readonly Reading[])[];
  /** Value for `DOCKERHUB_REPOS`. */
  readonly dockerHubRepos: string;
  /** Value for `GHCR_REPOS`. */
  readonly ghcrRepos: string;
  /** Value for `QUAY_REPOS` and `ECR_PUBLIC_REPOS`. */
  readonly otherRepos: string;
  /** Time passes, in milliseconds: images are pulled, days turn. */
  readonly advance: (ms: number) => void;
}

/** One image in one registry, on its way through the days. */
interface Course {
  readonly image: DemoImage;
  readonly counter: Counter;
  readonly bornOn: Day;
  /** A share of a day passes: what is released on the day until then, and as many of its pulls. */
  readonly pass: (day: Day, shareOfDay: number) => void;
}

/** Days that the first release of an old image is older than the history. */
const firstReleaseAge = 20;
/** Days after today for which there are still releases. */
const daysAhead = 30;
/** The share of today that has passed when the demo begins, as far as pulls go. */
const shareOfToday = 0.4;

export function createDemo({ today, days, seed, startedAt = `${today}T12:00:00.000Z` }: DemoOptions): Demo {
  const world = demoOwners();
  const firstDay = addDays(today, -days);
  const courses = demoImages.flatMap((image) =>
    image.registries.map((registry) => createCourse(world, image, registry, { today, firstDay, seed })),
  );

  const history: Reading[][] = [];
  for (let day = firstDay; day < today; day = addDays(day, 1)) history.push(readDay(courses, day, today));
  for (const { counter, pass } of courses) {
    counter.turnDay(today);
    pass(today, shareOfToday);
    counter.pull(1);
  }

  let nowMs = Date.parse(startedAt);
  function advance(ms: number): void {
    for (const untilMs = nowMs + ms; nowMs < untilMs;) {
      const day = dayOf(nowMs);
      const partMs = Math.min(untilMs, Date.parse(startOfDay(addDays(day, 1)))) - nowMs;
      nowMs += partMs;
      for (const { counter, pass } of courses) {
        pass(day, partMs / dayMs);
        if (dayOf(nowMs) !== day) counter.turnDay(dayOf(nowMs));
      }
    }
  }

  return { world, history, dockerHubRepos: 'acme/*,northwind/*', ghcrRepos: 'acme/*,northwind/*', otherRepos: 'northwind/*', advance };
}

/** A whole day passes, and then every image is read that can be. */
function readDay(courses: readonly Course[], day: Day, today: Day): Reading[] {
  const alive = courses.filter(({ bornOn }) => bornOn <= day);
  for (const { counter, pass } of alive) {
    counter.turnDay(day);
    pass(day, 1);
  }
  const readAt = startOfDay(day).replace('00:00:00Z', '23:10:11.123Z');
  const read = alive.filter(({ image }) => !image.unreadDaysAgo?.some((daysAgo) => addDays(today, -daysAgo) === day));
  return read.map(({ counter }) => counter.reading(readAt));
}

function demoOwners(): World {
  return {
    ...emptyWorld(),
    dockerHub: [
      { name: 'acme', repos: [] },
      { name: 'northwind', repos: [] },
    ],
    ghcr: [
      { login: 'acme', kind: 'user', packages: [] },
      { login: 'Northwind', kind: 'organization', packages: [] },
    ],
    quay: [{ name: 'northwind', repos: [] }],
    ecrPublic: [{ name: 'northwind', repos: [] }],
  };
}

interface Calendar {
  readonly today: Day;
  readonly firstDay: Day;
  readonly seed: number;
}

function createCourse(world: World, image: DemoImage, registry: DemoRegistry, { today, firstDay, seed }: Calendar): Course {
  const random = createSeededRandom(seed ^ seedOf(`${registry} ${image.owner}/${image.name}`));
  const bornOn = image.bornDaysAgo === undefined ? addDays(firstDay, -firstReleaseAge) : addDays(today, -image.bornDaysAgo);
  const releases = releasesOf(image, bornOn, addDays(today, daysAhead), seed);
  const counter = createCounter(image, registry, addEntry(world, image, registry));
  let released = 0;
  /** Part of a pull that is still missing to a whole one. */
  let rest = 0;

  function pass(day: Day, shareOfDay: number): void {
    for (const release of releases.slice(released)) {
      if (release.day > day) break;
      counter.release(release);
      released += 1;
    }
    rest += expectedPulls({ image, registry, releases, day, today }) * shareOfDay * noise(random);
    const whole = Math.floor(rest);
    rest -= whole;
    counter.pull(whole);
  }

  return { image, counter, bornOn, pass };
}

function addEntry(world: World, image: DemoImage, registry: DemoRegistry): Parameters<typeof createCounter>[2] {
  const { owner, name, issues } = image;
  if (registry === 'quay') {
    const repo: QuayRepo = { name, actions: new Map(), tags: [] };
    world.quay.find((candidate) => candidate.name === owner)?.repos.push(repo);
    return repo;
  }
  if (registry === 'ecr-public') {
    const repo: EcrRepo = { name, downloads: 0, tags: [] };
    world.ecrPublic.find((candidate) => candidate.name === owner)?.repos.push(repo);
    return repo;
  }
  if (registry === 'dockerhub') {
    const repo = hubRepo({ name, pulls: 0 });
    world.dockerHub.find((candidate) => candidate.name === owner)?.repos.push(repo);
    return repo;
  }
  const [linked = name] = name.split('/');
  const one = ghcrPackage({ name, versions: [], ...(issues === undefined ? {} : { repo: linked, issues }) });
  world.ghcr.find(({ login }) => login.toLowerCase() === owner)?.packages.push(one);
  return one;
}
