/** Moments by the clock on a wall: when a digest is due, and which hours are quiet, in a time zone with its changes of summer time. */
import { dayMs, fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';

/** When digests are due: on a day of the week (0: Sunday) or of the month, at this minute of the day. */
export type DigestSchedule = { readonly minute: number } & (
  | { readonly every: 'week'; readonly weekday: number }
  | { readonly every: 'month'; readonly monthDay: number }
);

/** From this minute of the day up to that one, which may be of the next day. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** A name such as Europe/Berlin; undefined: that of the system. */
export type TimeZone = string | undefined;

const minuteMs = 60_000;
const minutesPerDay = 1440;

/** The newest moment up to now at which a digest was due, in milliseconds since the epoch. */
export function lastDue(schedule: DigestSchedule, timeZone: TimeZone, now: number): number {
  for (let day = localDay(now, timeZone); ; day -= 1) {
    const due = isDueOn(schedule, day) ? toMoment(day, schedule.minute, timeZone) : Infinity;
    if (due <= now) return due;
  }
}

/** The first moment after this one at which a digest is due. */
export function nextDue(schedule: DigestSchedule, timeZone: TimeZone, after: number): number {
  for (let day = localDay(after, timeZone); ; day += 1) {
    const due = isDueOn(schedule, day) ? toMoment(day, schedule.minute, timeZone) : -Infinity;
    if (due > after) return due;
  }
}

/** How long quiet hours still last, in milliseconds; 0 when none are. */
export function quietForMs({ from, to }: QuietHours, timeZone: TimeZone, now: number): number {
  const minute = localMinute(now, timeZone);
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return 0;
  const day = localDay(now, timeZone);
  const end = toMoment(minute < to ? day : day + 1, to, timeZone);
  return Math.max(minuteMs, end - now);
}

function isDueOn(schedule: DigestSchedule, day: EpochDay): boolean {
  // 1970-01-01 was a Thursday.
  if (schedule.every === 'week') return (((day + 4) % 7) + 7) % 7 === schedule.weekday;
  return Number(fromEpochDay(day).slice(8)) === schedule.monthDay;
}

/** The day that it is in the zone, as if it were one of UTC. */
export function localDay(now: number, timeZone: TimeZone): EpochDay {
  return Math.floor((now + offsetMs(now, timeZone)) / dayMs);
}

function localMinute(now: number, timeZone: TimeZone): number {
  return Math.floor((now + offsetMs(now, timeZone)) / minuteMs) % minutesPerDay;
}

/** When it is this minute of a day in the zone. One that summer time leaves out is as much later; of one that comes twice, the first. */
function toMoment(day: EpochDay, minute: number, timeZone: TimeZone): number {
  const local = day * dayMs + minute * minuteMs;
  const [early, late] = [offsetMs(local - dayMs, timeZone), offsetMs(local + dayMs, timeZone)];
  const moment = local - early;
  // Of the two offsets around it, the one that holds then.
  return offsetMs(moment, timeZone) === early ? moment : offsetMs(local - late, timeZone) === late ? local - late : moment;
}

const formats = new Map<TimeZone, Intl.DateTimeFormat>();

/** By how much the zone's clocks are ahead of UTC. */
function offsetMs(moment: number, timeZone: TimeZone): number {
  const format = formats.get(timeZone) ?? localFormat(timeZone);
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const day = toEpochDay(`${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`);
  const seconds = Number(parts.get('hour')) * 3600 + Number(parts.get('minute')) * 60 + Number(parts.get('second'));
  return day * dayMs + seconds * 1000 - Math.floor(moment / 1000) * 1000;
}

function localFormat(timeZone: TimeZone): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
