/** What follows from stored totals, and what was recorded. */
import { findEvents } from '../../src/core/views/event-list.ts';
import type { ImageEvent } from '../../src/core/views/events.ts';

/** The events of a filter, all of them at once. */
export async function foundEvents(...asked: Parameters<typeof findEvents>): Promise<ImageEvent[]> {
  const found: ImageEvent[] = [];
  for await (const batch of await findEvents(...asked)) found.push(...batch);
  return found;
}
