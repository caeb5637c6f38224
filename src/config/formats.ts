/** How the text of a setting becomes a value. Each format says what is valid, with the same bounds that it checks. */

export interface Format<T> {
  /** Completes "must be …". */
  readonly valid: string;
  /** From the trimmed text to the value; undefined when the text is not valid. */
  readonly parse: (text: string) => T | undefined;
}

export interface ListenAddress {
  /** Absent: all interfaces. */
  readonly host?: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export const logFormats = ['auto', 'json', 'pretty'] as const;

export const roles = ['all', 'api', 'collector'] as const;

interface Bounds {
  /** What is counted, in the plural. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

/** A number, decimals allowed, or 0. Whatever the Go tool takes is taken, `+3` too; what is larger than `max` counts as `max`. */
export function zeroOrNumber({ unit, min, max, examples }: Bounds & { readonly examples: string }): Format<number> {
  return {
    valid: `0 or a number of ${unit} from ${min} to ${max}, such as ${examples} (a larger one counts as ${max})`,
    parse(text) {
      const value = /^\+?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
      return value === 0 || value >= min ? Math.min(value, max) : undefined;
    },
  };
}

/** A whole number as the Go tool takes it, `+30` too; what is larger than `max` counts as `max`. */
export function anyWholeNumber({ unit, min, max }: Bounds): Format<number> {
  return {
    valid: `a whole number of ${unit} from ${min} to ${max} (a larger one counts as ${max})`,
    parse(text) {
      const value = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min ? Math.min(value, max) : undefined;
    },
  };
}

export function wholeNumber({ unit, min, max }: Bounds): Format<number> {
  return {
    valid: `a whole number of ${unit} from ${min} to ${max}`,
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of the words, in any letter case; `synonyms`: other words for them. */
export function oneOf<Choice extends string>(
  choices: readonly Choice[],
  synonyms: Readonly<Record<string, NoInfer<Choice>>> = {},
): Format<Choice> {
  return {
    valid: `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    parse(text) {
      const word = text.toLowerCase();
      return choices.find((choice) => choice === word) ?? (Object.hasOwn(synonyms, word) ? synonyms[word] : undefined);
    },
  };
}

const switchWords = new Map([
  ...['on', 'true', 'yes', '1'].map((word) => [word, true] as const),
  ...['off', 'false', 'no', '0'].map((word) => [word, false] as const),
]);

/** Also in the words of other programs. */
export const onOrOff: Format<boolean> = {
  valid: 'on or off',
  parse: (text) => switchWords.get(text.toLowerCase()),
};

/** The trimmed entries of a list, separated by commas or line breaks. */
export const list: Format<readonly string[]> = {
  valid: 'a comma-separated list',
  parse: (text) =>
    text
      .split(/[,\r\n]/)
      .map((entry) => unquote(entry.trim()))
      .filter((entry) => entry !== ''),
};

/** Without the quotes around it, which `docker run --env-file` hands on as a part of the value. */
export function unquote(text: string): string {
  const [, , inner] = /^(["'])((?:(?!\1).)*)\1$/s.exec(text) ?? [];
  return inner === undefined ? text : inner.trim();
}

export function path(what: 'folder' | 'file'): Format<string> {
  return { valid: `the path of a ${what}`, parse: (text) => (text.includes('\0') ? undefined : text) };
}

export const listenAddress: Format<ListenAddress> = {
  valid: 'host:port or :port, such as :9100, 127.0.0.1:9100 or [::1]:9100',
  parse(text) {
    const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]*):(?<port>\d{1,5})$/.exec(text);
    const port = Number(match?.groups?.['port']);
    if (!match || port > 65_535) return undefined;
    const host = match.groups?.['host']?.replace(/^\[|\]$/g, '');
    return host ? { host, port } : { port };
  },
};

/** An empty text for the root, else the prefix without a slash at its end. */
export const basePath: Format<string> = {
  valid: 'a path such as / or /registry-stats',
  parse: (text) => (/^(\/[A-Za-z0-9._~-]+)*\/?$/.test(text) ? text.replace(/\/$/, '') : undefined),
};

/** A base URL without a slash at its end. */
export function baseUrl(example: string): Format<string> {
  return {
    valid: `an http or https URL without credentials, query or fragment, such as ${example}`,
    parse(text) {
      if (!URL.canParse(text)) return undefined;
      const { protocol, origin, pathname, search, hash, username, password } = new URL(text);
      const isPlain = !search && !hash && !username && !password;
      return isPlain && /^https?:$/.test(protocol) ? `${origin}${pathname}`.replace(/\/+$/, '') : undefined;
    },
  };
}

/** Empty: no database. */
export const databaseUrl: Format<string> = {
  valid: 'a URL such as postgres://user:password@host:5432/database',
  parse(text) {
    if (text === '') return '';
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname } = new URL(text);
    return /^postgres(ql)?:$/.test(protocol) && hostname !== '' ? text : undefined;
  },
};

const frameAncestor = /^https?:\/\/(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:(\d{1,5}|\*))?$|^https?:\/\/\[[0-9a-f:.]+\](:\d{1,5})?$/;

/** As `frame-ancestors` of a Content-Security-Policy takes them. */
export const frameAncestors: Format<readonly string[]> = {
  valid: 'a list of self, origins without a path such as https://home.example:8123 or https://*.example.org, or * alone',
  parse(text) {
    const sites = text
      .split(/[\s,]+/)
      .map((site) => unquote(site).toLowerCase().replace(/\/$/, ''))
      .filter((site) => site !== '');
    if (sites.length === 1 && sites[0] === '*') return sites;
    const named = [...new Set(sites)].map((site) => (site === 'self' ? "'self'" : frameAncestor.test(site) ? site : undefined));
    return named.every((site) => site !== undefined) ? named : undefined;
  },
};

export const name: Format<string> = {
  valid: 'a name of up to 100 letters, digits and . : _ -',
  parse: (text) => (/^[\w.:-]{1,100}$/.test(text) ? text : undefined),
};

/** Any text, as it is. */
export function anyText(what: string): Format<string> {
  return { valid: what, parse: (value) => value };
}

/** Which images have series of their own in the metrics. */
export type MetricsImages = { readonly kind: 'all' } | { readonly kind: 'groups' } | { readonly kind: 'top'; readonly count: number };

export const metricsImages: Format<MetricsImages> = {
  valid: '"all", "groups", or "top:" and a number of images from 1 to 100000, such as top:500',
  parse(text) {
    if (text === 'all' || text === 'groups') return { kind: text };
    const count = Number(/^top:(\d{1,6})$/.exec(text)?.[1] ?? 0);
    return count >= 1 && count <= 100_000 ? { kind: 'top', count } : undefined;
  },
};
