/**
 * ntfy: published as JSON to the root of the server (docs.ntfy.sh/publish, "Publish as JSON", seen 2026-11-28). A message over 4,096 bytes
 * would become an attachment. Its apps show plain text; Markdown is for its web app only.
 */
import { AppError } from '../../core/model/errors.ts';
import type { HttpChannelKind } from '../channel.ts';
import { plain, renderNotice } from '../render.ts';
import { authorizationOf } from './webhook.ts';

const maxBytes = 4096;
const inBytes = { ...plain, measure: (text: string) => Buffer.byteLength(text) };
/** As ntfy counts: 3 is the default. */
const priorities = { problem: 4, other: 3 };

export const ntfy: HttpChannelKind = {
  schemes: ['ntfy'],
  example: 'ntfy://ntfy.sh/my-topic',
  prepare(address) {
    const [topic = '', ...rest] = address.pathname.split('/').filter((part) => part !== '');
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic) || rest.length > 0)
      throw new AppError('invalid_input', 'it needs one topic, as ntfy://ntfy.sh/my-topic');
    // A token takes the place of name and password.
    const token = address.password === '' && address.username !== '' ? decodeURIComponent(address.username) : undefined;
    const headers = token === undefined ? authorizationOf(address) : { authorization: `Bearer ${token}` };
    return (notice) => ({
      url: `${address.origin}/`,
      headers,
      json: {
        topic,
        title: notice.title,
        message: renderNotice(notice, inBytes, { maxLength: maxBytes }),
        priority: notice.isProblem ? priorities.problem : priorities.other,
        tags: [notice.isProblem ? 'warning' : 'bar_chart'],
      },
    });
  },
};
