import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import { parseAddresses } from './address.ts';
import { httpChannelKinds } from './channels/index.ts';

const smtp = 'smtp://mail.example.org:587';

function problemOf(...addresses: readonly string[]): string {
  try {
    parseAddresses(addresses, '');
    return '';
  } catch (error) {
    return error instanceof AppError ? error.message : String(error);
  }
}

describe('the address of a channel', () => {
  it.each([
    ['ntfy://ntfy.sh/topic', 'ntfy', 'ntfy.sh', 'ntfy'],
    ['http+ntfy://192.168.1.5:8080/topic#phone', 'ntfy', '192.168.1.5:8080', 'phone'],
    ['ntfy+http://nas/topic', 'ntfy', 'nas', 'ntfy'],
    ['https+webhook://hooks.example.org/x?secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'webhook', 'hooks.example.org', 'webhook'],
    ['gotify://gotify.example.org/sub/TOKEN', 'gotify', 'gotify.example.org', 'gotify'],
    ['discord://123456789012345678/abc-DEF_1', 'discord', 'discord.com', 'discord'],
    ['https://discord.com/api/webhooks/123456789012345678/abc', 'discord', 'discord.com', 'discord'],
    ['slack://T000/B000/XXX', 'slack', 'hooks.slack.com', 'slack'],
    ['https://hooks.slack.com/services/T000/B000/XXX', 'slack', 'hooks.slack.com', 'slack'],
    ['mattermost://chat.example.org/hooks/xyz', 'mattermost', 'chat.example.org', 'mattermost'],
    ['rocketchat://chat.example.org/hooks/a/b', 'rocketchat', 'chat.example.org', 'rocketchat'],
    ['telegram://123456789:AAH-x_y@api.telegram.org/-1001234567890', 'telegram', 'api.telegram.org', 'telegram'],
    ['telegram://123456789:AAH@api.telegram.org/@channel', 'telegram', 'api.telegram.org', 'telegram'],
    ['http+apprise://apprise:8000/KEY?tag=home', 'apprise', 'apprise:8000', 'apprise'],
    ['mailto:me@example.org', 'mail', 'mail.example.org:587', 'mail'],
    ['mailto:me@example.org?from=stats@example.org#boss', 'mail', 'mail.example.org:587', 'boss'],
  ])('%s is understood', (text, kind, host, name) => {
    expect(parseAddresses([text], smtp)).toMatchObject([{ kind, host, name }]);
  });

  it('of every kind is understood as its documentation has it', () => {
    for (const { example } of httpChannelKinds) expect(parseAddresses([example], smtp)).toHaveLength(1);
  });

  it('has a name of its own, and stands under it, or under a hash, where things are kept', () => {
    const [first, second, third] = parseAddresses(['ntfy://ntfy.sh/a', 'ntfy://ntfy.sh/b', 'ntfy://ntfy.sh/c#phone'], '');

    expect([first?.name, second?.name, third?.name]).toEqual(['ntfy', 'ntfy-2', 'phone']);
    expect(third?.id).toBe('phone');
    expect(first?.id).toMatch(/^[\w-]{16}$/);
    expect(first?.id).not.toBe(second?.id);
    expect(parseAddresses(['ntfy://ntfy.sh/b', 'ntfy://ntfy.sh/a'], '')[1]?.id).toBe(first?.id);
  });

  it.each([
    ['https://example.org/hook-secret', 'write https+webhook:// before the host'],
    ['pushover://secret-token', 'unknown scheme: valid are webhook://, ntfy://'],
    ['ntfy://ntfy.sh/', 'it needs one topic, as ntfy://ntfy.sh/my-topic'],
    ['ntfy://ntfy.sh/a/b-secret', 'it needs one topic'],
    ['gotify://gotify.example.org', 'it needs the token of an application'],
    ['discord://discord.com/secret-path', 'it needs the id and the token of a webhook'],
    ['slack://hooks.slack.com', 'it needs the path of an incoming webhook'],
    ['telegram://secret-token@api.telegram.org/5', 'it needs the token of a bot and a chat'],
    ['apprise://apprise:8000/', 'it needs the key of a configuration'],
    ['https+webhook://x.test/?secret=not!base64', 'its secret must be whsec_'],
    ['https+webhook://:secret@', 'it cannot be read'],
    ['mailto:me@example.org', 'mail needs SMTP_URL'],
    ['ntfy://ntfy.sh/topic#two words', 'is a name of up to 40'],
  ])('%s is refused with what is missing, and without its secrets', (text, reason) => {
    const problem = problemOf(text);

    expect(problem).toContain(reason);
    expect(problem).toMatch(/^address 1 \([a-z+]+:…\): /);
    expect(problem).not.toMatch(/hook-secret|secret-token|secret-path|b-secret|not!base64/);
  });

  it('is refused with all others that are wrong, in one text', () => {
    expect(problemOf('ntfy://ntfy.sh/a', 'ntfy://ntfy.sh/', 'x', 'ntfy://ntfy.sh/a')).toBe(
      'address 2 (ntfy:…): it needs one topic, as ntfy://ntfy.sh/my-topic; ' +
        'address 3: unknown scheme: valid are webhook://, ntfy://, gotify://, discord://, slack://, mattermost://, rocketchat://, telegram://, apprise://, mailto:, each with http+ before it for HTTP without TLS; ' +
        'address 4 (ntfy:…): it is there twice',
    );
  });
});
