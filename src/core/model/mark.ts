/** How a day's total is known, and which of two totals of one image and day is kept. */

/** Of two totals the more certain one is kept. PostgreSQL stores the numbers (`totals.worth`): they keep their meaning. */
const certainties = { workedOut: 0, takenOver: 1, read: 2, endOfDay: 3 } as const;

interface MarkRule {
  readonly certainty: number;
  /** Whether someone read the total from the registry, this program or another one. */
  readonly wasRead: boolean;
  /** Set where the total and the registry's daily counts disagree. */
  readonly isInconsistent?: true;
}

/** Every mark. The kept index of a folder names them in this order: a new one goes last. */
const rules = {
  /** Read at some moment of the day. */
  read: { certainty: certainties.read, wasRead: true },
  /** The exact total at the end of a day that nobody read, worked out from the registry's daily counts. */
  backfilled: { certainty: certainties.endOfDay, wasRead: false },
  /** Read, but the total does not change although the daily counts do, or the reverse. */
  frozen: { certainty: certainties.read, wasRead: true, isInconsistent: true },
  /** Read, but the total disagrees with the daily counts otherwise. */
  inconsistent: { certainty: certainties.read, wasRead: true, isInconsistent: true },
  /** Taken over from another program's records. */
  imported: { certainty: certainties.takenOver, wasRead: true },
  /** The exact total at the end of a day that was also read. */
  closed: { certainty: certainties.endOfDay, wasRead: true },
  /** Worked out by versions before 1.1, whose days could be one off; shown as backfilled. */
  estimated: { certainty: certainties.workedOut, wasRead: false },
} as const satisfies Readonly<Record<string, MarkRule>>;

export type Mark = keyof typeof rules;
export type Inconsistency = { [Each in Mark]: 'isInconsistent' extends keyof (typeof rules)[Each] ? Each : never }[Mark];

export const marks: readonly Mark[] = Object.keys(rules).filter(isMark);

/** The marks of several totals by position. An array is one; a store may pack them. */
export interface Marks {
  at(position: number): Mark | undefined;
}

export function isMark(value: unknown): value is Mark {
  return typeof value === 'string' && Object.hasOwn(rules, value);
}

/** How certain a total is; a total without a mark was read. */
export function certainty(mark: Mark = 'read'): number {
  return rules[mark].certainty;
}

/** Orders marks by certainty, the least certain first; 0: the later total is kept. */
export function compareMarks(a: Mark | undefined, b: Mark | undefined): number {
  return certainty(a) - certainty(b);
}

/** Whether someone read the total from the registry, this program or another one. */
export function wasRead(mark: Mark = 'read'): boolean {
  return rules[mark].wasRead;
}

/** The marks of totals that somebody read. */
export const readMarks: readonly Mark[] = marks.filter((mark) => rules[mark].wasRead);

/** Whether the total is exact and that of the end of its day. */
export function isEndOfDay(mark: Mark | undefined): boolean {
  return certainty(mark) === certainties.endOfDay;
}

/** Whether the total was worked out and not read. */
export function isBackfilled(mark: Mark | undefined): boolean {
  return !wasRead(mark);
}

/** Whether the total was read but disagrees with the registry's daily counts. */
export function isInconsistent(mark: Mark | undefined): mark is Inconsistency {
  return mark !== undefined && 'isInconsistent' in rules[mark];
}
