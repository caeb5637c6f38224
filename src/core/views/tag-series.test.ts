import { describe, expect, it } from 'vitest';
import type { StoredReading } from '../model/history.ts';
import type { Tag } from '../model/reading.ts';
import { fromEpochDay } from '../model/day.ts';
import { toPulls } from '../numbers/series.ts';
import { tagSeries } from './tag-series.ts';

function tag(name: string, versionId: string, pullCount: number): Tag {
  return { name, versionId, pullCount };
}

async function* readings(byDay: Readonly<Record<string, readonly Tag[]>>): AsyncGenerator<StoredReading> {
  for (const [day, tags] of Object.entries(byDay)) {
    yield { day, registry: 'ghcr', repo: 'acme/app', pullCount: 1, readAt: `${day}T10:00:00.000Z`, tags };
  }
}

/** The pulls of each day by the tags of a line. */
async function pullsOf(byDay: Readonly<Record<string, readonly Tag[]>>): Promise<Record<string, [string, number][]>> {
  const lines = await tagSeries(readings(byDay));
  return Object.fromEntries(
    lines.map(({ tags, series }) => {
      const pulls = toPulls(series);
      return [tags.join(' '), Array.from(series.days, (day, at): [string, number] => [fromEpochDay(day), pulls[at] ?? 0])];
    }),
  );
}

describe('the series of tags', () => {
  it('a tag that moves goes on, and what it moved from stops', async () => {
    expect(
      await pullsOf({
        '2026-03-01': [tag('1.0', '1', 100), tag('latest', '1', 100)],
        '2026-03-02': [tag('1.0', '1', 130), tag('latest', '1', 130)],
        '2026-03-03': [tag('1.0', '1', 131), tag('1.1', '2', 40), tag('latest', '2', 40)],
      }),
    ).toEqual({
      '1.0': [
        ['2026-03-01', 0],
        ['2026-03-02', 30],
        ['2026-03-03', 1],
      ],
      latest: [
        ['2026-03-01', 0],
        ['2026-03-02', 30],
        ['2026-03-03', 40],
      ],
      // Its first pulls count on its first day.
      '1.1': [
        ['2026-03-02', 0],
        ['2026-03-03', 40],
      ],
    });
  });

  it('tags that always pointed at the same version are one line, and those that only did at times are not', async () => {
    const lines = await pullsOf({
      '2026-03-01': [tag('1', '1', 10), tag('1.0', '1', 10), tag('edge', '1', 10)],
      '2026-03-02': [tag('1', '1', 15), tag('1.0', '1', 15), tag('edge', '2', 7)],
    });

    expect(Object.keys(lines)).toEqual(['1 1.0', 'edge']);
  });

  it('tags without a count have none', async () => {
    expect(await pullsOf({ '2026-03-01': [{ name: '1.0', digest: 'sha256:1' }] })).toEqual({});
  });
});
