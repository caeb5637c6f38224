/** What each kind of channel sends, to a receiver that listens on loopback. */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { startReceiver, type Receiver } from '../../../test/support/receiver.ts';
import type { Notice } from '../../core/model/notice.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import type { Channel } from '../channel.ts';
import { createChannels } from '../index.ts';

let receiver: Receiver;
const log = createRecordingLog();

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(async () => {
  await receiver.close();
});

const notice: Notice = {
  id: 'msg_abc',
  kind: 'events',
  time: '2026-03-14T10:00:00.000Z',
  title: 'a_b/<x> (GHCR): passed *1,000* pulls',
  isProblem: true,
  lines: ['a_b/<x> (GHCR): passed *1,000* pulls', 'ping @everyone & [you](http://x.test)'],
  events: [
    {
      id: 'evt_1',
      time: '2026-03-14T00:00:00Z',
      registry: 'ghcr',
      repo: 'a_b/x',
      kind: 'milestone',
      subject: 'a_b/<x> (GHCR)',
      text: 'passed *1,000* pulls',
    },
  ],
  moreEvents: 0,
};

const long: Notice = { ...notice, lines: Array.from({ length: 2000 }, (_, at) => `${at}: ${'ä'.repeat(100)}`) };

/** `rest`: what follows the scheme, with HOST for the receiver. */
function channel(rest: string): Channel {
  const clock = createFixedClock(new Date().toISOString());
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log });
  const [made] = createChannels([rest.replace('HOST', receiver.host)], '', { createHttpClient, clock });
  if (!made) throw new Error('no channel');
  return made;
}

