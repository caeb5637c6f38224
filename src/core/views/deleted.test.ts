import { describe, expect, it } from 'vitest';
import type { RecordedEvent, RecordedKind } from '../model/event.ts';
import { deletedSince } from './deleted.ts';

function event(day: string, kind: RecordedKind, repo = 'acme/app'): RecordedEvent {
  return { time: `${day}T10:00:00Z`, seenAt: `${day}T10:00:00Z`, registry: 'ghcr', repo, kind };
}

const image = { registry: 'ghcr', repo: 'acme/app' };
const gone = event('2026-03-02', 'image_gone');

describe('an image is deleted', () => {
  it.each<[string, readonly RecordedEvent[], string | undefined]>([
    ['from the day on which that was seen', [gone, event('2026-03-03', 'registry_back')], '2026-03-02'],
    ['until it is back', [gone, event('2026-03-05', 'image_back')], undefined],
    ['again after that', [gone, event('2026-03-05', 'image_back'), event('2026-03-09', 'image_gone')], '2026-03-09'],
    ['not because another one is', [event('2026-03-02', 'image_gone', 'acme/tool')], undefined],
    ['not because of other events', [event('2026-03-02', 'tag_pushed')], undefined],
  ])('%s', (_, events, expected) => {
    expect(deletedSince(events, image)).toBe(expected);
  });
});
