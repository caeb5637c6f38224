/** Works out the events of all images before somebody waits for them: soon after a start, and after changes while they are asked for. */
import type { Clock } from '../core/ports.ts';
import { keptEventsOf, type EventStore } from '../core/views/kept-events.ts';
import type { Timer } from '../http/gate.ts';

/** Then the first requests are answered, and many small changes are worked out together. */
const everyMs = 3_000;
/** After that nobody seems to look at them. */
const forgottenAfterMs = 60 * 60_000;

export interface EventsAheadDeps {
  readonly store: EventStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly timer: Timer;
}

/** Goes on until the function that it returns is called. */
export function workOutEventsAhead({ store, clock, timer }: EventsAheadDeps): () => void {
  const events = keptEventsOf(store);
  let requests = events.requests();
  let wantedAt = clock.now();
  const begin = (): (() => void) => timer(everyMs, () => void look());
  let stop = begin();
  let isStopped = false;

  async function look(): Promise<void> {
    if (events.requests() !== requests) wantedAt = clock.now();
    requests = events.requests();
    const isWanted = clock.now() - wantedAt < forgottenAfterMs;
    // Whoever asks next is told why it failed.
    if (isWanted) await events.refresh().catch(() => undefined);
    if (!isStopped) stop = begin();
  }

  return () => {
    isStopped = true;
    stop();
  };
}
