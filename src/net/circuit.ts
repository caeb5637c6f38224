/** Notices a host that refuses one request after the other, so that it is left alone before hundreds were sent. */
import { longestAskedMs } from './retry.ts';

/** After so many requests in a row that ended with a refusal the host is left alone. */
const maxRefusals = 3;
/** For so long at first; twice as long each time that it still refuses, an hour at most. */
const firstPauseMs = 5 * 60_000;

export interface Circuit {
  /** Notes that a request ended with a refusal. Gives for how many milliseconds the host is to be left alone; undefined: not yet. */
  noteRefusal(host: string): number | undefined;
  /** Notes an answer: the host does not refuse. */
  noteAnswer(host: string): void;
  /** Whether the last request ended with a refusal: then repeating one brings no more than the next one will. */
  isSuspect(host: string): boolean;
}

/** The state is kept per host (with its port), for hosts that refuse only. */
export function createCircuit(): Circuit {
  const hosts = new Map<string, { refusals: number; pauses: number }>();
  return {
    noteRefusal(host) {
      const state = hosts.get(host) ?? { refusals: 0, pauses: 0 };
      hosts.set(host, state);
      state.refusals += 1;
      if (state.refusals < maxRefusals) return undefined;
      // After a pause the first refusal is enough for the next one.
      const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(state.pauses, 10), longestAskedMs);
      state.pauses += 1;
      return pauseMs;
    },
    noteAnswer: (host) => void hosts.delete(host),
    isSuspect: (host) => hosts.has(host),
  };
}
