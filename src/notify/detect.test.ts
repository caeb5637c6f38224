import { describe, expect, it } from 'vitest';
import type { NotifyMemory } from '../core/model/notice.ts';
import { parseNotifyRules } from '../core/model/notify-rules.ts';
import type { ImageEvent } from '../core/views/events.ts';
import { detect, lookBack, type DetectContext } from './detect.ts';

const titles = new Map([['ghcr', 'GHCR']]);

function context(...rules: readonly string[]): DetectContext {
  return { rules: parseNotifyRules(rules, ['ghcr']), titles, isFromWildcard: () => true };
}

function event(more: Partial<ImageEvent> = {}): ImageEvent {
  return {
    time: '2026-03-14T00:00:00Z',
    registry: 'ghcr',
    repo: 'acme/app',
    kind: 'milestone',
    text: 'passed 1,000 pulls',
    mark: 'read',
    ...more,
  };
}

function unusual(day: string): ImageEvent {
  return event({ kind: 'unusual_day', time: `${day}T00:00:00Z`, text: '900 pulls' });
}

/** What was sent of the events of each run, in order; a run is a day and what it read, the first being the first run. */
function sent(runs: readonly (readonly [day: string, events: readonly ImageEvent[]])[], by: DetectContext = context()): string[][] {
  let memory: NotifyMemory | undefined;
  return runs.map(([day, events]) => {
    const found = detect(
      memory,
      { startedAt: Date.parse(`${day}T10:00:00Z`), registries: [{ registry: 'ghcr', readRepos: ['acme/app'] }], events },
      by,
    );
    memory = found.memory;
    return found.events.map(({ kind, subject, text }) => `${kind} ${subject}: ${text}`);
  });
}

const first = ['2026-03-13', []] as const;

describe('the events of a run', () => {
  it('are sent once, and none of the first run', () => {
    expect(
      sent([
        ['2026-03-13', [event({ time: '2026-03-13T00:00:00Z' })]],
        ['2026-03-14', [event()]],
        ['2026-03-14', [event()]],
      ]),
    ).toEqual([[], ['milestone acme/app (GHCR): passed 1,000 pulls'], []]);
  });

  it('are the same although their text has changed, but for milestones', () => {
    const day = ['2026-03-14', [event({ kind: 'unusual_day', text: '900 pulls' })]] as const;
    const later = ['2026-03-14', [event({ kind: 'unusual_day', text: '950 pulls' })]] as const;
    const two = ['2026-03-14', [event(), event({ text: 'passed 2,500 pulls' })]] as const;

    expect(sent([first, day, later]).map(({ length }) => length)).toEqual([0, 1, 0]);
    expect(sent([first, ['2026-03-14', [event()]], two]).map(({ length }) => length)).toEqual([0, 1, 1]);
  });

  it.each([
    ['taken over from other records', event({ mark: 'imported' })],
    ['of the day on which the image began to count', event({ time: '2026-03-13T00:00:00Z' })],
    ['of days long before the last run', event({ time: '2026-03-09T00:00:00Z' })],
    ['of an image that was not read before', event({ repo: 'acme/late' })],
    [
      'recorded before the first run',
      event({ kind: 'tag_pushed', time: '2026-03-01T00:00:00Z', seenAt: '2026-03-01T00:00:00Z', mark: undefined }),
    ],
    ['switched off by default', event({ kind: 'tag_pushed', seenAt: '2026-03-14T10:00:00Z', mark: undefined })],
  ])('are not sent when they are %s', (_what, found) => {
    expect(sent([first, ['2026-03-14', [found]]])).toEqual([[], []]);
  });

  it('of an image that came with its owner say that it is new, where that is asked for', () => {
    const late = event({ kind: 'first_seen', text: 'first seen, with 5 pulls', time: '2026-03-13T00:00:00Z' });
    const runs = (by: DetectContext) => {
      const before = detect(undefined, { startedAt: Date.parse('2026-03-12T10:00:00Z'), registries: [], events: [] }, by).memory;
      const registries = [{ registry: 'ghcr', readRepos: ['acme/app'] }];
      return detect(before, { startedAt: Date.parse('2026-03-13T10:00:00Z'), registries, events: [late] }, by).events.length;
    };

    expect(runs(context('new=on'))).toBe(1);
    expect(runs(context())).toBe(0);
    expect(runs({ ...context('new=on'), isFromWildcard: () => false })).toBe(0);
  });

  it('that a correction moves by some days are not said again', () => {
    expect(
      sent([
        first,
        ['2026-03-14', [unusual('2026-03-14')]],
        ['2026-03-15', [unusual('2026-03-15')]],
        ['2026-03-22', [unusual('2026-03-22')]],
      ]),
    ).toEqual([[], [expect.any(String)], [], [expect.any(String)]]);
  });

  it('are sent of a registry that was found to be frozen later on, but not of one in imported days', () => {
    const frozen = event({ repo: undefined, kind: 'frozen', time: '2026-03-08T00:00:00Z', text: 'counter not updated since 2026-03-08' });

    expect(sent([first, ['2026-03-14', [frozen]], ['2026-03-15', [frozen]]])).toEqual([
      [],
      ['frozen GHCR: counter not updated since 2026-03-08'],
      [],
    ]);
    expect(sent([first, ['2026-03-14', [{ ...frozen, mark: 'imported' }]]])).toEqual([[], []]);
  });

  it('that something is wrong are sent when it lasts, and its end only then', () => {
    const dark = event({ repo: undefined, kind: 'registry_dark', seenAt: '2026-03-14T10:00:00Z', text: 'outage', mark: undefined });
    const back = { ...dark, kind: 'registry_back', time: '2026-03-14T18:00:00Z', text: 'outage ended' } as const;
    const day = '2026-03-14';

    expect(sent([first, [day, [dark]], [day, [dark]], [day, [dark]], [day, [dark]], [day, [dark, back]]], context('outage=2'))).toEqual([
      [],
      [],
      [],
      ['registry_dark GHCR: outage'],
      [],
      ['registry_back GHCR: outage ended'],
    ]);
    expect(sent([first, [day, [dark]], [day, [dark, back]]], context('outage=2'))).toEqual([[], [], []]);
    expect(sent([first, [day, [dark]], [day, [dark, back]]], context('outage=0'))).toEqual([
      [],
      [expect.any(String)],
      [expect.any(String)],
    ]);
    expect(
      sent(
        [
          [day, [dark]],
          [day, [dark, back]],
        ],
        context('outage=0'),
      ),
    ).toEqual([[], []]);
  });

  it('about storing are sent at once', () => {
    const failed = event({
      registry: 'registry-stats',
      repo: undefined,
      kind: 'storing_failed',
      seenAt: '2026-03-14T10:00:00Z',
      text: 'disk full',
      mark: undefined,
    });

    expect(sent([first, ['2026-03-14', [failed]]])).toEqual([[], ['storing_failed registry-stats: disk full']]);
  });

  it('are remembered for so long as they are looked at, and no longer', () => {
    const found = detect(undefined, { startedAt: Date.parse('2026-03-14T10:00:00Z'), registries: [], events: [event()] }, context()).memory;
    const later = detect(found, { startedAt: Date.parse('2026-04-14T10:00:00Z'), registries: [], events: [] }, context()).memory;

    expect(Object.keys(found.seen)).toHaveLength(1);
    expect(later.seen).toEqual({});
    expect(lookBack(later, 0)).toBe('2026-03-10');
  });
});
