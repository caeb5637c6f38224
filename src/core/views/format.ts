/** Numbers and months as people read them, as Intl writes them in English: loading it takes 7 MiB, which a service that only waits should not need. */
import type { Day } from '../model/day.ts';

/** Every digit, in groups: `1,234,567`. */
export function formatExact(value: number): string {
  return Number.isSafeInteger(value) ? String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',') : value.toLocaleString('en');
}

const units = ['', 'k', 'M', 'B', 'T'];

/** As short as badges need it: `815`, `1.2k`, `12k`, `1.2M`; what rounds up to a thousand takes the next unit. */
export function formatCount(value: number): string {
  if (value < 1000) return formatExact(value);
  let size = 1;
  for (const [at, unit] of units.entries()) {
    // One decimal below ten of a unit, none above.
    const tenths = Math.round(value / (size / 10)) / 10;
    const short = tenths < 10 ? tenths : Math.round(value / size);
    if (short < 1000 || at === units.length - 1) return `${short}${unit}`;
    size *= 1000;
  }
  return formatExact(value);
}

/** A size in powers of 1000, as registries write compressed sizes: `94.6 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes >= 1e3 ? `${(bytes / 1e3).toFixed(0)} kB` : `${formatExact(bytes)} B`;
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** `March 2026` */
export function formatMonth(day: Day): string {
  return `${monthName(day)} ${Number(day.slice(0, 4))}`;
}

/** `Mar 2026` */
export function formatShortMonth(day: Day): string {
  return `${monthName(day).slice(0, 3)} ${Number(day.slice(0, 4))}`;
}

/** `Mar 14` */
export function formatShortDay(day: Day): string {
  return `${monthName(day).slice(0, 3)} ${Number(day.slice(8, 10))}`;
}

function monthName(day: Day): string {
  return months[Number(day.slice(5, 7)) - 1] ?? '';
}

/** Below this a percentage would make little sound like much. */
const minForPercent = 50;

/**
 * How much more or less than before: a percentage, or the plain difference where before was small.
 * Undefined where either period is not wholly known.
 */
export function formatChange(now: number | undefined, before: number | undefined): string | undefined {
  if (now === undefined || before === undefined) return undefined;
  const difference = now - before;
  if (before < minForPercent) return `${toSign(difference)}${formatExact(Math.abs(difference))}`;
  const percent = Math.round((difference / before) * 100);
  return `${toSign(percent)}${formatExact(Math.abs(percent))}%`;
}

function toSign(difference: number): string {
  if (difference > 0) return '+';
  return difference < 0 ? '−' : '';
}

/** An ISO 8601 moment to the minute, in UTC: `2026-03-14 10:00`. */
export function momentText(moment: string): string {
  return new Date(moment).toISOString().slice(0, 16).replace('T', ' ');
}
