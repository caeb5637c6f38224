/** Sorted lists that are never changed: what comes and goes makes a new one, at the price of what comes and goes. */

type Compare<Item> = (a: Item, b: Item) => number;

/** How many of the first items are before a place; `isBefore` holds for none after the first for which it does not. */
export function countBefore<Item>(sorted: ArrayLike<Item>, isBefore: (item: Item) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where more than this part of a list changes, the whole is sorted anew: that costs little where most is in order. */
const fewPart = 1 / 16;

export interface Changes<Item> {
  /** Items of the list that differ from each other. */
  readonly removed: readonly Item[];
  readonly added: readonly Item[];
}

/** The list without some items and with others, which come in any order. */
export function withChanges<Item>(sorted: readonly Item[], { removed, added }: Changes<Item>, compare: Compare<Item>): readonly Item[] {
  if (removed.length + added.length > sorted.length * fewPart) {
    const gone = new Set(removed);
    return [...sorted.filter((item) => !gone.has(item)), ...added.toSorted(compare)].toSorted(compare);
  }
  const edits = [
    ...added.toSorted(compare).map((item) => ({ place: countBefore(sorted, (other) => compare(other, item) <= 0), added: [item] })),
    ...removed.map((item) => ({ place: countBefore(sorted, (other) => compare(other, item) < 0), added: [] })),
  ];
  const items: Item[] = [];
  let done = 0;
  for (const edit of edits.toSorted((a, b) => a.place - b.place)) {
    for (; done < edit.place; done += 1) push(items, sorted[done]);
    items.push(...edit.added);
    // What is removed is passed over.
    if (edit.added.length === 0) done += 1;
  }
  for (; done < sorted.length; done += 1) push(items, sorted[done]);
  return items;
}

function push<Item>(items: Item[], item: Item | undefined): void {
  if (item !== undefined) items.push(item);
}
