import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../core/model/day.ts';
import type { ImageSeries } from '../core/model/history.ts';
import { imageKey } from '../core/model/image.ts';
import { latestOfSeries } from '../core/numbers/testing/latest-image.ts';
import { openMetricsEnd, openMetricsHead, openMetricsLines } from './openmetrics.ts';

const first = toEpochDay('2026-03-13');
const app: ImageSeries = {
  registry: 'ghcr',
  repo: 'acme/charts%2Fapp',
  days: [first, first + 1],
  totals: [40, 5_000_000_000],
  marks: ['backfilled', 'read'] as const,
};

function lines(readAt: string | undefined): string[] {
  const latest = latestOfSeries(app, { readAt });
  return [openMetricsHead, ...openMetricsLines([app], new Map([[imageKey(latest), latest]])), openMetricsEnd].join('').split('\n');
}

function seconds(moment: string): number {
  return Date.parse(moment) / 1000;
}

describe('the history as OpenMetrics', () => {
  it('has one sample a day at its end, the newest at the moment when it was read, and a last line that says so', () => {
    expect(lines('2026-03-14T10:00:00.500Z')).toEqual([
      '# TYPE registrystats_image_pulls gauge',
      expect.stringMatching(/^# HELP registrystats_image_pulls /),
      `registrystats_image_pulls{registry="ghcr",owner="acme",repo="charts/app"} 40 ${seconds('2026-03-13T23:59:59Z')}`,
      `registrystats_image_pulls{registry="ghcr",owner="acme",repo="charts/app"} 5000000000 ${seconds('2026-03-14T10:00:00Z')}`,
      '# EOF',
      '',
    ]);
  });

  it.each([undefined, '2026-03-13T10:00:00Z', '2026-03-14T23:59:59.900Z'])(
    'is at the end of the day when the time of the newest read (%s) is unusable',
    (readAt) => {
      expect(lines(readAt)[3]).toMatch(new RegExp(` ${seconds('2026-03-14T23:59:59Z')}$`));
    },
  );

  it('escapes what a label may not hold, and is whole for nothing too', () => {
    const odd = { ...app, repo: 'acme/a"b\\c\nd' };

    expect([...openMetricsLines([odd], new Map())][0]).toContain('repo="a\\"b\\\\c\\nd"');
    expect([...openMetricsLines([], new Map())]).toEqual([]);
  });
});
