/**
 * Slack's incoming webhooks, and those of Mattermost and Rocket.Chat, which take the same request (docs.slack.dev, "Sending messages using
 * incoming webhooks"; developers.mattermost.com, "Incoming webhooks"; docs.rocket.chat, "Integrations"; seen 2026-11-28). Slack has markup of
 * its own; Mattermost knows its bold text as `**bold**` only ("Slack compatibility").
 */
import { AppError } from '../../core/model/errors.ts';
import type { HttpChannelKind } from '../channel.ts';
import { markdown, markdownWithTables, mrkdwn, renderNotice, type Style } from '../render.ts';

/** Slack cuts at 40,000 and asks for 4,000; Mattermost takes 16,383, Rocket.Chat 5,000 by default. */
const maxLength = 4000;

export const slack: HttpChannelKind = {
  schemes: ['slack'],
  example: 'slack://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
  withHost: (rest) => (/^T[A-Z0-9]+\/B[A-Z0-9]+\//.test(rest) ? `hooks.slack.com/services/${rest}` : rest),
  prepare: (address) => prepare(address, mrkdwn),
};

export const mattermost: HttpChannelKind = {
  schemes: ['mattermost'],
  example: 'mattermost://chat.example.org/hooks/xxxxxxxxxxxxxxxxxxxxxxxxxx',
  prepare: (address) => prepare(address, markdownWithTables),
};

export const rocketchat: HttpChannelKind = {
  schemes: ['rocketchat'],
  example: 'rocketchat://chat.example.org/hooks/INTEGRATION_ID/TOKEN',
  prepare: (address) => prepare(address, markdown),
};

function prepare(address: URL, style: Style): ReturnType<HttpChannelKind['prepare']> {
  if (address.pathname.length < 2) throw new AppError('invalid_input', 'it needs the path of an incoming webhook');
  const url = `${address.origin}${address.pathname}${address.search}`;
  return (notice) => ({ url, json: { text: renderNotice(notice, style, { maxLength, withTitle: true }) } });
}
