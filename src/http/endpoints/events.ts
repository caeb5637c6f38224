import type { ImageEvent } from '../../core/views/events.ts';
import type { Table } from '../../core/views/table.ts';

/** The events, shaped for Grafana's annotations too: `time` and a `text` that stands alone. */
export function eventsTable(events: readonly ImageEvent[]): Table {
  return {
    columns: ['time', 'registry', 'repo', 'kind', 'text'],
    rows: events.map(({ time, registry, repo = '', kind, text }) => [time, registry, repo, kind, `${nameOf(registry, repo)}: ${text}`]),
  };
}

function nameOf(registry: string, repo: string): string {
  return repo === '' ? registry : `${repo} (${registry})`;
}
