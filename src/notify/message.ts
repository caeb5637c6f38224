/** Makes one message of the events of a run: its lines, its title, its id. */
import type { EventKind } from '../core/model/event.ts';
import type { Digest, Notice, NoticeEvent } from '../core/model/notice.ts';
import { isProblem } from '../core/views/digest.ts';
import { hashOf } from './detect.ts';

const maxEvents = 200;
const maxLines = 60;
/** More images of one registry with the same are one line, in which so many are named. */
const maxAlike = 5;
const maxNamed = 3;
const maxTitle = 120;

/** What many images have in common. */
const groupTexts: Readonly<Record<EventKind, string>> = {
  first_seen: 'new images',
  counter_went_down: 'counter decreased',
  frozen: 'counter frozen',
  inconsistent: 'totals inconsistent with the daily counts',
  milestone: 'milestones passed',
  unusual_day: 'an unusual day',
  tag_pushed: 'tags pushed',
  image_gone: 'no longer in the registry',
  image_back: 'in the registry again',
  registry_dark: 'outage',
  registry_back: 'outage ended',
  collecting_failed: 'images could not be read',
  collecting_restored: 'images can be read again',
  storing_failed: 'what was read cannot be stored',
  storing_restored: 'what is read is stored again',
  notification_failed: 'notifications were given up',
};

/** One message for all of them. `time`: ISO 8601; `registryOf`: what a registry is called. */
export function eventsNotice(events: readonly NoticeEvent[], time: string, registryOf: (id: string) => string): Notice {
  const lines = linesOf(events, registryOf);
  const [only = ''] = lines;
  const title =
    lines.length === 1 ? only : `${events.length} events: ${[...new Set(events.map(({ kind }) => groupTexts[kind]))].join(', ')}`;
  return {
    id: `msg_${hashOf(JSON.stringify(events.map(({ id }) => id).toSorted()))}`,
    kind: 'events',
    time,
    title:
      title.length > maxTitle
        ? `${Array.from(title)
            .slice(0, maxTitle - 1)
            .join('')}…`
        : title,
    isProblem: events.some(isProblem),
    lines: lines.length > maxLines ? [...lines.slice(0, maxLines), `and ${lines.length - maxLines} more`] : lines,
    events: events.slice(0, maxEvents),
    moreEvents: Math.max(0, events.length - maxEvents),
  };
}

/** Problems first; what many images of a registry have in common is one line. */
function linesOf(events: readonly NoticeEvent[], registryOf: (id: string) => string): string[] {
  const groups = new Map<string, NoticeEvent[]>();
  for (const event of events.toSorted((a, b) => Number(isProblem(b)) - Number(isProblem(a)))) {
    const key = `${event.registry} ${event.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].flatMap((group) => {
    if (group.length <= maxAlike) return group.map(({ subject, text }) => `${subject}: ${text}`);
    const [{ registry, kind } = { registry: '', kind: 'first_seen' as const }] = group;
    const names = [...new Set(group.map(({ repo = '' }) => repo.replaceAll('%2F', '/')))];
    const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
    return [`${registryOf(registry)}: ${groupTexts[kind]}, ${names.length} images: ${names.slice(0, maxNamed).join(', ')}${more}`];
  });
}

/** `due`: when it was due, in milliseconds since the epoch. */
export function digestNotice(digest: Digest, due: number, time: string): Notice {
  return {
    id: `msg_${hashOf(`digest ${due}`)}`,
    kind: 'digest',
    time,
    title: `Pulls from ${digest.from} to ${digest.to}`,
    isProblem: false,
    lines: [],
    events: [],
    moreEvents: 0,
    digest,
  };
}

export function testNotice(time: string): Notice {
  return {
    id: `msg_${hashOf(`test ${time}`)}`,
    kind: 'test',
    time,
    title: 'Test of registry-stats',
    isProblem: false,
    lines: ['If you can read this, notifications of registry-stats arrive here.'],
    events: [],
    moreEvents: 0,
  };
}
