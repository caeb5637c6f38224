/** The first items in an order of many that come in none: no more than these are kept. */
export interface First<Item> {
  add(item: Item): void;
  /** In their order. */
  items(): readonly Item[];
}

export function createFirst<Item>(count: number, compare: (a: Item, b: Item) => number): First<Item> {
  const kept: Item[] = [];

  /** Where it belongs, after those that are the same. */
  function placeOf(item: Item): number {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = kept[middle];
      if (other !== undefined && compare(other, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(item) {
      const last = kept.at(-1);
      if (kept.length >= count && last !== undefined && compare(last, item) <= 0) return;
      kept.splice(placeOf(item), 0, item);
      if (kept.length > count) kept.pop();
    },
    items: () => kept,
  };
}
