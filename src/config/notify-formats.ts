/** The formats of the settings of notifications. */
import type { DigestSchedule, QuietHours } from '../core/numbers/local-time.ts';
import type { Format } from './formats.ts';

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const defaultMinute = 8 * 60;
const maxMonthDay = 28;

/** Addresses have neither commas nor blanks. */
export const addressList: Format<readonly string[]> = {
  valid: 'addresses such as ntfy://ntfy.sh/topic or mailto:me@example.org, separated by commas or line breaks',
  parse: (text) => text.split(/[\s,]+/).filter((entry) => entry !== ''),
};

export const ruleList: Format<readonly string[]> = {
  valid: 'rules such as push=on or acme/app: milestone=off, separated by commas or line breaks',
  parse: (text) =>
    text
      .split(/[\n,]/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
};

/** Empty: no server. */
export const smtpUrl: Format<string> = {
  valid: 'a URL such as smtp://user:password@mail.example.org:587 or smtps://user:password@mail.example.org',
  parse(text) {
    if (text === '') return '';
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname, pathname } = new URL(text);
    return /^smtps?:$/.test(protocol) && hostname !== '' && /^\/?$/.test(pathname) ? text : undefined;
  },
};

/** Null: none. */
export const digestSchedule: Format<DigestSchedule | null> = {
  valid: `weekly, weekly:mon:08:00, monthly or monthly:1:08:00 (${weekdays.join(', ')}; a day of the month up to ${maxMonthDay})`,
  parse(text) {
    if (text === '' || text.toLowerCase() === 'off') return null;
    const [, every = '', on = '', time] = /^(weekly|monthly)(?::([a-z]{3}|\d{1,2}))?(?::(\d{1,2}:\d{2}))?$/.exec(text.toLowerCase()) ?? [];
    const minute = time === undefined ? defaultMinute : parseTime(time);
    if (minute === undefined) return undefined;
    if (every === 'weekly') {
      const weekday = weekdays.indexOf(on || 'mon');
      return weekday < 0 ? undefined : { every: 'week', weekday, minute };
    }
    const monthDay = Number(on || '1');
    return every === 'monthly' && monthDay >= 1 && monthDay <= maxMonthDay ? { every: 'month', monthDay, minute } : undefined;
  },
};

/** Null: none. */
export const quietHours: Format<QuietHours | null> = {
  valid: 'two different times of day such as 22:00-07:00',
  parse(text) {
    if (text === '' || text.toLowerCase() === 'off') return null;
    const [, first = '', last = ''] = /^(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})$/.exec(text) ?? [];
    const [from, to] = [parseTime(first), parseTime(last)];
    return from === undefined || to === undefined || from === to ? undefined : { from, to };
  },
};

/** The minute of the day. */
function parseTime(text: string): number | undefined {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const [hour, minute] = [Number(hours || Number.NaN), Number(minutes || Number.NaN)];
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}
