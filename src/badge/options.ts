/** What the address of a badge chooses. Apart from the drawing, whose tables of character widths take 4 MiB of memory. */
import { parseChoice } from '../core/model/choice.ts';
import { AppError } from '../core/model/errors.ts';
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
    period: parseChoice('period', query.get('period'), periods) ?? 'total',
    label: parseLabel(query.get('label')),
    color: parseColor('color', query) ?? 'blue',
    labelColor: parseColor('labelColor', query),
    style: parseChoice('style', query.get('style'), styles) ?? 'flat',
  };
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
