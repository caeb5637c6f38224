/**
 * A webhook of one's own, signed by the Standard Webhooks scheme (specification 1.0.0, seen 2026-11-28): the id stays the same for each
 * attempt, the timestamp is that of the attempt.
 */
import { Webhook } from 'standardwebhooks';
import { AppError } from '../../core/model/errors.ts';
import type { Notice } from '../../core/model/notice.ts';
import type { HttpChannelKind } from '../channel.ts';
import { markdownWithTables, plain, renderNotice } from '../render.ts';

const maxLength = 20_000;

export const webhook: HttpChannelKind = {
  schemes: ['webhook'],
  example: 'https+webhook://hooks.example.org/registry-stats?secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  prepare(address) {
    // A query's + is a blank to URLSearchParams, and base64 has no blanks.
    const secret = address.searchParams.get('secret')?.replaceAll(' ', '+');
    const signer = secret === undefined ? undefined : signerOf(secret);
    const url = new URL(address);
    url.searchParams.delete('secret');
    const authorization = authorizationOf(url);
    url.username = '';
    url.password = '';
    return (notice, now) => {
      const json = payloadOf(notice);
      const at = new Date(now);
      const signature = signer ? { 'webhook-signature': signer.sign(notice.id, at, JSON.stringify(json)) } : {};
      const headers = { 'webhook-id': notice.id, 'webhook-timestamp': String(Math.floor(now / 1000)), ...signature, ...authorization };
      return { url: url.href, headers, json };
    };
  },
};

function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new AppError(
      'invalid_input',
      'its secret must be whsec_ and 24 to 64 bytes as base64, e.g. from: echo whsec_$(openssl rand -base64 32)',
    );
  }
}

/** The name and password of an address as a header; nothing where it has none. */
export function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function payloadOf(notice: Notice): unknown {
  const { id, kind, time, title, isProblem, events, moreEvents, digest } = notice;
  return {
    type: `registry-stats.${kind}`,
    timestamp: time,
    data: {
      id,
      title,
      problem: isProblem,
      text: renderNotice(notice, plain, { maxLength }),
      markdown: renderNotice(notice, markdownWithTables, { maxLength }),
      events,
      more_events: moreEvents,
      digest,
    },
  };
}
