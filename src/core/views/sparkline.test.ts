import { describe, expect, it } from 'vitest';
import { sparkline } from './sparkline.ts';

describe('a sparkline', () => {
  it('has a bar for each value, the highest for the largest, and a blank where one is missing', () => {
    expect(sparkline([0, 7, null, 14])).toBe('▁▅ █');
  });

  it('is flat without pulls, and empty without values', () => {
    expect(sparkline([0, 0])).toBe('▁▁');
    expect(sparkline([])).toBe('');
  });

  it('averages many values, so that it stays short', () => {
    const year = Array.from({ length: 365 }, (_, at) => (at < 352 ? 1 : 8));

    expect(sparkline(year)).toHaveLength(29);
    expect(sparkline(year).endsWith('▂█')).toBe(true);
  });
});
