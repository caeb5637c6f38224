/** Badges for a README: as SVG, and as the JSON from which shields.io draws one. */
import { makeBadge } from 'badge-maker';
import { AppError } from '../core/model/errors.ts';
import { formatCount } from '../core/views/format.ts';
import { printable } from './svg.ts';

export const periods = ['total', 'day', 'week', 'month'] as const;
export const styles = ['flat', 'flat-square', 'plastic', 'for-the-badge', 'social'] as const;

export type BadgePeriod = (typeof periods)[number];

export interface BadgeOptions {
  readonly period: BadgePeriod;
  readonly label: string;
  readonly color: string;
  /** Absent: gray. */
  readonly labelColor?: string | undefined;
  readonly style: (typeof styles)[number];
}

/** What a badge shows: a count, that there is none yet, or that the image is not tracked. */
export type BadgeValue = number | 'no data yet' | 'not tracked';

const named =
  'brightgreen green yellowgreen yellow orange red blue blueviolet grey gray lightgrey lightgray success important critical informational inactive'.split(
    ' ',
  );
const maxLabelLength = 64;

/**
 * The options of a badge's address.
 * @throws AppError invalid_input that names the parameter and what would be valid
 */
export function parseBadgeOptions(query: URLSearchParams): BadgeOptions {
  return {
    period: choice('period', query, periods, 'total'),
    label: parseLabel(query.get('label')),
    color: parseColor('color', query) ?? 'blue',
    labelColor: parseColor('labelColor', query),
    style: choice('style', query, styles, 'flat'),
  };
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
  if (typeof value !== 'number') return value;
  return period === 'total' ? formatCount(value) : `${formatCount(value)}/${period}`;
}

function choice<Choice extends string>(
  name: string,
  query: URLSearchParams,
  choices: readonly Choice[],
  fallback: NoInfer<Choice>,
): Choice {
  const text = query.get(name) ?? '';
  if (text === '') return fallback;
  const found = choices.find((each) => each === text);
  if (found === undefined) throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text)}: valid are ${choices.join(', ')}`);
  return found;
}

function parseLabel(text: string | null): string {
  const label = printable(text ?? '').trim();
  const length = Array.from(label).length;
  if (length > maxLabelLength) {
    throw new AppError('invalid_input', `"label" has ${length} characters: the maximum is ${maxLabelLength}`);
  }
  return label === '' ? 'pulls' : label;
}

function parseColor(name: string, query: URLSearchParams): string | undefined {
  const text = (query.get(name) ?? '').trim().toLowerCase();
  if (text === '') return undefined;
  if (named.includes(text)) return text;
  if (/^#?([0-9a-f]{3}|[0-9a-f]{6})$/.test(text)) return `#${text.replace('#', '')}`;
  throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text)}: valid are ${named.join(', ')}, and hex colors such as 2496ed`);
}
