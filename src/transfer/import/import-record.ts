/** What an imported history consists of: daily totals, events, and lines that are invalid. */
import type { RecordedEvent } from '../../core/model/event.ts';
import type { StoredReading } from '../../core/model/history.ts';

export interface ImportProblem {
  /** Where it was found: `line 17`, or the labels of a series. */
  readonly where: string;
  readonly reason: string;
}

/** `where`: as in a problem; absent where the record itself says enough. */
export type ImportRecord =
  | { readonly reading: StoredReading; readonly where?: string }
  | { readonly event: RecordedEvent; readonly where?: string }
  | { readonly problem: ImportProblem };
