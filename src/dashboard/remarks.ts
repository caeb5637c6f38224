/** What a page says about values that were not simply read, and which of it a chart draws. */
import { isMarked, type PartKind, type ValuePart, type ValueParts } from '../core/numbers/value-parts.ts';
import { formatExact } from '../core/views/format.ts';

/** What a chart draws on a day, each with a shape of its own. */
export type Shape = 'backfilled' | 'reset' | 'doubtful' | 'severalDays';

interface Rule {
  readonly kind: PartKind;
  readonly text: (part: ValuePart) => string;
  readonly shape?: Shape;
}

const inconsistent = "total inconsistent with the registry's daily counts";

const rules: readonly Rule[] = [
  { kind: 'severalDays', text: ({ days, values }) => `covers ${values > 1 ? 'up to ' : ''}${days} days`, shape: 'severalDays' },
  { kind: 'still', text: () => 'counter not updated by the registry', shape: 'doubtful' },
  { kind: 'backfilled', text: () => "backfilled from the registry's daily counts", shape: 'backfilled' },
  { kind: 'imported', text: () => 'imported' },
  { kind: 'inconsistent', text: () => inconsistent, shape: 'doubtful' },
  { kind: 'frozen', text: () => inconsistent, shape: 'doubtful' },
];

/** A remark as the page draws and prints it. */
export interface Remark {
  /** Only of what is a tenth of the value or more. */
  readonly shapes: readonly Shape[];
  /** How many days the value covers, where that is marked. */
  readonly days?: number | undefined;
  readonly texts: readonly string[];
}

/** The remark about a value. A part that is not all of it says how much it is. */
export function toRemark(parts: ValueParts): Remark {
  const found = rules.filter(({ kind }) => parts.parts.has(kind));
  const shapes = found.flatMap(({ kind, shape }) => (shape && isMarked(parts, kind) ? [shape] : []));
  const reset = parts.parts.get('reset');
  const texts = found.flatMap(({ kind, text }) => {
    const part = parts.parts.get(kind);
    return part ? [partText(parts, part, text(part))] : [];
  });
  return {
    shapes: [...new Set([...shapes, ...(isMarked(parts, 'reset') ? (['reset'] as const) : [])])],
    days: isMarked(parts, 'severalDays') ? parts.parts.get('severalDays')?.days : undefined,
    texts: [...new Set([...texts, ...(reset ? [resetText(reset)] : [])])],
  };
}

function partText({ value, values }: ValueParts, part: ValuePart, text: string): string {
  if (part.values === values || (value > 0 && part.sum === value)) return text;
  return value > 0 ? `${formatExact(part.sum)} of it: ${text}` : `${part.values} of ${values} values: ${text}`;
}

function resetText({ values }: ValuePart): string {
  return `${values === 1 ? '' : `${values} values: `}counter reset; counted as 0`;
}
