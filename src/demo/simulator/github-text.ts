/** How GitHub writes numbers and times into its pages. */
import type { Day } from '../../core/model/day.ts';

const steps = [
  { from: 1e9, letter: 'B' },
  { from: 1e6, letter: 'M' },
  { from: 1e3, letter: 'K' },
] as const;

/** Three significant digits, as beside a label: `999`, `1.31K`, `14.4K`, `176K`. */
export function rounded(count: number): string {
  for (const { from, letter } of steps) if (count >= from) return Number((count / from).toPrecision(3)) + letter;
  return String(count);
}

/** As in a row of a listing: `29`, `1.2k`, `3m`. */
export function compact(count: number): string {
  for (const { from, letter } of steps) if (count >= from) return Number((count / from).toPrecision(2)) + letter.toLowerCase();
  return String(count);
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

const pacificOffset = new Intl.DateTimeFormat('en-US', { timeZone: 'America/Los_Angeles', timeZoneName: 'longOffset' });

/** A moment in the time of GitHub's machines, e.g. `2026-05-09T01:06:03-07:00`. */
export function pacificTime(moment: string): string {
  const epochMs = Date.parse(moment);
  const name = pacificOffset.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const offset = name.replace('GMT', '');
  const hours = Number(offset.slice(0, 3));
  return new Date(epochMs + hours * 3_600_000).toISOString().slice(0, 19) + offset;
}

/** The calendar date of GitHub's machines. */
export function pacificDay(epochMs: number): Day {
  return pacificTime(new Date(epochMs).toISOString()).slice(0, 10);
}

/** `1 day ago`, `about 2 months ago`. */
export function age(moment: string, nowMs: number): string {
  const days = Math.floor((nowMs - Date.parse(moment)) / 86_400_000);
  if (days < 1) return 'about 1 hour ago';
  if (days < 30) return `${days} ${days === 1 ? 'day' : 'days'} ago`;
  const months = Math.round(days / 30);
  if (months < 12) return `about ${months} ${months === 1 ? 'month' : 'months'} ago`;
  const years = Math.floor(days / 365) || 1;
  return `over ${years} ${years === 1 ? 'year' : 'years'} ago`;
}

/** Text that may stand in markup and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
