/** The events of all images that follow from their totals, worked out for all who ask together, and after a change only for the images that changed. */
import { eventLoopTurn } from '../model/event-loop-turn.ts';
import { compareByIdentity, counterKinds, type RecordedEvent } from '../model/event.ts';
import { groupBy } from '../model/group-by.ts';
import type { LatestImage } from '../model/history.ts';
import { areSameImages, imageKey } from '../model/image.ts';
import { ownerKeyOf, withStillDays, type Freeze } from '../numbers/freezes.ts';
import { withChanges } from '../numbers/sorted.ts';
import type { SnapshotStore } from '../ports.ts';
import { coursesOf, freezesOfOwners, guessedImages } from './all-freezes.ts';
import { compareKept, type EventLists, type KeptEvent } from './event-lists.ts';
import { imageEvents, type ImageEvent } from './events.ts';
import { freezeEvent, markDay, mergeFreezes, mostCertain } from './freeze-events.ts';
import { seriesInBatches } from './frozen-series.ts';

export type EventStore = Pick<SnapshotStore, 'totals' | 'dailyTotals' | 'daySums' | 'latest' | 'events' | 'countEvents' | 'version'>;

export interface KeptEvents {
  /** All events of the store as it is; rejects as the store does, and is then worked out anew. */
  current(): Promise<EventLists>;
  /** Those of the last time, or the current ones where there are none. */
  last(): Promise<EventLists>;
  /** Works out what has changed, as `current`, which is then answered at once. */
  refresh(): Promise<unknown>;
  /** How often `current` was called. */
  requests(): number;
  /** Of how many images events are worked out at the moment, and how many of them are done. */
  progress(): Progress;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

const byStore = new WeakMap<object, KeptEvents>();

/** The same for all who ask about a store. */
export function keptEventsOf(store: EventStore): KeptEvents {
  const events = byStore.get(store) ?? createKeptEvents(store);
  byStore.set(store, events);
  return events;
}

function createKeptEvents(store: EventStore): KeptEvents {
  let kept: Derived | undefined;
  let progress: Progress = { done: 0, total: 0 };
  let running: { readonly version: string; readonly result: Promise<EventLists> } | undefined;
  let next: Promise<EventLists> | undefined;
  let requests = 0;

  function begin(version: string): Promise<EventLists> {
    const result = derive(store, { version, before: kept, onProgress: (state) => (progress = state) })
      .then((derived) => (kept = derived).lists)
      .finally(() => (running = undefined));
    running = { version, result };
    return result;
  }

  async function upToDate(): Promise<EventLists> {
    const version = store.version();
    if (kept?.version === version) return kept.lists;
    if (!running) return begin(version);
    if (running.version === version) return running.result;
    // What runs may lack the newest change: who comes meanwhile shares the one after it.
    return (next ??= running.result
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return upToDate();
      }));
  }

  return {
    current() {
      requests += 1;
      return upToDate();
    },
    refresh: upToDate,
    requests: () => requests,
    last: async () => kept?.lists ?? upToDate(),
    progress: () => progress,
  };
}

/** What was worked out of all images. */
interface Derived {
  readonly version: string;
  readonly latest: readonly LatestImage[];
  readonly owners: Owners;
  readonly courses: ReadonlyMap<string, string>;
  /** By owner. */
  readonly freezes: ReadonlyMap<string, readonly Freeze[]>;
  /** By place; changed with the next step, when that is done. */
  readonly events: EventsByPlace;
  readonly lists: EventLists;
}

type EventsByPlace = (readonly KeptEvent[] | undefined)[];

interface Owners {
  /** By place. */
  readonly keys: readonly string[];
  /** By owner. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

interface Step {
  readonly version: string;
  /** What was worked out the last time. */
  readonly before: Derived | undefined;
  readonly onProgress: (progress: Progress) => void;
}

async function derive(store: EventStore, { version, before, onProgress }: Step): Promise<Derived> {
  onProgress({ done: 0, total: 0 });
  const [latest, recorded] = [await store.latest({}), await store.events({ kinds: counterKinds })];
  const base = placeBefore(before, latest);
  const { owners, events } = base;
  const courses = coursesOf(recorded);
  const missing = new Set(missingPlaces(base, latest));
  const changed = changedOwners(base, missing, courses);
  const freezes = await findFreezesOf(store, { latest, owners, changed, recorded, before: base.freezes });
  for (const key of changed) {
    if (JSON.stringify(base.freezes.get(key)) === JSON.stringify(freezes.get(key))) continue;
    for (const place of owners.places.get(key) ?? []) missing.add(place);
  }
  const all = [...freezes.values()].flat();
  const found = await eventsOfPlaces(store, [...missing], { latest, freezes: all, onProgress });
  const others = (await registryFreezes(store, all)).toSorted(compareByIdentity);
  // From here on all is done at once: what fails before has changed nothing.
  const removed = [...base.gone, ...[...missing].flatMap((place) => events[place] ?? [])];
  for (const place of missing) events[place] = found.get(place) ?? [];
  const derived = withChanges(before?.lists.derived ?? [], { removed, added: [...found.values()].flat() }, compareKept);
  return { version, latest, owners, courses, freezes, events, lists: { derived, others } };
}

