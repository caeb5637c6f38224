/** From the text of an environment variable to its value; undefined when the text is not valid. */
export type Parse<T> = (text: string) => T | undefined;

export interface ListenAddress {
  /** Absent: every address of the machine. */
  readonly host?: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export function parseNumber(bounds: { readonly min: number; readonly max: number; readonly zero: boolean }): Parse<number> {
  return (text) => {
    if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
    const value = Number(text);
    if (bounds.zero && value === 0) return 0;
    return value >= bounds.min && value <= bounds.max ? value : undefined;
  };
}

export function parseWholeNumber(bounds: { readonly min: number; readonly max: number }): Parse<number> {
  return (text) => {
    if (!/^\d+$/.test(text)) return undefined;
    const value = Number(text);
    return value >= bounds.min && value <= bounds.max ? value : undefined;
  };
}

export const parseListenAddress: Parse<ListenAddress> = (text) => {
  const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]*):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port']);
  if (!match || port > 65_535) return undefined;
  const host = match.groups?.['host']?.replace(/^\[|\]$/g, '');
  return host ? { host, port } : { port };
};

/** An empty text for the root, else the prefix without a slash at its end. */
export const parseBasePath: Parse<string> = (text) => (/^(\/[A-Za-z0-9._~-]+)*\/?$/.test(text) ? text.replace(/\/$/, '') : undefined);

/** A base URL without a slash at its end. */
export const parseUrl: Parse<string> = (text) => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = !url.search && !url.hash && !url.username && !url.password;
  return plain && /^https?:$/.test(url.protocol) ? `${url.origin}${url.pathname}`.replace(/\/+$/, '') : undefined;
};

/** Empty: none. */
export const parseDatabaseUrl: Parse<string> = (text) => {
  if (text === '') return '';
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) && new URL(text).hostname !== '' ? text : undefined;
};

export const roles = ['all', 'api', 'collector'] as const;
export type Role = (typeof roles)[number];

export const parseRole: Parse<Role> = (text) => roles.find((role) => role === text.toLowerCase());

export const parseName: Parse<string> = (text) => (/^[\w.:-]{1,100}$/.test(text) ? text : undefined);

export const parseLogLevel: Parse<LogLevel> = (text) => logLevels.find((level) => level === text.toLowerCase());

export const logFormats = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof logFormats)[number];

export const parseLogFormat: Parse<LogFormat> = (text) => logFormats.find((format) => format === text.toLowerCase());

export const parsePath: Parse<string> = (text) => (text.includes('\0') ? undefined : text);

/** The trimmed entries of a comma-separated list. */
export const parseList: Parse<readonly string[]> = (text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

export const parseSwitch: Parse<boolean> = (text) => {
  const word = text.toLowerCase();
  return word === 'on' ? true : word === 'off' ? false : undefined;
};
