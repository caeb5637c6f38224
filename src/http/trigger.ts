/** Starting a run by hand: off by default, and only with the token of a page, which other sites cannot read. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { dayMs } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { Clock } from '../core/ports.ts';

export interface Trigger {
  /** What a page sends along. It is valid for a day or two. */
  token(): string;
  /** @throws AppError forbidden for a token that is none, and what the run is refused with */
  start(token: string): Promise<void>;
}

export interface TriggerDeps {
  readonly clock: Clock;
  /** The same in all processes that serve the same pages. */
  readonly secret: string;
  /** @throws AppError */
  readonly begin: () => Promise<void>;
}

export function createTrigger({ clock, secret, begin }: TriggerDeps): Trigger {
  const tokenOf = (day: number): string => createHmac('sha256', secret).update(`trigger ${day}`).digest('base64url');
  const today = (): number => Math.floor(clock.now() / dayMs);
  return {
    token: () => tokenOf(today()),
    async start(token) {
      if (![today(), today() - 1].some((day) => isSame(token, tokenOf(day)))) {
        throw new AppError('forbidden', 'the token is missing or too old: reload the status page, or take trigger_token from /api/status');
      }
      await begin();
    },
  };
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
