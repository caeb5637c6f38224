import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogOptions } from './logger.ts';

type Write = (log: ReturnType<typeof createLogger>) => void;

function logged(level: LogOptions['level'], write: Write, format: LogOptions['format'] = 'pretty', isTTY = false): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  write(createLogger({ level, format, stream }));
  return String(stream.read() ?? '');
}

const hostile = 'a\n[2026] INFO: forged\u001B[31m\u009B31m\u202E\u{E0001}"\\';

describe('the log', () => {
  it('is one line an event, with its time, level, text and fields', () => {
    const text = logged('info', (log) => log.warn('image could not be read', { repo: 'acme/app', code: 'not_found' }));

    expect(text).toMatch(
      /^\[\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}\] WARN: image could not be read \{"repo":"acme\/app","code":"not_found"\}\n$/,
    );
  });

  it('is JSON for machines: the time as ISO 8601, the level as a word, the text, then the fields', () => {
    const text = logged('debug', (log) => log.debug('image could not be read', { repo: 'acme/app', attempts: 2 }), 'json');

    expect(text).toMatch(
      /^\{"level":"debug","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","msg":"image could not be read","repo":"acme\/app","attempts":2\}\n$/,
    );
  });

  it.each([
    ['auto', true, false],
    ['auto', false, true],
    ['json', true, true],
    ['pretty', false, false],
  ] as const)('in the format %s, on a terminal: %s, is JSON: %s', (format, isTTY, isJson) => {
    const text = logged('info', (log) => log.info('cycle done'), format, isTTY);

    expect(text.startsWith('{')).toBe(isJson);
    expect(text).toContain('cycle done');
  });

  it('has colors on a terminal only', () => {
    expect(logged('info', (log) => log.info('cycle done'), 'pretty', true)).toContain('\u001B[');
    expect(logged('info', (log) => log.info('cycle done'), 'pretty')).not.toContain('\u001B[');
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

  it.each(['json', 'pretty'] as const)('has no control characters of messages and fields as %s', (format) => {
    const text = logged('info', (log) => log.info(hostile, { repo: hostile, tags: [hostile], cause: { message: hostile } }), format);

    expect(text.split('\n')).toHaveLength(2);
    expect(text.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('keeps every text as it is in JSON', () => {
    const text = logged('info', (log) => log.info(hostile, { repo: hostile, tags: [hostile] }), 'json');

    expect(JSON.parse(text)).toMatchObject({ msg: hostile, repo: hostile, tags: [hostile] });
  });
});
