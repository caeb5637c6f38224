/** Badges for a README: as SVG, and as the JSON from which shields.io draws one. */
import { makeBadge } from 'badge-maker';
import type { Day } from '../core/model/day.ts';
import { formatCount } from '../core/views/format.ts';
import type { BadgeOptions, BadgePeriod } from './options.ts';

/** What a badge shows: a count, that there is none yet, or that the image is not tracked. */
export type BadgeValue = number | AgedValue | 'no data yet' | 'not tracked';

/** A count that is older than it should be, with the day of its last reading. */
export interface AgedValue {
  readonly value: number;
  readonly day: Day;
}

/** The badge as an SVG document. */
export function badgeSvg(value: BadgeValue, { period, label, color, labelColor, style }: BadgeOptions): string {
  return makeBadge({
    label,
    message: toMessage(value, period),
    color: typeof value === 'number' ? color : 'lightgrey',
    ...(labelColor === undefined ? {} : { labelColor }),
    style,
  });
}

/** The JSON of shields.io's endpoint badge; see https://shields.io/badges/endpoint-badge. */
export interface ShieldsEndpoint {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
  readonly labelColor?: string;
  readonly style: string;
  readonly isError?: true;
  readonly cacheSeconds: number;
}

export function shieldsEndpoint(value: BadgeValue, options: BadgeOptions, cacheSeconds: number): ShieldsEndpoint {
  const { period, label, color, labelColor, style } = options;
  return {
    schemaVersion: 1,
    label,
    message: toMessage(value, period),
    color: typeof value === 'number' ? color : 'lightgrey',
    ...(labelColor === undefined ? {} : { labelColor }),
    style,
    ...(value === 'not tracked' ? { isError: true } : {}),
    cacheSeconds,
  };
}

function toMessage(value: BadgeValue, period: BadgePeriod): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return `${toMessage(value.value, period)} (${value.day})`;
  return period === 'total' ? formatCount(value) : `${formatCount(value)}/${period}`;
}
