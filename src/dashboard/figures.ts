/** The pieces that pages share: numbers with their change. */
import { html } from 'hono/html';
import { formatChange, formatCount, formatExact } from '../core/views/format.ts';
import { isNoise, type ComparedGrowth } from '../core/numbers/growth.ts';
import { comparedWeeks } from '../core/numbers/weekday.ts';
import type { Html } from './layout.ts';

/** A count, short, with the exact one on hover. */
export function count(value: number | undefined): Html {
  return value === undefined ? unknown() : html`<data value="${value}" title="${formatExact(value)}">${formatCount(value)}</data>`;
}

/** Characters that fit where a phone shows two numbers side by side. */
const longText = 11;

/** A count with every digit, where there is room. */
export function exactCount(value: number | undefined): Html {
  if (value === undefined) return unknown();
  const text = formatExact(value);
  return html`<data value="${value}" class="${text.length > longText ? 'long' : ''}">${text}</data>`;
}

function unknown(): Html {
  return html`<span class="unknown" title="no data yet">—</span>`;
}

/** What yesterday is compared with. */
export const weekdayBefore = `mean of the same weekday in the ${comparedWeeks} weeks before`;

/** A change from the previous period, colored unless it is noise; nothing where that is not completely known. */
export function change(growth: ComparedGrowth, period: string): Html {
  const { change: difference, before } = growth;
  const text = difference === undefined || before === undefined ? undefined : formatChange(before + difference, before);
  if (text === undefined || difference === undefined || before === undefined) return html``;
  const direction = isNoise(growth) || /^[+−]?0%?$/.test(text) ? 'same' : difference > 0 ? 'up' : 'down';
  return html` <span class="change ${direction}" title="${period}: ${formatExact(before)}">${text}</span>`;
}
