import { describe, expect, it } from 'vitest';
import type { Tag } from '../model/reading.ts';
import type { StoredReading } from '../model/history.ts';
import { tagHistory, type TagDay } from './tags.ts';

async function* readings(...days: readonly (readonly [day: string, tags: readonly Tag[] | undefined])[]): AsyncGenerator<StoredReading> {
  for (const [day, tags] of days) yield { registry: 'ghcr', repo: 'acme/app', pullCount: 1, readAt: `${day}T10:00:00Z`, day, tags };
}

async function told(history: AsyncIterable<TagDay>): Promise<string[]> {
  const rows: string[] = [];
  for await (const { day, tag, pullCount, pulls, version } of history)
    rows.push(`${day.slice(8)} ${tag} ${pullCount} +${pulls} of ${version}`);
  return rows;
}

describe('the history of a tag', () => {
  it('goes on when it moves to a new version, whose downloads all count for it', async () => {
    const history = tagHistory(
      readings(
        ['2026-03-01', [{ name: 'latest', versionId: '7', pullCount: 100 }]],
        ['2026-03-02', [{ name: 'latest', versionId: '7', pullCount: 130 }]],
        [
          '2026-03-03',
          [
            { name: 'latest', versionId: '8', pullCount: 20 },
            { name: '1.1', versionId: '8', pullCount: 20 },
            { name: '1.0', versionId: '7', pullCount: 131 },
          ],
        ],
      ),
    );

    expect(await told(history)).toEqual([
      '01 latest 100 +0 of 7',
      '02 latest 130 +30 of 7',
      '03 1.0 131 +1 of 7',
      '03 1.1 20 +20 of 8',
      '03 latest 150 +20 of 8',
    ]);
  });

  it('does not count what an older version had before it was shown', async () => {
    const history = tagHistory(
      readings(
        ['2026-03-01', [{ name: '2.0', versionId: '10', pullCount: 5 }]],
        ['2026-03-02', [{ name: '1.0', versionId: '9', pullCount: 9000 }]],
        ['2026-03-03', [{ name: '1.0', versionId: '9', pullCount: 9001 }]],
      ),
    );

    expect(await told(history)).toEqual(['01 2.0 5 +0 of 10', '02 1.0 9000 +0 of 9', '03 1.0 9001 +1 of 9']);
  });

  it('leaves out days and tags without a count, and counts a decrease 0', async () => {
    const history = tagHistory(
      readings(
        ['2026-03-01', [{ name: 'a', digest: 'sha256:1', pullCount: 5 }]],
        ['2026-03-02', undefined],
        ['2026-03-03', [{ name: 'a', digest: 'sha256:1' }]],
        [
          '2026-03-04',
          [
            { name: 'a', digest: 'sha256:1', pullCount: 4 },
            { name: 'b', pullCount: 4 },
          ],
        ],
      ),
    );

    expect(await told(history)).toEqual(['01 a 5 +0 of sha256:1', '04 a 5 +0 of sha256:1']);
  });

  it('is cut after it was worked out', async () => {
    const days = readings(
      ['2026-03-01', [{ name: 'a', versionId: '1', pullCount: 5 }]],
      ['2026-03-02', [{ name: 'a', versionId: '1', pullCount: 8 }]],
      ['2026-03-03', [{ name: 'a', versionId: '1', pullCount: 9 }]],
    );

    expect(await told(tagHistory(days, { from: '2026-03-02', to: '2026-03-02' }))).toEqual(['02 a 8 +3 of 1']);
  });
});
