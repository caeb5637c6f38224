import { describe, expect, it } from 'vitest';
import type { Tag } from './reading.ts';
import { withoutAttachments } from './tag.ts';

const hash = 'a'.repeat(64);
const attached: Tag[] = ['sig', 'att', 'sbom'].map((kind) => ({ name: `sha256-${hash}.${kind}` }));
const tags: Tag[] = [{ name: '1.0' }, { name: 'sha256-tools' }];

describe('what is pushed beside an image', () => {
  it('is no tag, and is not counted where all tags were read', () => {
    expect(withoutAttachments({ tags: [...tags, ...attached], tagCount: 5 })).toEqual({ tags, tagCount: 2 });
    expect(withoutAttachments({ tags: attached, tagCount: 3 })).toEqual({ tags: [], tagCount: 0 });
  });

  it('leaves no number where only some of the tags were read', () => {
    expect(withoutAttachments({ tags: [...tags, ...attached], tagCount: 40 })).toEqual({ tags, tagCount: undefined });
    expect(withoutAttachments({ tags: [...attached, ...tags] })).toEqual({ tags, tagCount: undefined });
  });

  it('is no list of tags where nothing else was read', () => {
    expect(withoutAttachments({ tags: attached, tagCount: 40 })).toEqual({ tags: undefined, tagCount: undefined });
  });

  it('changes nothing where there is none', () => {
    const reading = { tags, tagCount: 40 };

    expect(withoutAttachments(reading)).toBe(reading);
    expect(withoutAttachments({ tagCount: 40 })).toEqual({ tagCount: 40 });
  });
});
