/** Sends messages by mail, as HTML and as text. The package is loaded with the first one: a service that sends none does not pay for it. */
import { AppError } from '../../core/model/errors.ts';
import type { Notice } from '../../core/model/notice.ts';
import { cleanText } from '../../net/clean-text.ts';
import { withDeadline } from '../../net/deadline.ts';
import type { ChannelAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { withoutSecrets } from '../http-channel.ts';
import { plain, renderNotice } from '../render.ts';
import type { MailTarget } from './address.ts';
import { chartId, chartSize, noticeHtml } from './html.ts';
import { barChartPng } from './png.ts';

const maxLength = 100_000;
const timeoutMs = 30_000;
/** For all of it, however slowly the server goes on. */
const maxSendMs = 120_000;

export function createMailChannel(address: ChannelAddress, target: MailTarget): Channel {
  const { id, name, kind, host, secrets } = address;
  return {
    id,
    name,
    kind,
    host,
    async send(notice, { signal }) {
      const { createTransport } = await import('nodemailer');
      const { server } = target;
      const transport = createTransport({
        host: server.hostname,
        port: server.port,
        secure: server.isSecure,
        requireTLS: server.needsTls && !server.isSecure,
        ...(server.login ? { auth: { user: server.login.user, pass: server.login.password } } : {}),
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        dnsTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        const sending = { timeoutMs: maxSendMs, onTimeout: () => tooSlow(host), signal: signal ?? new AbortController().signal };
        const { response } = await withDeadline(sending, () => transport.sendMail(mailOf(notice, target)));
        return withoutSecrets(cleanText(response), secrets);
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof AppError ? error : toMailError(error, host, secrets);
      } finally {
        transport.close();
      }
    },
  };
}

function tooSlow(host: string): AppError {
  return new AppError('unreachable', `${host} did not take the mail within ${maxSendMs / 1000} s`);
}

function mailOf(notice: Notice, { to, from }: MailTarget) {
  const { id, title, time, digest } = notice;
  const chart = digest?.daily.some((value) => value !== null) ? barChartPng(digest.daily, chartSize) : undefined;
  return {
    from: { name: 'registry-stats', address: from },
    to,
    subject: title,
    date: new Date(time),
    // The same for each attempt: mail servers and programs drop what they have already.
    messageId: `<${id}@${from.split('@')[1] ?? 'registry-stats'}>`,
    headers: { 'auto-submitted': 'auto-generated', 'x-notification-id': id },
    text: renderNotice(notice, plain, { maxLength }),
    html: noticeHtml(notice),
    attachments: chart ? [{ filename: 'pulls.png', content: chart, contentType: 'image/png', cid: chartId }] : [],
  };
}

/** A server that refuses for good answers 5xx, one that is busy 4xx; neither login nor address are in what is said of it. */
function toMailError(error: unknown, host: string, secrets: readonly string[]): AppError {
  const { code, responseCode, response } = fieldsOf(error);
  const said = typeof response === 'string' ? `: ${withoutSecrets(cleanText(response), secrets)}` : '';
  if (code === 'EAUTH') return new AppError('unauthorized', `${host} does not take the login of SMTP_URL${said}`);
  if (code === 'ETLS')
    return new AppError('unreachable', `${host} offers no TLS, and the login is not sent without (SMTP_URL with ?tls=off sends it)`);
  if (typeof responseCode === 'number') {
    return new AppError(
      responseCode >= 500 ? 'invalid_response' : 'unreachable',
      `${host} refused the mail${said === '' ? ` (${responseCode})` : said}`,
    );
  }
  const reason = error instanceof Error ? withoutSecrets(cleanText(error.message), secrets) : 'it failed';
  return new AppError('unreachable', `${host} could not be reached: ${reason}`);
}

function fieldsOf(error: unknown): Readonly<Record<string, unknown>> {
  return typeof error === 'object' && error !== null ? Object.fromEntries(Object.entries(error)) : {};
}
