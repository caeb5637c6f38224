import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableJson } from './storable-json.ts';

describe('JSON for PostgreSQL', () => {
  it('replaces what PostgreSQL cannot store, also deep inside', () => {
    expect(storableJson([{ name: 'a\0b', images: [{ os: '\ud800x\udc00' }] }])).toBe(
      '[{"name":"a\ufffdb","images":[{"os":"\ufffdx\ufffd"}]}]',
    );
  });

  it('leaves everything else as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        fc.pre(!JSON.stringify(value).includes(String.raw`\u0000`));
        expect(storableJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });
});
