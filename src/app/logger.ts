/** The only import of the logging library: one line an event on standard error, in the time zone of TZ. */
import pino from 'pino';
import pretty from 'pino-pretty';
import type { Logger } from '../core/ports.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createLogger({ level, stream }: LogOptions): Logger {
  const lines = pretty({
    colorize: stream.isTTY === true,
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss o',
    ignore: 'pid,hostname',
    destination: stream,
  });
  const logger = pino({ level, base: null }, lines);
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}
