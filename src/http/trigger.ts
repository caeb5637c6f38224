/** Starting a run by hand: off by default, and only with the token of a page, which other sites cannot read. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { dayMs } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { Clock } from '../core/ports.ts';
import type { Description } from './endpoint.ts';
import { notNow, refusal } from './responses.ts';
import { object, text } from './schema.ts';

/** The only address that changes something. */
export const triggerPath = '/api/trigger';

/** As OpenAPI describes it. */
export const triggerDescription: Description = {
  path: triggerPath,
  summary: 'Begins a run now',
  description: 'A POST, and the only request that changes something. Off unless ALLOW_TRIGGER=on.',
  query: {
    token: {
      parameters: {
        token: text({ description: 'What trigger_token in /api/status says, which other sites cannot read; valid for a day or two' }),
      },
      parse: (query) => query.get('token') ?? '',
    },
  },
  responses: {
    202: { description: 'The run begins', content: { 'application/json': object({ status: text({ example: 'requested' }) }) } },
    303: { description: 'The same for a browser that sends a form: Location is the status page' },
    403: refusal('Not allowed by the configuration, or the token is missing or too old'),
    409: refusal('A run is in progress, or nothing is configured'),
    429: refusal('A run has just ended; Retry-After says when to try again'),
    503: notNow,
  },
};

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
