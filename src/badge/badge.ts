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
  /** Absent: the usual grey. */
  readonly labelColor?: string | undefined;
  readonly style: (typeof styles)[number];
}

/** What a badge says: a count, that none is known yet, or that nothing is known of the image at all. */
export type BadgeValue = number | 'not known yet' | 'not tracked';

const named =
  'brightgreen green yellowgreen yellow orange red blue blueviolet grey gray lightgrey lightgray success important critical informational inactive'.split(
    ' ',
  );
const mostLabelLength = 64;

/**
 * The options of a badge's address.
 * @throws AppError invalid_input that names the parameter and what would be valid
 */
export function parseBadgeOptions(query: URLSearchParams): BadgeOptions {
  return {
    period: choice('period', query, periods, 'total'),
    label: labelOf(query.get('label')),
    color: colorOf('color', query) ?? 'blue',
    labelColor: colorOf('labelColor', query),
    style: choice('style', query, styles, 'flat'),
  };
}

/** The badge as an SVG document. */
export function badgeSvg(value: BadgeValue, { period, label, color, labelColor, style }: BadgeOptions): string {
  return makeBadge({
    label,
    message: messageOf(value, period),
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
    message: messageOf(value, period),
    color: typeof value === 'number' ? color : 'lightgrey',
    ...(labelColor === undefined ? {} : { labelColor }),
    style,
    ...(value === 'not tracked' ? { isError: true } : {}),
    cacheSeconds,
  };
}

function messageOf(value: BadgeValue, period: BadgePeriod): string {
  if (typeof value !== 'number') return value;
  return period === 'total' ? formatCount(value) : `${formatCount(value)}/${period}`;
}

function choice<Choice extends string>(name: string, query: URLSearchParams, choices: readonly Choice[], usual: NoInfer<Choice>): Choice {
  const text = query.get(name) ?? '';
  if (text === '') return usual;
  const found = choices.find((each) => each === text);
  if (found === undefined) throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text)}: valid are ${choices.join(', ')}`);
  return found;
}

function labelOf(text: string | null): string {
  const label = printable(text ?? '').trim();
  const length = Array.from(label).length;
  if (length > mostLabelLength) {
    throw new AppError('invalid_input', `"label" has ${length} characters: valid are at most ${mostLabelLength}`);
  }
  return label === '' ? 'pulls' : label;
}

function colorOf(name: string, query: URLSearchParams): string | undefined {
  const text = (query.get(name) ?? '').trim().toLowerCase();
  if (text === '') return undefined;
  if (named.includes(text)) return text;
  if (/^#?([0-9a-f]{3}|[0-9a-f]{6})$/.test(text)) return `#${text.replace('#', '')}`;
  throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text)}: valid are ${named.join(', ')}, and colours such as 2496ed`);
}
