/** The first of many in an order, without sorting all of them. */

/** The first `count` of these, sorted by `compare`. */
export function firstSorted<T>(items: Iterable<T>, compare: (a: T, b: T) => number, count: number): readonly T[] {
  let first: T[] = [];
  let last: T | undefined;
  for (const item of items) {
    if (last !== undefined && compare(item, last) >= 0) continue;
    first.push(item);
    if (first.length < 2 * count) continue;
    // Sorted now and then, not for each item.
    first = first.toSorted(compare).slice(0, count);
    last = first.at(-1);
  }
  return first.toSorted(compare).slice(0, count);
}
