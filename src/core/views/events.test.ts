import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import type { Freeze } from '../numbers/freezes.ts';
import { listEvents } from './events.ts';
import type { Mark } from '../model/mark.ts';
import type { ImageSeries } from '../model/history.ts';

const first = toEpochDay('2026-03-01');

function image(repo: string, values: readonly (readonly [number, Mark?])[], registry = 'ghcr'): ImageSeries {
  return {
    registry,
    repo,
    days: values.map((_, at) => first + at),
    totals: values.map(([total]) => total),
    marks: values.map(([, mark = 'read']) => mark),
  };
}

function told(...series: readonly ImageSeries[]): string[] {
  return listEvents(series, {}).map(({ time, registry, repo, kind }) => `${time.slice(0, 10)} ${registry} ${repo} ${kind}`);
}

function said(...freezes: readonly Freeze[]): (readonly string[])[] {
  return listEvents([], { freezes }).map(({ time, text }) => [time, text]);
}

describe('events', () => {
  it('say when an image was first read, not since when its history was reconstructed', () => {
    expect(told(image('acme/app', [[8, 'backfilled'], [9, 'backfilled'], [10], [11]]))).toEqual(['2026-03-03 ghcr acme/app first_seen']);
    expect(told(image('acme/app', [[8, 'backfilled']]))).toEqual([]);
    expect(listEvents([image('acme/app', [[10]])], {})).toEqual([
      {
        time: '2026-03-01T00:00:00Z',
        registry: 'ghcr',
        repo: 'acme/app',
        kind: 'first_seen',
        text: 'first seen, with 10 pulls',
        mark: 'read',
      },
    ]);
  });

  it('say when a counter decreased, and from what to what', () => {
    const [, down, ...others] = listEvents([image('acme/app', [[130], [130], [80], [90]])], {});

    expect(down).toMatchObject({ time: '2026-03-03T00:00:00Z', kind: 'counter_went_down', text: 'counter decreased from 130 to 80' });
    expect(others).toEqual([]);
  });

  it('say once when a counter froze, and again when it does so later', () => {
    const app = image('acme/app', [[10], [10, 'frozen'], [10, 'frozen'], [20], [20, 'frozen']]);

    expect(told(app)).toEqual([
      '2026-03-01 ghcr acme/app first_seen',
      '2026-03-02 ghcr acme/app frozen',
      '2026-03-05 ghcr acme/app frozen',
    ]);
    expect(listEvents([app], {})[1]?.text).toContain('does not change');
  });

  it('say once when a total was restated', () => {
    const [, restated, ...others] = listEvents([image('acme/app', [[10], [90, 'inconsistent'], [91, 'inconsistent']])], {});

    expect(restated).toMatchObject({ time: '2026-03-02T00:00:00Z', kind: 'inconsistent', text: expect.stringContaining('inconsistent') });
    expect(others).toEqual([]);
  });

  it('say by how much a total disagrees, and since when', () => {
    const notes = new Map([[first + 1, { discrepancy: { kind: 'inconsistent', by: -510, since: '2026-11-10T13:00:00.000Z' } as const }]]);

    expect(listEvents([{ ...image('acme/app', [[1_000], [490, 'inconsistent']]), notes }], {}).at(-1)?.text).toBe(
      'total inconsistent with the published daily counts: −510 since 2026-11-10 13:00 UTC',
    );
  });

  it('say once for a registry when its counters were not updated, and no milestone from the jump after it', () => {
    const app = { ...image('acme/app', [[400], [900], [900], [2500], [6000]], 'dockerhub'), still: new Set([first + 2]) };
    const other = { ...image('b/x', [[4], [9], [9], [25], [60]], 'dockerhub'), still: new Set([first + 2]) };
    const freezes = ['acme', 'b'].map((owner) => ({ registry: 'dockerhub', owner, from: first + 2, to: first + 2, until: first + 3 }));
    const events = listEvents([app, other], { freezes }).filter(({ kind }) => kind !== 'first_seen');

    expect(events).toEqual([
      {
        time: '2026-03-03T00:00:00Z',
        registry: 'dockerhub',
        kind: 'frozen',
        mark: 'read',
        text: 'counter not updated on 2026-03-03; the value of 2026-03-04 covers 2 days',
      },
      {
        time: '2026-03-05T00:00:00Z',
        registry: 'dockerhub',
        repo: 'acme/app',
        kind: 'milestone',
        text: 'passed 5,000 pulls',
        mark: 'read',
      },
    ]);
    const ongoing = listEvents([], { freezes: [{ registry: 'dockerhub', owner: 'b', from: first + 2, to: first + 2 }] });
    expect(ongoing.map(({ text }) => text)).toEqual(['counter not updated since 2026-03-03']);
  });

  it('say since when a counter was not updated to the minute where runs saw it, and which value covers the time over midnight', () => {
    const seen = { since: '2026-03-02T20:10:30.000Z', recordedAt: '2026-03-03T01:10:00.000Z' };
    const freeze = { registry: 'dockerhub', owner: 'acme', from: first + 1 } as const;
    const ended = { ...freeze, to: first + 1, until: first + 2, seen: { ...seen, resumed: '2026-03-03T05:10:00.000Z' } };
    const within = { ...freeze, to: first, until: first + 1, seen: { ...seen, resumed: '2026-03-02T23:10:00.000Z' } };

    expect(said({ ...freeze, to: first + 2, seen })).toEqual([[seen.since, 'counter not updated since 2026-03-02 20:10 UTC']]);
    expect(said(ended)).toEqual([
      [seen.since, 'counter not updated from 2026-03-02 20:10 to 2026-03-03 05:10 UTC; the value of 2026-03-03 covers 2 days'],
    ]);
    expect(said(within)).toEqual([[seen.since, 'counter not updated from 2026-03-02 20:10 to 23:10 UTC']]);
    expect(said({ ...freeze, to: first + 2, until: first + 3, seen })).toEqual([
      [seen.since, 'counter not updated from 2026-03-02 to 2026-03-03; the value of 2026-03-04 covers 3 days'],
    ]);
    // That of another owner, recorded later, changes neither the number nor the time of the event.
    const later = {
      ...ended,
      owner: 'b',
      seen: { ...ended.seen, since: '2026-03-02T19:50:00.000Z', recordedAt: '2026-03-03T03:10:00.000Z' },
    };
    expect(said(ended, later)).toEqual(said(ended));
    expect(said(within, { ...ended, owner: 'b', seen: { ...ended.seen, since: '2026-03-02T23:40:00.000Z' } })).toHaveLength(2);
  });

  it('have no milestone from the jump after a night over which a counter was not updated', () => {
    const app = { ...image('acme/app', [[700], [900], [1_100], [2_600]], 'dockerhub'), still: new Set([first + 1]) };

    expect(told(app).filter((text) => text.includes('milestone'))).toEqual(['2026-03-04 dockerhub acme/app milestone']);
  });

  it('say nothing of what is only recorded to find freezes', () => {
    const time = '2026-03-01T10:00:00.000Z';
    const recorded = (['counters_paused', 'counters_stopped', 'counters_resumed', 'registry_back'] as const).map((kind) => ({
      time,
      seenAt: time,
      registry: 'ghcr',
      kind,
      detail: 'acme',
    }));

    expect(listEvents([], { recorded }).map(({ kind }) => kind)).toEqual(['registry_back']);
  });

  it('come by day, then registry, then repo', () => {
    const series = [image('b/x', [[1]]), image('a/x', [[2], [1]]), image('c/x', [[1]], 'dockerhub')];

    expect(told(...series)).toEqual([
      '2026-03-01 dockerhub c/x first_seen',
      '2026-03-01 ghcr a/x first_seen',
      '2026-03-01 ghcr b/x first_seen',
      '2026-03-02 ghcr a/x counter_went_down',
    ]);
  });

  it('are cut to the range, both ends within, after they were worked out', () => {
    const app = image('acme/app', [[10], [5], [4], [3]]);

    expect(listEvents([app], {}, { from: '2026-03-02', to: '2026-03-03' }).map(({ text }) => text)).toEqual([
      'counter decreased from 10 to 5',
      'counter decreased from 5 to 4',
    ]);
    expect(listEvents([app], {}, { to: '2026-03-01' }).map(({ kind }) => kind)).toEqual(['first_seen']);
  });

  it('say when a milestone was passed, each once, and none that was passed before the history begins', () => {
    const app = image('acme/app', [[1_200], [2_800], [11_000], [4_500], [12_000], [53_000]]);
    const passed = listEvents([app], {}).filter(({ kind }) => kind === 'milestone');

    expect(passed.map(({ time, text }) => `${time.slice(0, 10)} ${text}`)).toEqual([
      '2026-03-02 passed 2,500 pulls',
      '2026-03-03 passed 10,000 pulls',
      '2026-03-06 passed 50,000 pulls',
    ]);
  });

  it('have those that were recorded among them, at their own time', () => {
    const seenAt = '2026-03-02T11:00:00.000Z';
    const events = listEvents(
      [image('acme/app', [[10], [5]])],
      {
        recorded: [
          { time: '2026-03-01T10:00:00.000Z', seenAt, registry: 'ghcr', repo: 'acme/app', kind: 'tag_pushed', detail: '1.2.0, latest' },
          { time: '2026-03-01T12:00:00.000Z', seenAt, registry: 'ghcr', kind: 'registry_dark', detail: 'GHCR cannot be reached' },
          { time: '2026-03-03T12:00:00.000Z', seenAt, registry: 'ghcr', repo: 'acme/app', kind: 'image_gone' },
        ],
      },
      { to: '2026-03-02' },
    );

    expect(events.map(({ time, repo, text }) => [time, repo, text])).toEqual([
      ['2026-03-01T00:00:00Z', 'acme/app', 'first seen, with 10 pulls'],
      ['2026-03-01T10:00:00.000Z', 'acme/app', 'pushed 1.2.0, latest'],
      ['2026-03-01T12:00:00.000Z', undefined, 'outage: GHCR cannot be reached'],
      ['2026-03-02T00:00:00Z', 'acme/app', 'counter decreased from 10 to 5'],
    ]);
  });

  it.each([
    ['tag_pushed', '1.2.0', 'pushed 1.2.0'],
    ['tag_pushed', undefined, 'pushed a tag'],
    ['image_gone', undefined, 'no longer in the registry; its history is kept'],
    ['image_back', undefined, 'in the registry again'],
    ['registry_dark', 'GHCR cannot be reached', 'outage: GHCR cannot be reached'],
    ['registry_dark', undefined, 'outage'],
    ['registry_back', undefined, 'outage ended'],
    ['collecting_failed', '9 of 10 images could not be read', '9 of 10 images could not be read'],
    ['storing_failed', 'the disk is full', 'what was read cannot be stored: the disk is full'],
    ['notification_failed', undefined, 'a notification was given up'],
  ] as const)('say %s with the detail %j as a sentence', (kind, detail, text) => {
    const time = '2026-03-01T10:00:00.000Z';

    expect(listEvents([], { recorded: [{ time, seenAt: time, registry: 'ghcr', kind, detail }] })).toEqual([
      { time, seenAt: time, registry: 'ghcr', repo: undefined, kind, text, detail },
    ]);
  });

  it('say that a day is unusual, with what is typical', () => {
    const values = Array.from({ length: 30 }, (_, at): [number] => [1000 + 100 * at]);

    expect(listEvents([image('acme/app', [...values, [4_900]])], {}, { from: '2026-03-29' })).toEqual([
      {
        time: '2026-03-31T00:00:00Z',
        registry: 'ghcr',
        repo: 'acme/app',
        kind: 'unusual_day',
        text: '1,000 pulls, where 100 are typical',
        mark: 'read',
      },
    ]);
  });

  it('say how a total disagrees with the daily counts', () => {
    const app = image('acme/app', [[10], [10, 'frozen'], [20], [20, 'inconsistent']]);

    expect(listEvents([app], {}).map(({ kind, text }) => [kind, text])).toEqual([
      ['first_seen', 'first seen, with 10 pulls'],
      ['frozen', 'the total does not change while the published daily counts do, or the reverse'],
      ['inconsistent', 'total inconsistent with the published daily counts'],
    ]);
  });
});
