import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlocks } from './blocks.ts';

function toItems(numbers: readonly number[]): readonly { readonly value: number }[] {
  return numbers.map((value) => ({ value }));
}

describe('blocks of a list', () => {
  it('have together what follows from all items, whatever changed, came and went', () => {
    const change = fc.record({ at: fc.nat(700), remove: fc.nat(2), add: fc.array(fc.nat(9), { maxLength: 2 }) });
    fc.assert(
      fc.property(fc.nat(700), fc.array(change, { maxLength: 8 }), (length, changes) => {
        const blocks = createBlocks((items: readonly { readonly value: number }[]) => items.map(({ value }) => value));
        let items = toItems(Array.from({ length }, (_, at) => at));
        for (const { at, remove, add } of changes) {
          expect(blocks(items).flat()).toEqual(items.map(({ value }) => value));
          items = items.toSpliced(at, remove, ...toItems(add));
        }
        expect(blocks(items).flat()).toEqual(items.map(({ value }) => value));
      }),
    );
  });

  it('are made anew only where an item changed', () => {
    const made: number[] = [];
    const blocks = createBlocks((items: readonly { readonly value: number }[]) => {
      made.push(items[0]?.value ?? -1);
      return items.length;
    });
    const items = toItems(Array.from({ length: 1_000 }, (_, at) => at));
    const before = blocks(items);
    expect([before.reduce((sum, each) => sum + each, 0), made.length]).toEqual([1_000, before.length]);

    expect(blocks([...items])).toBe(before);
    made.length = 0;
    expect(blocks(items.with(600, { value: 5 }))).toEqual(before);
    expect(made).toEqual([512]);
  });

  it('are made anew where they are outdated', () => {
    const blocks = createBlocks(
      (items: readonly object[], now: number) => ({ at: now, length: items.length }),
      ({ at }, now) => now > at + 1,
    );
    const items = toItems([1, 2]);
    expect(blocks(items, 1)).toEqual([{ at: 1, length: 2 }]);
    expect(blocks(items, 2)).toEqual([{ at: 1, length: 2 }]);
    expect(blocks(items, 3)).toEqual([{ at: 3, length: 2 }]);
  });
});
