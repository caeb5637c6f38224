/** An owner's images on a registry without days: true pulls by the minute, counters that stand still now and then, and runs that read them. */
import { createSeededRandom } from '../../demo/simulator/seeded-random.ts';
import { fromEpochDay, toEpochDay } from '../../core/model/day.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import type { ImageSeries, LatestImage } from '../../core/model/history.ts';
import { seriesValues } from '../../core/numbers/series-values.ts';
import type { CounterWatch } from '../counter-watch.ts';

/** A Monday. */
export const firstDay = toEpochDay('2026-03-02');
const minutesOfDay = 1_440;
const minuteMs = 60_000;

export interface HubWorld {
  readonly seed: number;
  readonly days: number;
  /** Pulls of an average working day, by image. */
  readonly images: readonly number[];
  /** What is left of them at night, and at weekends. */
  readonly night: number;
  readonly weekend: number;
  /** Pulls that come at once; 1: one by one. */
  readonly batch: number;
  /** When counters stand still, and for how long, in minutes from the start. */
  readonly freezes: readonly { readonly at: number; readonly minutes: number }[];
  /** Between two runs, about. */
  readonly interval: number;
  /** When the service does not run. */
  readonly outages: readonly { readonly at: number; readonly minutes: number }[];
}

export interface HubRead {
  /** In minutes from the start. */
  readonly at: number;
  /** By image, as the registry shows them. */
  readonly totals: readonly number[];
}

export function momentOf(minute: number): string {
  return new Date(firstDay * 86_400_000 + minute * minuteMs).toISOString();
}

/** Every run of the world. */
function* readsOf(world: HubWorld): Generator<HubRead> {
  const random = createSeededRandom(world.seed);
  const pulls = world.images.map((perDay) => pullsOf(world, perDay, random));
  const end = world.days * minutesOfDay;
  for (let at = 7; at < end; at += Math.max(1, Math.round(world.interval * (0.9 + 0.2 * random())))) {
    if (isWithin(world.outages, at)) continue;
    const frozen = world.freezes.find((freeze) => at >= freeze.at && at < freeze.at + freeze.minutes);
    yield { at, totals: pulls.map((totals) => totals[frozen?.at ?? at] ?? 0) };
  }
}

function isWithin(times: HubWorld['outages'], at: number): boolean {
  return times.some((time) => at >= time.at && at < time.at + time.minutes);
}

/** The true total at the end of each minute. */
function pullsOf({ days, night, weekend, batch }: HubWorld, perDay: number, random: () => number): Float64Array {
  let total = 100;
  // At night, for a third of the day, there are fewer; the day as a whole has what it has.
  const perMinute = perDay / ((2 + night) / 3) / minutesOfDay / batch;
  return Float64Array.from({ length: days * minutesOfDay }, (_, at) => {
    const isNight = at % minutesOfDay < minutesOfDay / 3;
    const isWeekend = Math.floor(at / minutesOfDay) % 7 > 4;
    return (total += batch * drawPoisson(perMinute * (isNight ? night : 1) * (isWeekend ? weekend : 1), random));
  });
}

function drawPoisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let drawn = 0;
  for (let product = random(); product > limit; product *= random()) drawn += 1;
  return drawn;
}

export interface Watched {
  readonly recorded: readonly RecordedEvent[];
  readonly series: readonly ImageSeries[];
  readonly reads: readonly HubRead[];
}

/** Lets a watch look at every run; `watchFor`: by run, where it is not always the same. A new one has what is stored to compare with. */
export function watchWorld(world: HubWorld, watchFor: (run: number) => CounterWatch): Watched {
  const reads = [...readsOf(world)];
  const days: number[] = [];
  const totals: number[][] = world.images.map(() => []);
  const recorded: RecordedEvent[] = [];
  const seriesOf = (index: number): ImageSeries => ({
    registry: 'dockerhub',
    repo: `acme/${index}`,
    days,
    totals: totals[index] ?? [],
    marks: days.map(() => 'read'),
  });
  const watches = new Set<CounterWatch>();
  let stored: readonly LatestImage[] = [];
  for (const [run, read] of reads.entries()) {
    const watch = watchFor(run);
    if (!watches.has(watch)) watch.look(stored, []);
    watches.add(watch);
    const day = firstDay + Math.floor(read.at / minutesOfDay);
    if (days.at(-1) !== day) days.push(day);
    for (const [index, total] of read.totals.entries()) totals[index]?.splice(days.length - 1, 1, total);
    stored = read.totals.map((pullCount, index): LatestImage => ({
      ...seriesValues(seriesOf(index)),
      registry: 'dockerhub',
      repo: `acme/${index}`,
      day: fromEpochDay(day),
      pullCount,
      readAt: momentOf(read.at),
    }));
    recorded.push(...watch.look(stored, recorded));
  }
  return { recorded, series: world.images.map((_, index) => seriesOf(index)), reads };
}
