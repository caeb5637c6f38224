/** By how much a total and the daily counts of its registry disagree, in words. */
import type { Inconsistency } from '../model/mark.ts';
import type { Discrepancy } from '../model/reading.ts';
import { formatExact, momentText } from './format.ts';

const texts: Readonly<Record<Inconsistency, string>> = {
  frozen: 'the total does not change while the published daily counts do, or the reverse',
  inconsistent: 'total inconsistent with the published daily counts',
};

/** E.g. `total inconsistent with the published daily counts: −510 since 2026-11-10 13:00 UTC`; days of versions before 1.1 have no amount. */
export function discrepancyText(kind: Inconsistency, discrepancy?: Discrepancy): string {
  return discrepancy ? `${texts[kind]}: ${amountText(discrepancy)}` : texts[kind];
}

/** E.g. `−510 since 2026-11-10 13:00 UTC`. */
export function amountText({ by, since }: Pick<Discrepancy, 'by' | 'since'>): string {
  return `${by < 0 ? '−' : '+'}${formatExact(Math.abs(by))} since ${momentText(since)} UTC`;
}
