import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(level: 'debug' | 'info' | 'warn' | 'error', write: (log: ReturnType<typeof createLogger>) => void): string {
  const stream = new PassThrough();
  write(createLogger({ level, stream }));
  return String(stream.read() ?? '');
}

describe('the log', () => {
  it('is one line an event, with its time, level, text and fields', () => {
    const text = logged('info', (log) => log.warn('image could not be read', { repo: 'acme/app', code: 'not_found' }));

    expect(text).toMatch(
      /^\[\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}\] WARN: image could not be read \{"repo":"acme\/app","code":"not_found"\}\n$/,
    );
  });

  it('leaves out what is below its level', () => {
    const text = logged('warn', (log) => {
      log.info('run done');
      log.error('registry is in trouble');
    });

    expect(text).not.toContain('run done');
    expect(text).toContain('registry is in trouble');
  });

  it('writes control characters of a field as escapes, so that no name can forge a line', () => {
    const text = logged('info', (log) => log.info('x', { repo: 'a\n[2026] INFO: forged\u001B[31m' }));

    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toContain('\u001B');
  });
});
