/** The registries of a soak, with a memory of what every counter said and when: the account that the service is held against. */
import { addDays, dayOf, type Day } from '../../src/core/model/day.ts';
import { createSeededRandom } from '../../src/demo/simulator/seeded-random.ts';
import {
  addDownloads,
  countDownloads,
  emptyWorld,
  freeze,
  ghcrPackage,
  ghcrVersion,
  hubRepo,
  hubTag,
  publicTotals,
  thaw,
  type GhcrPackage,
  type World,
} from '../../src/demo/simulator/world.ts';

export interface Courses {
  readonly world: World;
  /** `<registry> <image>`, as the product names them. */
  readonly keys: readonly string[];
  /** The present totals hold from this moment of the service's clock on; milliseconds since the epoch. */
  begin(now: number): void;
  /** They hold no longer: a cycle has read them. */
  end(now: number): void;
  /** An hour of pulls, which are of the day of this moment: some counters stand still, some for days although there are pulls, and one is restated now and then. */
  grow(now: number): void;
  /** Whether the image had this total at this moment of the service's clock, which may have been there more than once. */
  was(key: string, total: number, at: number): boolean;
  /** What GHCR had counted of an image at the end of a day. */
  endOf(key: string, day: Day): number | undefined;
  /** What has to be stored, for each day that ended with a cycle which nothing disturbed: a cycle that ran over midnight may have read the image once more. */
  due(): ReadonlyMap<Day, ReadonlyMap<string, readonly number[]>>;
}

interface Span {
  readonly from: number;
  to: number;
  readonly totals: ReadonlyMap<string, number>;
}

const hourMs = 3_600_000;
const owner = 'acme';
/** From this hour on a cycle is the last of its day, or the last but one. */
const lastHour = 22;

/** Of ten images on Docker Hub one is on GHCR too, and on ECR Public. `startOf`: the total of an image before the first cycle. */
export function createCourses(names: readonly string[], startOf: (image: number) => number): Courses {
  const random = createSeededRandom(5);
  const some = names.slice(0, Math.ceil(names.length / 10));
  const world: World = {
    ...emptyWorld(),
    dockerHub: [
      {
        name: owner,
        repos: names.map((name, at) => hubRepo({ name, pulls: startOf(at), tags: [hubTag({ name: 'latest' }), hubTag({ name: '1' })] })),
      },
    ],
    ghcr: [
      {
        login: owner,
        kind: 'user',
        packages: some.map((name, at) =>
          ghcrPackage({ name, versions: [ghcrVersion({ id: at + 1, downloads: startOf(at), tags: ['1'] })] }),
        ),
      },
    ],
    ecrPublic: [{ name: owner, repos: some.map((name, at) => ({ name, downloads: startOf(at), tags: [] })) }],
  };
  const spansByHour = new Map<number, Span[]>();
  const due = new Map<Day, Map<string, readonly number[]>>();
  const ends = new Map<Day, ReadonlyMap<string, number>>();
  let firstDay = '';
  let span: Span = { from: 0, to: 0, totals: totalsNow(0) };

  function totalsNow(now: number): ReadonlyMap<string, number> {
    const byRegistry = Object.entries(publicTotals(world, now));
    return new Map(byRegistry.flatMap(([registry, totals]) => [...totals].map(([repo, total]) => [`${registry} ${repo}`, total] as const)));
  }

  /** Takes what is counted for the ends of all days since the last pulls. */
  function endDays(today: Day): void {
    const counts = (world.ghcr[0]?.packages ?? []).map((one) => [`ghcr ${owner}/${one.name}`, countDownloads(one)] as const);
    for (let day = addDays(today, -1); !ends.has(day) && day >= firstDay; day = addDays(day, -1)) ends.set(day, new Map(counts));
  }

  return {
    world,
    keys: [...span.totals.keys()],
    begin(now) {
      firstDay ||= dayOf(now);
      span = { from: now, to: now, totals: totalsNow(now) };
    },
    end(now) {
      span.to = now;
      for (let hour = Math.floor(span.from / hourMs); hour <= Math.floor(now / hourMs); hour += 1)
        spansByHour.set(hour, [...(spansByHour.get(hour) ?? []), span]);
      const [begun, ended] = [dayOf(span.from), dayOf(now)];
      if (new Date(now).getUTCHours() >= lastHour) due.set(ended, new Map([...span.totals].map(([key, total]) => [key, [total]])));
      const before = begun === ended ? undefined : due.get(begun);
      for (const [key, total] of span.totals) before?.set(key, [...(before.get(key) ?? []), total]);
    },
    grow(now) {
      endDays(dayOf(now));
      for (const repo of world.dockerHub[0]?.repos ?? []) repo.pulls += random() < 0.2 ? 0 : Math.floor(random() * 50);
      for (const [at, one] of (world.ghcr[0]?.packages ?? []).entries()) {
        const pulls = random() < 0.2 ? 0 : Math.floor(random() * 20);
        if (at % 4 === 1) freezeOrThaw(one, random());
        addDownloads(one, pulls, dayOf(now));
      }
      for (const repo of world.ecrPublic[0]?.repos ?? []) repo.downloads += Math.floor(random() * 5);
      const restated = world.dockerHub[0]?.repos[Math.floor(random() * 100 * names.length)];
      if (restated) restated.pulls = Math.floor(restated.pulls * 0.9);
    },
    was: (key, total, at) =>
      (spansByHour.get(Math.floor(at / hourMs)) ?? []).some(({ from, to, totals }) => from <= at && at <= to && totals.get(key) === total),
    endOf: (key, day) => ends.get(day)?.get(key),
    due: () => due,
  };
}

/** A total freezes about every second day, for a day in the middle; the days of its pulls go on. */
function freezeOrThaw(one: GhcrPackage, chance: number): void {
  if (one.frozen && chance < 0.04) thaw(one);
  else if (!one.frozen && chance < 0.03) freeze(one, 'total');
}
