/**
 * Which events of a run are new, and are to be sent. What is remembered says up to where events were looked at, since when each image counts,
 * and what was seen lately: nothing is sent of what was so before, however late it is stored.
 */
import { createHash } from 'node:crypto';
import { addDays, dayOf, toEpochDay, type Day, type EpochDay } from '../core/model/day.ts';
import { recordedKinds, serviceName, type EventKind } from '../core/model/event.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import type { NoticeEvent, NotifyMemory, Trouble } from '../core/model/notice.ts';
import { ruleOfKind, type NotifyRules } from '../core/model/notify-rules.ts';
import type { RegistryRun } from '../core/model/run.ts';
import type { ImageEvent } from '../core/views/events.ts';

export interface DetectContext {
  readonly rules: NotifyRules;
  /** By registry id. */
  readonly titles: ReadonlyMap<string, string>;
  /** Whether the configuration has the image with its owner's others only, so that it came by itself. */
  readonly isFromWildcard: (image: ImageName) => boolean;
}

export interface DetectInput {
  readonly startedAt: number;
  readonly registries: readonly Pick<RegistryRun, 'registry' | 'readRepos'>[];
  /** Every event since `lookBack`, by time. */
  readonly events: readonly ImageEvent[];
}

export interface Detected {
  readonly memory: NotifyMemory;
  readonly events: readonly NoticeEvent[];
}

/** Days of which totals may still change: a registry publishes its daily counts late, and the clocks of a fleet differ. */
const lateDays = 3;
/** A registry's freeze is sure only after a while, and is dated by its first day. */
const freezeDays = 35;
const rememberedDays = 8;
/** More is not remembered; what is oldest is forgotten first. */
const maxSeen = 20_000;
/** After an unusual day of an image nothing is said for so many days, also where a correction moves it. */
const pauseDays = 7;

const recorded: ReadonlySet<string> = new Set(recordedKinds);
/** What begins with the first ends with the second, and is sent when it lasts. */
const troubleEnds: ReadonlyMap<EventKind, EventKind> = new Map([
  ['registry_dark', 'registry_back'],
  ['collecting_failed', 'collecting_restored'],
  ['storing_failed', 'storing_restored'],
]);
const troubleBegins: ReadonlyMap<EventKind, EventKind> = new Map([...troubleEnds].map(([begin, end]) => [end, begin]));

/** The first day whose events have to be looked at. */
export function lookBack(memory: NotifyMemory | undefined, startedAt: number): Day {
  return addDays(memory?.watermark.slice(0, 10) ?? dayOf(startedAt), -freezeDays);
}

export function detect(before: NotifyMemory | undefined, input: DetectInput, context: DetectContext): Detected {
  const today = toEpochDay(dayOf(input.startedAt));
  const state = createState(before, input, context);
  const events = input.events.flatMap((event) => state.look(event));
  events.push(...state.lastingTroubles());
  const known = { ...before?.known };
  for (const { registry, readRepos } of input.registries) {
    for (const repo of readRepos) known[hashOf(imageKey({ registry, repo }))] ??= today;
  }
  const watermark = new Date(input.startedAt).toISOString();
  const digestAt = before === undefined ? input.startedAt : before.digestAt;
  const memory = { watermark, known, seen: prune(state.seen, today), troubles: state.troubles(), digestAt };
  // The first look only takes note of what is there.
  return { memory, events: before === undefined ? [] : events };
}

