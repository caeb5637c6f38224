/**
 * Telegram: `sendMessage` of a bot, with at most 4,096 characters after the markup is taken out (core.telegram.org/bots/api, seen 2026-11-28).
 * As HTML only three characters have to be escaped, where MarkdownV2 has eighteen.
 */
import { AppError } from '../../core/model/errors.ts';
import type { HttpChannelKind } from '../channel.ts';
import { html, renderNotice } from '../render.ts';

const maxLength = 4096;

export const telegram: HttpChannelKind = {
  schemes: ['telegram'],
  example: 'telegram://123456789:BOT_TOKEN@api.telegram.org/-1001234567890',
  prepare(address) {
    const chat = decodeURIComponent(address.pathname.slice(1));
    const token = `${address.username}:${address.password}`;
    if (!/^\d+:[\w-]+$/.test(token) || !/^(-?\d+|@\w+)$/.test(chat)) {
      throw new AppError('invalid_input', 'it needs the token of a bot and a chat, as telegram://123456789:TOKEN@api.telegram.org/CHAT_ID');
    }
    const thread = address.searchParams.get('thread');
    return (notice) => ({
      url: `${address.origin}/bot${token}/sendMessage`,
      json: {
        chat_id: chat,
        text: renderNotice(notice, html, { maxLength, withTitle: true }),
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        ...(thread === null ? {} : { message_thread_id: Number(thread) }),
      },
    });
  },
};
