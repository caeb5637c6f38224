import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agoText, formatMarker, goodReason, readMarker, reasonPath, staleReason } from './health-marker.ts';

describe('the health marker', () => {
  it('says how old it may grow, as one line of JSON', () => {
    expect(formatMarker(60_000)).toBe('{"maxAgeMs":60000}\n');
    expect(formatMarker(undefined)).toBe('{}\n');
  });

  it('is good up to its greatest age and stale after it', () => {
    const content = formatMarker(60_000);

    expect(readMarker(content, 60_000)).toEqual({ healthy: true, reason: goodReason });
    expect(readMarker(content, 60_001)).toEqual({ healthy: false, reason: staleReason });
  });

  it.each([
    ['of a service that collects once', formatMarker(undefined)],
    ['of the Go tool', ''],
    ['that something else wrote', 'ok'],
  ])('%s never ages', (_whose, content) => {
    expect(readMarker(content, Number.MAX_SAFE_INTEGER)).toEqual({ healthy: true, reason: goodReason });
  });

  it('gives two different reasons, each a sentence', () => {
    expect(goodReason).toMatch(/every configured registry was read recently/);
    expect(staleReason).toMatch(/nothing was read for longer/);
  });

  it('has the reason of its absence in a file beside it', () => {
    expect(reasonPath('/tmp/.healthy')).toBe('/tmp/.healthy.reason');
  });

  it.each([
    [-1, ''],
    [59_999, ''],
    [60_000, ' (1 minute ago)'],
    [35 * 60_000, ' (35 minutes ago)'],
    [119 * 60_000, ' (119 minutes ago)'],
    [120 * 60_000, ' (2 hours ago)'],
    [47.9 * 3_600_000, ' (47 hours ago)'],
    [48 * 3_600_000, ' (2 days ago)'],
  ])('tells a reason of %d ms ago from a new one', (ms, text) => {
    expect(agoText(ms)).toBe(text);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (maxAgeMs, ageMs) => {
        expect(readMarker(formatMarker(maxAgeMs), ageMs).healthy).toBe(ageMs <= maxAgeMs);
      }),
    );
  });
});
