/** What the page of events shows, as its address says it. */
import { isDay } from '../core/model/day.ts';
import type { EventFilter } from '../core/views/event-lists.ts';
import { eventFilter } from '../http/event-filter.ts';
import type { Field } from '../http/query.ts';
import { reversedText } from './view.ts';

export interface EventsView {
  readonly filter: EventFilter;
  /** What is wrong with its days, for the page to say in its form; nothing is found then. */
  readonly problem?: string | undefined;
}

export const eventsViewField: Field<EventsView> = {
  parameters: eventFilter.parameters,
  parse(query, known) {
    const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
    if (!isDay(from) || !isDay(to) || from <= to) return { filter: eventFilter.parse(query, known) };
    const others = new URLSearchParams(query);
    others.delete('from');
    return { filter: { ...eventFilter.parse(others, known), range: { from, to } }, problem: reversedText(from, to) };
  },
};
