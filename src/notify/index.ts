/** The room's door: channels from addresses, what sends to them, and the test of one. */
import type { Clock } from '../core/ports.ts';
import type { CreateHttpClient } from '../net/http.ts';
import { parseAddresses } from './address.ts';
import type { Channel } from './channel.ts';
import { createHttpChannel } from './http-channel.ts';
import { createMailChannel } from './mail/channel.ts';

export { parseAddresses } from './address.ts';
export { testNotice } from './message.ts';
export { pastNotices } from './past.ts';
export { createNotifier, type Notifier } from './notifier.ts';

export interface ChannelDeps {
  readonly createHttpClient: CreateHttpClient;
  readonly clock: Clock;
}

/** @throws AppError invalid_input */
export function createChannels(addresses: readonly string[], smtpUrl: string, deps: ChannelDeps): readonly Channel[] {
  return parseAddresses(addresses, smtpUrl).map((address) => {
    const { target } = address;
    return target.via === 'mail' ? createMailChannel(address, target) : createHttpChannel(address, target, deps);
  });
}