describe('a channel', () => {
  it.each([
    [
      'http+ntfy://HOST/my-topic',
      '/',
      { topic: 'my-topic', title: notice.title, message: notice.lines.join('\n'), priority: 4, tags: ['warning'] },
    ],
    [
      'http+gotify://HOST/sub/TOKEN123',
      '/sub/message',
      {
        title: notice.title,
        message: 'a\\_b/\\<x\\> (GHCR): passed \\*1,000\\* pulls  \nping @\u200beveryone & \\[you\\](http://x.test)',
        priority: 7,
        extras: { 'client::display': { contentType: 'text/markdown' } },
      },
    ],
    [
      'http+discord://HOST/api/webhooks/123456/TOKEN123?thread=99',
      '/api/webhooks/123456/TOKEN123?wait=true&thread_id=99',
      { content: expect.stringContaining('**a\\_b/\\<x\\> (GHCR): passed \\*1,000\\* pulls**\n'), allowed_mentions: { parse: [] } },
    ],
    [
      'http+slack://HOST/services/T0/B0/XYZ',
      '/services/T0/B0/XYZ',
      { text: expect.stringContaining('*a_b/&lt;x&gt; (GHCR): passed *1,000* pulls*\n') },
    ],
    ['http+mattermost://HOST/hooks/xyz', '/hooks/xyz', { text: expect.stringContaining('**a\\_b') }],
    ['http+rocketchat://HOST/hooks/a/b', '/hooks/a/b', { text: expect.stringContaining('ping @\u200beveryone') }],
    [
      'http+telegram://123456:AAH-secret@HOST/-100123?thread=7',
      '/bot123456:AAH-secret/sendMessage',
      {
        chat_id: '-100123',
        text: '<b>a_b/&lt;x&gt; (GHCR): passed *1,000* pulls</b>\na_b/&lt;x&gt; (GHCR): passed *1,000* pulls\nping @everyone &amp; [you](http://x.test)',
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        message_thread_id: 7,
      },
    ],
    [
      'http+apprise://HOST/KEY?tag=home',
      '/notify/KEY',
      { title: notice.title, body: expect.stringContaining('a\\_b'), type: 'warning', format: 'markdown', tag: 'home' },
    ],
  ])('%s sends to %s what its receiver expects', async (address, path, json) => {
    await channel(address).send(notice, {});

    expect(receiver.requests).toMatchObject([{ method: 'POST', path, headers: { 'idempotency-key': 'msg_abc' } }]);
    expect(receiver.requests[0]?.json).toEqual(json);
    expect(receiver.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['http+ntfy://tk_abc123@HOST/topic', 'authorization', 'Bearer tk_abc123'],
    ['http+ntfy://me:pass%20word@HOST/topic', 'authorization', `Basic ${Buffer.from('me:pass word').toString('base64')}`],
    ['http+gotify://HOST/TOKEN123', 'x-gotify-key', 'TOKEN123'],
    ['http+apprise://me:secret@HOST/KEY', 'authorization', `Basic ${Buffer.from('me:secret').toString('base64')}`],
  ])('%s logs in by the header %s', async (address, header, value) => {
    await channel(address).send(notice, {});

    expect(receiver.requests[0]?.headers[header]).toBe(value);
  });

  it('that is a webhook is signed by the Standard Webhooks scheme, as its own library verifies it', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS/+w==';
    await channel(`http+webhook://HOST/hook?keep=1&secret=${secret}`).send(notice, {});
    const [request] = receiver.requests;
    if (!request) throw new Error('nothing came');
    const { text, headers, path } = request;

    expect(path).toBe('/hook?keep=1');
    expect(headers['webhook-id']).toBe('msg_abc');
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    expect(new Webhook(secret).verify(text, given)).toEqual({
      type: 'registry-stats.events',
      timestamp: notice.time,
      data: {
        id: 'msg_abc',
        title: notice.title,
        problem: true,
        text: notice.lines.join('\n'),
        markdown: expect.any(String),
        events: notice.events,
        more_events: 0,
      },
    });
  });

  it.each([
    ['http+ntfy://HOST/topic', 'message', 4096],
    ['http+discord://HOST/api/webhooks/123456/TOKEN', 'content', 2000],
    ['http+slack://HOST/services/x', 'text', 4000],
    ['http+telegram://123456:AAH@HOST/5', 'text', 4096],
  ])('%s sends no more in its %s than it takes, and says how much is left out', async (address, field, limit) => {
    await channel(address).send(long, {});
    const [{ json } = { json: undefined }] = receiver.requests;
    const text = String(Object.entries(json ?? {}).find(([name]) => name === field)?.[1]);

    expect(field === 'message' ? Buffer.byteLength(text) : text.length).toBeLessThanOrEqual(limit);
    expect(text).toMatch(/\n… and \d{4} more lines$/);
  });

  it('with one line that is too long cuts it', async () => {
    await channel('http+discord://HOST/api/webhooks/123456/TOKEN').send({ ...notice, title: 'x'.repeat(3000) }, {});

    expect(receiver.requests[0]?.json).toMatchObject({ content: expect.stringMatching(/^\*\*x{1990,}…$/) });
  });

  it.each([
    [{ status: 200, body: '{"message":"thanks"}' }, '200: thanks'],
    [{ status: 204 }, '204'],
  ])('tells that the receiver answered %j', async (answer, text) => {
    receiver.answer = answer;

    expect(await channel('http+ntfy://HOST/topic').send(notice, {})).toBe(text);
  });

  it.each([
    [
      { status: 400, body: '{"error":"bad TOKEN12345 at http+gotify://x/TOKEN12345"}' },
      'invalid_response',
      'answered 400: bad [hidden] at',
    ],
    [{ status: 401, body: '' }, 'unauthorized', 'answered 401'],
    [{ status: 500, body: 'oops' }, 'unreachable', 'answered 500: oops'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'rate_limited', 'answered 429'],
    [{ status: 302, headers: { location: 'https://evil.test/TOKEN12345' } }, 'invalid_response', 'redirects to https://evil.test'],
    [{ status: 302, headers: { location: '/elsewhere' } }, 'invalid_response', 'redirects what was sent'],
  ])('that gets %j fails as %s, and says why without its secrets', async (answer, code, text) => {
    receiver.answer = answer;
    const error = await channel('http+gotify://HOST/TOKEN12345')
      .send(notice, { isTest: true })
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('TOKEN12345');
    expect(receiver.requests).toHaveLength(1);
  });

  it('of an Apprise server without a configuration was not taken', async () => {
    receiver.answer = { status: 204 };

    await expect(channel('http+apprise://HOST/KEY').send(notice, {})).rejects.toMatchObject({
      message: expect.stringContaining('there is no configuration under this key'),
    });
  });

  it('follows a redirect of its own host that keeps what was sent', async () => {
    receiver.answer = ({ path }) => (path === '/moved' ? { status: 200 } : { status: 308, headers: { location: '/moved' } });

    expect(await channel('http+ntfy://HOST/topic').send(notice, { isTest: true })).toBe('200');
    expect(receiver.requests.at(-1)).toMatchObject({ method: 'POST', path: '/moved', json: { topic: 'topic' } });
  });
});