function createState(
  before: NotifyMemory | undefined,
  { startedAt, registries }: DetectInput,
  { rules, titles, isFromWildcard }: DetectContext,
) {
  const seen: Record<string, number> = { ...before?.seen };
  const troubles = new Map<string, Trouble>(Object.entries(before?.troubles ?? {}));
  const watermark = before?.watermark ?? new Date(startedAt).toISOString();
  const firstDay = toEpochDay(watermark.slice(0, 10)) - lateDays;
  const wasRead = new Set(registries.flatMap(({ registry, readRepos }) => readRepos.map((repo) => imageKey({ registry, repo }))));

  /** Whether it is of a time that is looked at; what is older was there before. */
  function isLate({ kind, repo, time, seenAt }: ImageEvent): boolean {
    const day = toEpochDay((seenAt ?? time).slice(0, 10));
    return day < (kind === 'frozen' && repo === undefined ? firstDay - freezeDays + lateDays : firstDay);
  }

  /** Whether it became so while its image was looked at, and is not of records that were taken over. */
  function isOwn(event: ImageEvent): boolean {
    if (event.mark === 'imported') return false;
    if (event.repo === undefined) return true;
    const image = { registry: event.registry, repo: event.repo };
    const since = before?.known[hashOf(imageKey(image))];
    if (since === undefined) return event.kind === 'first_seen' && wasRead.has(imageKey(image)) && isFromWildcard(image);
    return event.kind !== 'first_seen' && (recorded.has(event.kind) || toEpochDay(event.time.slice(0, 10)) > since);
  }

  return {
    seen,
    /** What is wrong, where somebody may want to know how it goes on. */
    troubles: () => (before === undefined ? {} : Object.fromEntries(troubles)),
    look(event: ImageEvent): NoticeEvent[] {
      const { registry, repo, kind, time, text } = event;
      const id = idOf(event);
      if (isLate(event) || seen[id] !== undefined) return [];
      const isFreeze = kind === 'frozen' && repo === undefined;
      seen[id] = toEpochDay((event.seenAt ?? time).slice(0, 10)) + rememberedDays + (isFreeze ? freezeDays : 0);
      if (!isOwn(event)) return [];
      const notice = { id, time, registry, repo, kind, subject: subjectOf(event, titles), text };
      if (troubleEnds.has(kind)) troubles.set(`${registry} ${kind}`, { event: notice, runs: 0, isSent: false });
      if (troubleEnds.has(kind)) return [];
      const begin = troubleBegins.get(kind);
      if (begin !== undefined) {
        const wasSent = troubles.get(`${registry} ${begin}`)?.isSent === true;
        troubles.delete(`${registry} ${begin}`);
        return wasSent ? [notice] : [];
      }
      return rules.isOn(ruleOfKind[kind], event) && !isPaused(seen, event) ? [notice] : [];
    },
    /** Counts one more run for each, and gives those that have lasted long enough. */
    lastingTroubles(): NoticeEvent[] {
      return [...troubles].flatMap(([key, { event, runs, isSent }]) => {
        const { registry, kind } = event;
        const mayLast = kind === 'storing_failed' ? 0 : rules.outageRuns(registry);
        const isDue = !isSent && runs + 1 > mayLast && rules.isOn(ruleOfKind[kind], { registry });
        troubles.set(key, { event, runs: runs + 1, isSent: isSent || isDue });
        return isDue ? [event] : [];
      });
    },
  };
}

/** Whether an unusual day is said too soon after another one; it is noted where it is not. */
function isPaused(seen: Record<string, number>, { kind, registry, repo, time }: ImageEvent): boolean {
  if (kind !== 'unusual_day' || repo === undefined) return false;
  const key = `unusual ${hashOf(imageKey({ registry, repo }))}`;
  const day = toEpochDay(time.slice(0, 10));
  const isSoon = day <= (seen[key] ?? -Infinity);
  if (!isSoon) seen[key] = day + pauseDays;
  return isSoon;
}

/** What an event is about, for people: `acme/app (Docker Hub)`, or the registry. */
export function subjectOf({ registry, repo }: Pick<ImageEvent, 'registry' | 'repo'>, titles: ReadonlyMap<string, string>): string {
  const title = titles.get(registry) ?? (registry === serviceName ? serviceName : registry);
  return repo === undefined ? title : `${repo.replaceAll('%2F', '/')} (${title})`;
}

/** The same for the same event, also when its text has changed since: a freeze that goes on, a day that is not over. */
function idOf({ kind, registry, repo = '', time, text }: ImageEvent): string {
  const says = recorded.has(kind) || kind === 'milestone' ? text : '';
  return `evt_${hashOf(JSON.stringify([kind, registry, repo, time, says]))}`;
}

/** 96 bits, as text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function prune(seen: Readonly<Record<string, number>>, today: EpochDay): Record<string, number> {
  const kept = Object.entries(seen).filter(([, until]) => until >= today);
  if (kept.length <= maxSeen) return Object.fromEntries(kept);
  return Object.fromEntries(kept.toSorted(([, a], [, b]) => b - a).slice(0, maxSeen));
}
