import { inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startMailServer, type MailServer } from '../../../test/support/mail-server.ts';
import type { Notice } from '../../core/model/notice.ts';
import type { HttpClient } from '../../net/http.ts';
import { createChannels } from '../index.ts';
import type { Channel } from '../channel.ts';

let server: MailServer | undefined;

afterEach(async () => {
  await server?.close();
});

const notice: Notice = {
  id: 'msg_abc',
  kind: 'events',
  time: '2026-03-14T10:00:00.000Z',
  title: 'acme/app (GHCR): passed 1,000 pulls',
  isProblem: false,
  lines: ['acme/app (GHCR): passed 1,000 pulls', '<b>x</b> & more'],
  events: [],
  moreEvents: 0,
};

const digest: Notice = {
  ...notice,
  kind: 'digest',
  lines: [],
  digest: {
    from: '2026-03-07',
    to: '2026-03-13',
    head: ['Image', 'Registries', 'Total', 'Pulls', 'Change', 'Trend', 'Next milestone'],
    rows: [['acme/<app>', 'ghcr', '1,043', '130', '+30%', '▂▂█', '2.5k about 2026-04-06']],
    moreRows: 0,
    sum: ['total', '', '1,043', '130', '+30%', '', ''],
    movers: ['acme/app: +30 pulls (+30%)'],
    milestones: ['2026-03-12 acme/app (GHCR): passed 1,000 pulls'],
    problems: ['2026-03-10 GHCR: outage'],
    daily: [10, 20, null, 100, 0, 0, 0],
  },
};

/** Mail needs none. */
function createHttpClient(): HttpClient {
  return { request: () => Promise.reject(new Error('no HTTP')) };
}

function channelTo(smtpUrl: string, address = 'mailto:me@example.org?from=stats@example.org'): Channel {
  const [channel] = createChannels([address], smtpUrl, { createHttpClient, clock: { now: () => 0, sleep: async () => undefined } });
  if (!channel) throw new Error('no channel');
  return channel;
}

/** The decoded parts of a mail, by their type. */
function partsOf(source: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of source.split(/\r?\n--[-\w=.]+(?:--)?\r?\n/)) {
    const end = /\r?\n\r?\n/.exec(part);
    const head = part.slice(0, end?.index ?? 0);
    const body = part.slice((end?.index ?? 0) + (end?.[0].length ?? 0));
    const type = /content-type: ([\w/]+)/i.exec(head)?.[1] ?? '';
    const isBase64 = /transfer-encoding: base64/i.test(head);
    const isQuoted = /transfer-encoding: quoted-printable/i.test(head);
    const quoted = body
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/(?:=[0-9A-F]{2})+/g, (hex) => Buffer.from(hex.replaceAll('=', ''), 'hex').toString());
    parts.set(type, isBase64 ? Buffer.from(body, 'base64').toString('latin1') : isQuoted ? quoted : body);
  }
  return parts;
}

describe('a mail', () => {
  it('has the message as text and as HTML, an id that stays the same, and no markup of others', async () => {
    server = await startMailServer();
    const channel = channelTo(`smtp://127.0.0.1:${server.port}`);
    expect(await channel.send(notice, {})).toMatch(/^250 /);
    await channel.send(notice, {});

    const [mail, again] = server.mails;
    expect(mail).toMatchObject({ from: 'stats@example.org', to: ['me@example.org'] });
    expect(mail?.source).toContain('Message-ID: <msg_abc@example.org>');
    expect(again?.source).toContain('Message-ID: <msg_abc@example.org>');
    expect(mail?.source).toMatch(/Subject: acme\/app \(GHCR\): passed 1,000 pulls/);
    expect(mail?.source).toMatch(/auto-submitted: auto-generated/i);
    const parts = partsOf(mail?.source ?? '');
    expect(parts.get('text/plain')).toContain('<b>x</b> & more');
    expect(parts.get('text/html')).toContain('<li>&lt;b&gt;x&lt;/b&gt; &amp; more</li>');
  });

  it('with a digest has a table, and a chart that mail programs show', async () => {
    server = await startMailServer();
    await channelTo(`smtp://127.0.0.1:${server.port}`).send(digest, {});
    const parts = partsOf(server.mails[0]?.source ?? '');
    const html = parts.get('text/html') ?? '';

    expect(html).toContain(
      '<td align="right" style="padding:4px 10px 4px 0;border-bottom:1px solid #e5e7eb;vertical-align:top">1,043</td>',
    );
    expect(html).toContain('acme/&lt;app&gt;');
    expect(html).toContain('src="cid:chart@registry-stats"');
    expect(html).toContain('alt="Pulls a day from 2026-03-07 to 2026-03-13, at most 100"');
    expect(server.mails[0]?.source).toContain('<chart@registry-stats>');
    expect(parts.get('text/plain')).toContain('acme/<app>: 1,043 in all, 130 pulls (+30%) ▂▂█');
    const png = Buffer.from(parts.get('image/png') ?? '', 'latin1');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([560, 120]);
    const from = png.indexOf('IDAT');
    const pixels = inflateSync(png.subarray(from + 4, from + 4 + png.readUInt32BE(from - 4)));
    const colorAt = (x: number, y: number): number | undefined => pixels[y * 561 + 1 + x];
    // The fourth of seven days is the highest; the third is not known.
    expect([colorAt(280, 2), colorAt(40, 2), colorAt(40, 115), colorAt(200, 117), colorAt(200, 118)]).toEqual([1, 0, 1, 0, 2]);
  });

  it('is sent with the login of SMTP_URL, which appears in nothing that is said', async () => {
    const login = { user: 'me@mail.test', password: 'p@ss word' };
    server = await startMailServer(login);
    const place = `127.0.0.1:${server.port}`;
    await channelTo(`smtp://me%40mail.test:p%40ss%20word@${place}?tls=off`, 'mailto:you@example.org').send(notice, {});
    expect(server.mails).toMatchObject([{ from: 'me@mail.test', to: ['you@example.org'] }]);

    const wrong = channelTo(`smtp://me%40mail.test:wrong-secret@${place}?tls=off`);
    const error = await wrong.send(notice, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining(`${place} does not take the login of SMTP_URL`) });
    expect(JSON.stringify(error) + String(error)).not.toContain('wrong-secret');
  });

  it('is not sent with a login to a server without TLS, unless that is asked for', async () => {
    server = await startMailServer({ user: 'me', password: 'secret' });

    await expect(channelTo(`smtp://me:secret@127.0.0.1:${server.port}`).send(notice, {})).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.mails).toEqual([]);
  });

  it.each([
    [{ code: 451, text: 'try again later' }, 'unreachable', 'try again later'],
    [{ code: 550, text: 'no such mailbox' }, 'invalid_response', 'no such mailbox'],
  ] as const)('that is refused with %j fails with %s', async (refusal, code, text) => {
    server = await startMailServer();
    server.refusal = refusal;

    await expect(channelTo(`smtp://127.0.0.1:${server.port}`).send(notice, {})).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text),
    });
  });

  it('to a server that is not there, or hangs, is given up when that is wanted', async () => {
    await expect(channelTo('smtp://127.0.0.1:9').send(notice, {})).rejects.toMatchObject({ code: 'unreachable' });

    server = await startMailServer();
    server.refusal = 'hang';
    const stop = new AbortController();
    const sending = channelTo(`smtp://127.0.0.1:${server.port}`).send(notice, { signal: stop.signal });
    stop.abort(new Error('stop'));
    await expect(sending).rejects.toThrow('stop');
  });
});
