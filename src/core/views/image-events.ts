/** The events that follow from totals, of thousands of images: worked out some images at a time, and kept for those whose totals stay as they are. */
import { fromEpochDay } from '../model/day.ts';
import type { LatestImage } from '../model/history.ts';
import { imageKey, type ImageName } from '../model/image.ts';
import type { Mark } from '../model/mark.ts';
import { ownerKey, ownerKeyOf, withStillDays, type Freeze } from '../numbers/freezes.ts';
import type { SnapshotStore } from '../ports.ts';
import { imageEvents, type ImageEvent } from './events.ts';
import { freezeEvent, markDay, mergeFreezes, mostCertain } from './freeze-events.ts';
import { freezesOf, isOwnerFrozen, seriesInBatches } from './frozen-series.ts';

interface KeptEvents {
  /** The freezes of the owner, which change what follows. */
  readonly freezes: string;
  readonly events: readonly ImageEvent[];
}

/** A store gives the same values of an image as long as none of its totals has changed. */
const keptEvents = new WeakMap<LatestImage, KeptEvents>();

/** Those of these images, some at a time, in no order. */
export async function* eventsOfImages(
  store: Pick<SnapshotStore, 'totals' | 'dailyTotals'>,
  images: readonly LatestImage[],
  freezes: readonly Freeze[],
): AsyncGenerator<readonly ImageEvent[]> {
  const byOwner = freezesByOwner(freezes);
  const missing = new Map<string, LatestImage>();
  const known: ImageEvent[] = [];
  for (const image of images) {
    const kept = keptEvents.get(image);
    if (kept?.freezes === freezesText(byOwner, image)) known.push(...kept.events);
    else missing.set(imageKey(image), image);
  }
  yield known;
  for await (const series of seriesInBatches(store, [...missing.values()])) {
    for (const each of withStillDays(series, freezes)) {
      const events = imageEvents(each);
      const image = missing.get(imageKey(each));
      if (image) keptEvents.set(image, { freezes: freezesText(byOwner, image), events });
      yield events;
    }
  }
}

/** By registry and owner, as a text that is the same for the same freezes. */
function freezesByOwner(freezes: readonly Freeze[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const freeze of freezes) {
    const key = ownerKey(freeze.registry, freeze.owner);
    texts.set(key, `${texts.get(key) ?? ''}${JSON.stringify(freeze)}`);
  }
  return texts;
}

function freezesText(byOwner: ReadonlyMap<string, string>, image: ImageName): string {
  return byOwner.get(ownerKeyOf(image)) ?? '';
}

/** Those of the freezes that any of these images was read in. */
export async function freezesOfImages(
  store: Pick<SnapshotStore, 'totals' | 'dailyTotals'>,
  images: readonly ImageName[],
  freezes: readonly Freeze[],
): Promise<readonly Freeze[]> {
  const found = new Set<Freeze>();
  const frozen = images.filter((image) => freezes.some((freeze) => isOwnerFrozen(freeze, image)));
  for await (const series of seriesInBatches(store, frozen)) for (const freeze of freezesOf(series, freezes)) found.add(freeze);
  return freezes.filter((freeze) => found.has(freeze));
}

/** The events of these freezes, as these images had them. */
export async function frozenEvents(
  store: Pick<SnapshotStore, 'dailyTotals'>,
  images: readonly ImageName[],
  freezes: readonly Freeze[],
): Promise<readonly ImageEvent[]> {
  const own = new Set(freezes.length === 0 ? [] : images.map(imageKey));
  const events: ImageEvent[] = [];
  for (const freeze of mergeFreezes(freezes)) events.push(freezeEvent(freeze, await markOfDay(store, own, freeze)));
  return events;
}

async function markOfDay(store: Pick<SnapshotStore, 'dailyTotals'>, own: ReadonlySet<string>, freeze: Freeze): Promise<Mark | undefined> {
  const day = fromEpochDay(markDay(freeze));
  const { images, days } = await store.dailyTotals({ registries: new Set([freeze.registry]) }, { from: day, to: day }, { withMarks: true });
  let found: Mark | undefined;
  for await (const { marks = [] } of days) {
    found = mostCertain(marks.filter((_, position) => isOwn(own, images[position])));
  }
  return found;
}

function isOwn(own: ReadonlySet<string>, image: ImageName | undefined): boolean {
  return image !== undefined && own.has(imageKey(image));
}
