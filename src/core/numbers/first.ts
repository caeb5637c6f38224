/** The first items in an order of many that come in none: about as many are kept, and sorted now and then instead of all at the end. */
export interface First<Item> {
  add(item: Item): void;
  /** In their order. */
  items(): readonly Item[];
}

export function createFirst<Item>(count: number, compare: (a: Item, b: Item) => number): First<Item> {
  let kept: Item[] = [];
  /** The last one that belongs to them for now; absent while there are too few. */
  let last: Item | undefined;

  const sorted = (): Item[] => kept.toSorted(compare).slice(0, count);

  return {
    add(item) {
      // What is the same stays in the order in which it came.
      if (last !== undefined && compare(last, item) <= 0) return;
      kept.push(item);
      if (kept.length < 2 * count) return;
      kept = sorted();
      last = kept.at(-1);
    },
    items: sorted,
  };
}

/** The first `count` of these. */
export function firstSorted<Item>(items: Iterable<Item>, compare: (a: Item, b: Item) => number, count: number): readonly Item[] {
  const first = createFirst(count, compare);
  for (const item of items) first.add(item);
  return first.items();
}
