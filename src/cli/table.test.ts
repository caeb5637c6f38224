import { describe, expect, it } from 'vitest';
import { formatTable } from './table.ts';

describe('a table', () => {
  it('is as wide as its widest cells, aligned left or right, without trailing spaces', () => {
    const rows = [
      ['acme/app', '5,000'],
      ['b/c', '1'],
    ];

    expect(formatTable(['IMAGE', 'PULLS'], rows, { right: [1] })).toBe('IMAGE     PULLS\nacme/app  5,000\nb/c           1');
  });

  it('without rows is its header', () => {
    expect(formatTable(['A', 'B'], [])).toBe('A  B');
  });

  it('shows what could move the cursor or reverse the text as a replacement character', () => {
    expect(formatTable(['IMAGE'], [['a\u001B[2J\u202Eb\n']])).toBe('IMAGE\na�[2J�b�');
  });
});