/** What is known of images by their new places. */
interface Base extends Pick<Derived, 'owners' | 'courses' | 'freezes' | 'events'> {
  /** Those of the images that are known; absent where the places are new. */
  readonly latest: readonly LatestImage[] | undefined;
  /** Events of images that changed or are no longer there, where the places are new. */
  readonly gone: readonly KeptEvent[];
}

function placeBefore(before: Derived | undefined, latest: readonly LatestImage[]): Base {
  if (before && areSameImages(latest, before.latest)) return { ...before, gone: [] };
  const known = new Map(before?.latest.map((image, place) => [image, before.events[place]]));
  const events = latest.map((image) => known.get(image));
  for (const image of latest) known.delete(image);
  const freezes = before?.freezes ?? new Map<string, readonly Freeze[]>();
  return {
    latest: undefined,
    owners: ownersOf(latest),
    courses: new Map(),
    freezes,
    events,
    gone: [...known.values()].flatMap((own) => own ?? []),
  };
}

function ownersOf(latest: readonly LatestImage[]): Owners {
  const places = groupBy(latest.keys(), (place) => ownerKeyAt(latest, place));
  const keys: string[] = [];
  // One text for all images of an owner.
  for (const [key, own] of places) for (const place of own) keys[place] = key;
  return { keys, places };
}

function ownerKeyAt(latest: readonly LatestImage[], place: number): string {
  const image = latest[place];
  return image ? ownerKeyOf(image) : '';
}

/** A store gives the same object of an image as long as none of its totals has changed. */
function missingPlaces({ latest: before, events }: Base, latest: readonly LatestImage[]): readonly number[] {
  const places: number[] = [];
  // Of all images after each change: an iterator would take several times as long.
  for (let place = 0; place < latest.length; place += 1) {
    if (before ? before[place] !== latest[place] : events[place] === undefined) places.push(place);
  }
  return places;
}

/** The owners whose freezes may have changed; all where images have come or gone. */
function changedOwners({ latest, owners, ...before }: Base, missing: Iterable<number>, courses: Derived['courses']): readonly string[] {
  if (!latest) return [...new Set([...owners.places.keys(), ...before.freezes.keys()])];
  const changed = new Set<string>();
  for (const place of missing) changed.add(owners.keys[place] ?? '');
  for (const key of [...courses.keys(), ...before.courses.keys()]) if (courses.get(key) !== before.courses.get(key)) changed.add(key);
  return [...changed];
}

interface FreezeStep {
  readonly latest: readonly LatestImage[];
  readonly owners: Owners;
  /** The owners whose freezes may have changed. */
  readonly changed: readonly string[];
  readonly recorded: readonly RecordedEvent[];
  readonly before: ReadonlyMap<string, readonly Freeze[]>;
}

async function findFreezesOf(
  store: EventStore,
  { latest, owners, changed, recorded, before }: FreezeStep,
): Promise<ReadonlyMap<string, readonly Freeze[]>> {
  const images = changed.map((key): [string, readonly LatestImage[]] => {
    return [key, guessedImages((owners.places.get(key) ?? []).flatMap((place) => latest[place] ?? []))];
  });
  const found = await freezesOfOwners(store, new Map(images), recorded);
  const freezes = new Map(before);
  for (const key of changed) {
    const own = found.get(key) ?? [];
    if (own.length > 0) freezes.set(key, own);
    else freezes.delete(key);
  }
  return freezes;
}

interface ImagesStep {
  readonly latest: readonly LatestImage[];
  readonly freezes: readonly Freeze[];
  readonly onProgress: (progress: Progress) => void;
}

/** Images whose events are worked out before others are answered. */
const imagesPerTurn = 20;

/** By place, what follows from the totals of these images. */
async function eventsOfPlaces(
  store: EventStore,
  places: readonly number[],
  { latest, freezes, onProgress }: ImagesStep,
): Promise<ReadonlyMap<number, readonly KeptEvent[]>> {
  const byName = new Map<string, number>();
  for (const place of places) {
    const image = latest[place];
    if (image) byName.set(imageKey(image), place);
  }
  const found = new Map<number, readonly KeptEvent[]>();
  let done = 0;
  for await (const series of seriesInBatches(
    store,
    places.flatMap((place) => latest[place] ?? []),
  )) {
    for (const each of withStillDays(series, freezes)) {
      const place = byName.get(imageKey(each));
      const image = place === undefined ? undefined : latest[place];
      if (place !== undefined && image)
        found.set(
          place,
          Array.from(imageEvents(each), (event): KeptEvent => ({ image, ...event })),
        );
      done += 1;
      if (done % imagesPerTurn === 0) await eventLoopTurn();
    }
    onProgress({ done, total: places.length });
  }
  return found;
}

/** The events of these freezes, as all images of their registries had them. The totals of a day are known as the most certain of them is. */
export async function registryFreezes(store: Pick<SnapshotStore, 'daySums'>, freezes: readonly Freeze[]): Promise<readonly ImageEvent[]> {
  if (freezes.length === 0) return [];
  const sums = await store.daySums(new Set(freezes.map(({ registry }) => registry)));
  const byDay = groupBy(sums, ({ registry, day }) => `${registry} ${day}`);
  return mergeFreezes(freezes).map((freeze) => {
    const own = byDay.get(`${freeze.registry} ${markDay(freeze)}`) ?? [];
    return freezeEvent(freeze, mostCertain(own.map(({ mark }) => (mark === 'still' ? undefined : mark))));
  });
}
