import { startOfDay } from '../../core/day.ts';
import type { ImageEvent } from '../../core/events.ts';
import type { Table } from '../table.ts';

/** The events, shaped for Grafana's annotations too: `time` and a `text` that stands alone. */
export function eventsTable(events: readonly ImageEvent[]): Table {
  return {
    columns: ['time', 'registry', 'repo', 'kind', 'text'],
    rows: events.map(({ day, registry, repo, kind, text }) => [startOfDay(day), registry, repo, kind, `${repo} (${registry}): ${text}`]),
  };
}
