import { describe, expect, it } from 'vitest';
import { notifications } from './notifications.ts';

const now = Date.parse('2026-03-14T12:00:00.000Z');

describe('the channels on the status page', () => {
  it('are rows with what waits and why', async () => {
    const failing = {
      channel: 'phone',
      kind: 'ntfy',
      host: 'ntfy.sh',
      waiting: 2,
      delivered: 5,
      givenUp: 0,
      lastSuccess: '2026-03-14T10:00:00.000Z',
      lastErrorAt: '2026-03-14T11:00:00.000Z',
      lastError: 'ntfy.sh answered 500: <b>oops</b>',
    };
    const text = (await notifications([failing], now)).toString();

    expect(text).toContain('<th scope="row">phone</th>');
    expect(text).toContain('<span class="flag bad">2</span>');
    expect(text).toContain('ntfy.sh answered 500: &lt;b&gt;oops&lt;/b&gt;');
    expect(text).toContain('2 hours ago');
  });

  it('are nothing where none is configured', async () => {
    expect((await notifications([], now)).toString()).toBe('');
  });
});
