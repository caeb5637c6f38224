/** What follows from a long list of which few items change at a time: made block by block, and only for the blocks that are not as they were. */

/** Items of a block. Small, so that little is made anew; not too small, because all blocks are gone through. */
const blockLength = 256;

/**
 * `make`: from the items of a block, which are compared by identity, and from what else matters at that moment; `isOutdated` tells whether that
 * has another value now. What it makes gives the values of the blocks in their order, and the same array where nothing was made anew.
 */
export function createBlocks<Item, Value, Moment = void>(
  make: (items: readonly Item[], moment: Moment) => Value,
  isOutdated: (value: Value, moment: Moment) => boolean = () => false,
): (items: readonly Item[], moment: Moment) => readonly Value[] {
  let from: readonly Item[] = [];
  let values: readonly Value[] = [];

  return (items, moment) => {
    const next: Value[] = [];
    for (let start = 0; start < items.length; start += blockLength) {
      const known = isSameBlock(items, from, start) ? values[next.length] : undefined;
      const isKnown = known !== undefined && !isOutdated(known, moment);
      next.push(isKnown ? known : make(items.slice(start, start + blockLength), moment));
    }
    from = items;
    if (next.length !== values.length || next.some((value, at) => value !== values[at])) values = next;
    return values;
  };
}

function isSameBlock<Item>(items: readonly Item[], others: readonly Item[], start: number): boolean {
  if (items === others) return true;
  for (let at = start; at < start + blockLength; at += 1) if (items[at] !== others[at]) return false;
  return true;
}
