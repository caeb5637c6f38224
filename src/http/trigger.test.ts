import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { setUp } from '../../test/support/api.ts';
import { createPages } from '../../test/support/pages.ts';
import { AppError } from '../core/model/errors.ts';
import { createTrigger, type Trigger } from './trigger.ts';

const clock = createFixedClock('2026-03-14T12:00:00.000Z', { manual: true });

function createCounted(refuse?: AppError): { readonly trigger: Trigger; readonly begun: () => number } {
  let begun = 0;
  const begin = async (): Promise<void> => {
    if (refuse) throw refuse;
    begun += 1;
  };
  return { trigger: createTrigger({ clock, secret: 'secret', begin }), begun: () => begun };
}

async function post(trigger: Trigger | undefined, token: string, headers: Record<string, string> = {}) {
  const { fetch } = await setUp([], { trigger });
  const answer = await fetch(`/api/trigger?token=${token}`, { method: 'POST', headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe('starting a run by hand', () => {
  it('is refused unless it is allowed, with what would allow it', async () => {
    const answer = await post(undefined, 'x');

    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      403,
      { error: { code: 'forbidden', message: expect.stringContaining('ALLOW_TRIGGER=on') } },
    ]);
  });

  it('needs the token that the page and the status have', async () => {
    const { trigger, begun } = createCounted();
    const { json } = await setUp([], { trigger });

    for (const wrong of ['', 'x', trigger.token().slice(1), trigger.token().toUpperCase()])
      expect((await post(trigger, wrong)).status).toBe(403);
    expect(begun()).toBe(0);
    expect(await json('/api/status')).toMatchObject({ trigger_token: trigger.token() });
    const answer = await post(trigger, trigger.token());
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([202, '{"status":"requested"}', 'no-store']);
    expect(begun()).toBe(1);
  });

  it('is described, with its token and all that it answers', async () => {
    const { json } = await setUp([]);
    const action = z.object({ parameters: z.array(z.object({ name: z.string() })), responses: z.record(z.string(), z.unknown()) });
    const { paths } = z.object({ paths: z.object({ '/api/trigger': z.object({ post: action }) }) }).parse(await json('/api/openapi.json'));
    const { parameters, responses } = paths['/api/trigger'].post;

    expect(parameters.map(({ name }) => name)).toEqual(['token']);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['202', '303', '403', '409', '429']));
  });

  it('takes the token of a page that was open over midnight, and none that is older', async () => {
    const { trigger } = createCounted();
    const token = trigger.token();

    await clock.advance(86_400_000);
    expect((await post(trigger, token)).status).toBe(202);
    await clock.advance(86_400_000);
    expect((await post(trigger, token)).status).toBe(403);
  });

  it.each([
    [new AppError('conflict', 'a run is in progress'), 409, null],
    [new AppError('rate_limited', 'a run has just ended: try again in 2 minutes', { retryAfterMs: 90_000 }), 429, '90'],
  ] as const)('says why it may not be now: %s', async (refusal, status, retryAfter) => {
    const { trigger } = createCounted(refusal);
    const answer = await post(trigger, trigger.token());

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(answer.text).toContain(refusal.message);
  });

  it('is a POST and nothing else is', async () => {
    const { trigger } = createCounted();
    const { fetch } = await setUp([], { trigger });
    const allowed = async (path: string, method: string): Promise<unknown> => {
      const answer = await fetch(path, { method });
      return [answer.status, answer.headers.get('allow')];
    };

    expect(await allowed('/api/trigger', 'GET')).toEqual([405, 'POST']);
    expect(await allowed('/api/trigger', 'DELETE')).toEqual([405, 'POST']);
    expect(await allowed('/api/summary', 'POST')).toEqual([405, 'GET, HEAD']);
    expect(await allowed('/api/summary?next=/api/trigger', 'POST')).toEqual([405, 'GET, HEAD']);
  });

  it('is a button of the status page, which a browser comes back to', async () => {
    const { trigger, begun } = createCounted();
    const { fetch } = await createPages({ trigger, basePath: '/stats' });
    const page = await (await fetch('/status')).text();
    const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(page) ?? [];

    const answer = await fetch(action, { method: 'POST', headers: { Accept: 'text/html' }, redirect: 'manual' });

    expect([answer.status, new URL(answer.headers.get('location') ?? '', `http://localhost${action}`).pathname]).toEqual([
      303,
      '/stats/status',
    ]);
    expect(begun()).toBe(1);
    const refused = await fetch('/stats/api/trigger?token=x', { method: 'POST', headers: { Accept: 'text/html' } });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(await (await createPages({})).fetch('/status').then((status) => status.text())).not.toContain('Check now');
  });
});
