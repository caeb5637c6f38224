/** The addresses of channels: what each says, and what of it may be shown. */
import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../core/model/errors.ts';
import type { HttpChannelKind, HttpMessage } from './channel.ts';
import { httpChannelKinds } from './channels/index.ts';
import type { Notice } from '../core/model/notice.ts';
import { parseMailAddress, type MailTarget } from './mail/address.ts';

/** An address that was understood. */
export interface ChannelAddress {
  /** Stands for it where things are kept: the name that it was given, or a hash. */
  readonly id: string;
  /** Unique among the addresses. */
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly target: HttpTarget | MailTarget;
  /** What of it must not be shown, also where a receiver quotes it. */
  readonly secrets: readonly string[];
}

export interface HttpTarget {
  readonly via: 'http';
  readonly origin: string;
  readonly refusals: ReadonlyMap<number, string>;
  readonly toMessage: (notice: Notice, now: number) => HttpMessage;
}

/** Web addresses as the services give them, and the scheme that is meant. */
const copied: readonly (readonly [RegExp, string])[] = [
  [/^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\//i, 'discord'],
  [/^https:\/\/hooks\.slack(?:-gov)?\.com\//i, 'slack'],
];
const namePattern = /^[\w.-]{1,40}$/;

/**
 * Reads addresses. `smtpUrl`: where mail is handed in, empty where nowhere.
 * @throws AppError invalid_input that says what is wrong with each of them, and nothing of them but their schemes
 */
export function parseAddresses(texts: readonly string[], smtpUrl: string): readonly ChannelAddress[] {
  const parsed: ChannelAddress[] = [];
  const problems: string[] = [];
  for (const [at, text] of texts.entries()) {
    try {
      const address = parseAddress(text, smtpUrl);
      if (parsed.some(({ id }) => id === address.id)) throw new AppError('invalid_input', 'it is there twice');
      const isTaken = (name: string): boolean => parsed.some((each) => each.name === name);
      let name = address.name;
      for (let number = 2; isTaken(name); number += 1) name = `${address.name}-${number}`;
      parsed.push({ ...address, name });
    } catch (error) {
      const scheme = /^[a-z+]{1,20}(?=:)/i.exec(text)?.[0];
      problems.push(`address ${at + 1}${scheme === undefined ? '' : ` (${scheme}:…)`}: ${toAppError(error).message}`);
    }
  }
  if (problems.length > 0) throw new AppError('invalid_input', problems.join('; '));
  return parsed;
}

function parseAddress(given: string, smtpUrl: string): ChannelAddress {
  const scheme = copied.find(([pattern]) => pattern.test(given))?.[1];
  const text = scheme === undefined ? given : given.replace(/^https/i, scheme);
  if (/^mailto:/i.test(text)) return parseMailto(text, smtpUrl);
  const [, first = '', second = '', rest = ''] = /^([a-z]+)(?:\+([a-z]+))?:\/\/(.+)$/i.exec(text) ?? [];
  const [protocol, named] = /^https?$/i.test(first) ? [first, second] : [second || 'https', first];
  const kind = httpChannelKinds.find(({ schemes }) => schemes.includes(named.toLowerCase()));
  if (!kind || !/^https?$/i.test(protocol)) throw new AppError('invalid_input', unknownScheme(/^https?:/i.test(text)));
  const address = toUrl(`${protocol}://${kind.withHost?.(rest) ?? rest}`, kind);
  const name = decodeURIComponent(address.hash.slice(1));
  address.hash = '';
  if (name !== '' && !namePattern.test(name)) throw new AppError('invalid_input', invalidName);
  return {
    id: name === '' ? idOf(text) : name,
    name: name === '' ? kind.schemes[0] : name,
    kind: kind.schemes[0],
    host: address.host,
    target: { via: 'http', origin: address.origin, refusals: kind.refusals ?? new Map(), toMessage: kind.prepare(address) },
    secrets: secretsOf(address),
  };
}

const invalidName = 'what follows its # is a name of up to 40 letters, digits and . _ -';

function parseMailto(text: string, smtpUrl: string): ChannelAddress {
  const [address = '', name = ''] = text.split('#');
  if (name !== '' && !namePattern.test(name)) throw new AppError('invalid_input', invalidName);
  const target = parseMailAddress(address, smtpUrl);
  const { host, secrets } = target;
  return { id: name === '' ? idOf(text) : name, name: name === '' ? 'mail' : name, kind: 'mail', host, target, secrets };
}

function toUrl(text: string, { example }: HttpChannelKind): URL {
  if (!URL.canParse(text)) throw new AppError('invalid_input', `it cannot be read; write it as ${example}`);
  const url = new URL(text);
  if (url.hostname === '') throw new AppError('invalid_input', `it has no host; write it as ${example}`);
  return url;
}

function unknownScheme(isWeb: boolean): string {
  if (isWeb) return 'a web address alone does not say what it is: write https+webhook:// before the host for a webhook of your own';
  const schemes = [...httpChannelKinds.flatMap(({ schemes: own }) => own.map((scheme) => `${scheme}://`)), 'mailto:'];
  return `unknown scheme: valid are ${schemes.join(', ')}, each with http+ before it for HTTP without TLS`;
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Short parts are words such as `services`, which say nothing. */
const minSecret = 6;

function secretsOf({ username, password, pathname, searchParams }: URL): string[] {
  const parts = [username, password, `${username}:${password}`, ...pathname.split('/'), ...searchParams.values()];
  return [...new Set(parts.flatMap((part) => [part, safeDecode(part)]))].filter((part) => part.length >= minSecret);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
