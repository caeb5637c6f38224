/** One thing that a source of a history has: a total of a day, an event, or a line that cannot be used. */
import type { RecordedEvent } from '../../core/model/event.ts';
import type { StoredReading } from '../../core/model/history.ts';

export interface Problem {
  /** Where it stands: `line 17`, or the labels of a series. */
  readonly where: string;
  readonly reason: string;
}

export type Item = { readonly reading: StoredReading } | { readonly event: RecordedEvent } | { readonly problem: Problem };
