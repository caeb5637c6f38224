import { describe, expect, it } from 'vitest';
import { soak, type Sample } from './soak.ts';

// `npm run bench -- soak` takes 400 days; a few are enough to see that nothing has broken.
const days = 8;

function usualDescriptors(samples: readonly Sample[]): number {
  return samples.map(({ descriptors }) => descriptors).toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}

describe('the service over days in which everything goes wrong', () => {
  it('stores every total that was there at the end of each day, none that was not, and serves their differences', async () => {
    const result = await soak({ days, images: 20, historyDays: 30, limitBytes: 128 * 1024 ** 2 });

    expect(result.findings).toEqual([]);
    expect(result.complaints).toEqual([]);
    expect(result.load.failures).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.cycles).toBeGreaterThan(days * 12);
    expect(result.checked).toBeGreaterThan(days * 12);
    expect(result.closed).toBeGreaterThan(days / 2);
    expect(result.load.answers).toBeGreaterThan(20);
    for (const disturbed of Object.values(result.disturbed)) expect(disturbed).toBeGreaterThan(0);
    expect(usualDescriptors(result.samples.slice(-3))).toBeLessThan(usualDescriptors(result.samples.slice(0, 3)) + 10);
  });
});
