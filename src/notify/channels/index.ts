/** Every kind of channel over HTTP. E-mail is the other one: `mail/`. */
import type { HttpChannelKind } from '../channel.ts';
import { apprise } from './apprise.ts';
import { discord } from './discord.ts';
import { gotify } from './gotify.ts';
import { ntfy } from './ntfy.ts';
import { mattermost, rocketchat, slack } from './slack.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

export const httpChannelKinds: readonly HttpChannelKind[] = [
  webhook,
  ntfy,
  gotify,
  discord,
  slack,
  mattermost,
  rocketchat,
  telegram,
  apprise,
];
