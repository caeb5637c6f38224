/** The only import of the logging library: one line an event on standard error, as JSON for machines or pretty for people. */
import pino from 'pino';
import pretty from 'pino-pretty';
import type { Logger } from '../core/ports.ts';
import { plainText } from '../core/views/plain-text.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createLogger({ level, format, stream }: LogOptions): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && stream.isTTY === true);
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    isPretty ? prettyLines(stream) : jsonLines(stream),
  );
  return {
    debug: (message, fields) => logger.debug(withMessage(message, fields)),
    info: (message, fields) => logger.info(withMessage(message, fields)),
    warn: (message, fields) => logger.warn(withMessage(message, fields)),
    error: (message, fields) => logger.error(withMessage(message, fields)),
  };
}

/** The message first, as people read it; pino itself would put it last. */
function withMessage(msg: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { msg, ...fields };
}

/** JSON escapes what could move a cursor only up to U+001F; the rest is escaped here, which leaves the values as they are. */
function jsonLines(stream: NodeJS.WritableStream): pino.DestinationStream {
  return { write: (line) => void stream.write(`${line.trimEnd().replaceAll(/[\p{Cc}\p{Cf}]/gu, jsonEscape)}\n`) };
}

/** In the time zone of TZ. Texts from outside can neither forge a line nor control the terminal. */
function prettyLines(stream: LogOptions['stream']): pino.DestinationStream {
  const lines = pretty({
    colorize: stream.isTTY === true,
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss o',
    destination: stream,
  });
  return { write: (line) => void lines.write(`${JSON.stringify(JSON.parse(line, plainValue))}\n`) };
}

function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

function plainValue(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? plainText(value) : value;
}
