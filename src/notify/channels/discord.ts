/**
 * Discord: a webhook of a channel, whose content has at most 2,000 characters (docs.discord.com, "Execute Webhook", seen 2026-11-28). When it
 * limits the rate it answers 429 with `Retry-After` in seconds. `wait=true` answers when the message is stored.
 */
import { AppError } from '../../core/model/errors.ts';
import type { HttpChannelKind } from '../channel.ts';
import { markdown, renderNotice } from '../render.ts';

const maxLength = 2000;

export const discord: HttpChannelKind = {
  schemes: ['discord'],
  example: 'discord://123456789012345678/WEBHOOK_TOKEN',
  withHost: (rest) => (/^\d+\/[\w-]/.test(rest) ? `discord.com/api/webhooks/${rest}` : rest),
  prepare(address) {
    if (!/^\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+\/?$/.test(address.pathname)) {
      throw new AppError('invalid_input', 'it needs the id and the token of a webhook, as discord://ID/TOKEN');
    }
    const url = new URL(address.pathname, address.origin);
    const thread = address.searchParams.get('thread');
    url.searchParams.set('wait', 'true');
    if (thread !== null) url.searchParams.set('thread_id', thread);
    return (notice) => ({
      url: url.href,
      json: { content: renderNotice(notice, markdown, { maxLength, withTitle: true }), allowed_mentions: { parse: [] } },
    });
  },
};
