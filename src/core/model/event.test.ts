import { describe, expect, it } from 'vitest';
import { compareEvents, eventKey, type RecordedEvent } from './event.ts';

const pushed: RecordedEvent = {
  time: '2026-03-13T22:00:00.000Z',
  seenAt: '2026-03-14T10:00:00.000Z',
  registry: 'ghcr',
  repo: 'acme/app',
  kind: 'tag_pushed',
  detail: '1.2.0',
};

describe('an event', () => {
  it('is the same whenever it was seen', () => {
    expect(eventKey({ ...pushed, seenAt: '2026-03-15T10:00:00.000Z' })).toBe(eventKey(pushed));
  });

  it.each<Partial<RecordedEvent>>([
    { time: '2026-03-13T22:00:01.000Z' },
    { registry: 'quay' },
    { repo: 'acme/tool' },
    { repo: undefined },
    { kind: 'image_back' },
    { detail: '1.2.1' },
    { detail: undefined },
  ])('is another one with %j', (change) => {
    expect(eventKey({ ...pushed, ...change })).not.toBe(eventKey(pushed));
  });

  it('stands by its time, then its registry, that of the whole registry before those of images', () => {
    const ordered: readonly RecordedEvent[] = [
      { ...pushed, time: '2026-03-13T23:00:00+02:00', registry: 'quay' },
      { ...pushed, repo: undefined },
      pushed,
      { ...pushed, repo: 'acme/tool' },
      { ...pushed, registry: 'quay', repo: 'acme/a' },
    ];

    expect(ordered.toReversed().toSorted(compareEvents)).toEqual(ordered);
  });
});
