/** The pieces that pages share: numbers with their change. */
import { html } from 'hono/html';
import { formatChange, formatCount, formatExact } from '../core/views/format.ts';
import type { ComparedGrowth } from '../core/numbers/growth.ts';
import type { Html } from './layout.ts';

/** A count, short, with the exact one on hover. */
export function count(value: number | undefined): Html {
  return value === undefined ? unknown() : html`<data value="${value}" title="${formatExact(value)}">${formatCount(value)}</data>`;
}

/** A count with every digit, where there is room. */
export function exactCount(value: number | undefined): Html {
  return value === undefined ? unknown() : html`<data value="${value}">${formatExact(value)}</data>`;
}

function unknown(): Html {
  return html`<span class="unknown" title="no data yet">—</span>`;
}

/** A change from the previous period; nothing where that is not completely known. */
export function change({ change: difference, before }: ComparedGrowth, period: string): Html {
  const text = difference === undefined || before === undefined ? undefined : formatChange(before + difference, before);
  if (text === undefined || difference === undefined || before === undefined) return html``;
  const direction = difference > 0 ? 'up' : difference < 0 ? 'down' : 'same';
  return html` <span class="change ${direction}" title="${period}: ${formatExact(before)}">${text}</span>`;
}
