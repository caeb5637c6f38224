import { describe, expect, it } from 'vitest';
import { createTagLister } from './oci.ts';
import { failing, scriptedHttp, type Scripted } from '../testing/scripted-http.ts';

const tokenUrl = 'https://ghcr.test/token?scope=repository:acme/charts/app:pull&service=ghcr.io';
const listUrl = 'https://ghcr.test/v2/acme/charts/app/tags/list';
const token = { body: '{"token":"djE6YWNtZQ=="}' };

function counting(script: Readonly<Record<string, Scripted | readonly Scripted[]>>, baseUrl = 'https://ghcr.test') {
  const http = scriptedHttp({ [tokenUrl]: token, ...script });
  let now = Date.parse('2026-03-02T10:00:00Z');
  const lister = createTagLister({ http, baseUrl, clock: { now: () => now } });
  const list = (signal?: AbortSignal) => lister.listTags({ owner: 'acme', name: 'charts/app' }, signal);
  return { http, list, count: async () => (await list()).count, wait: (ms: number) => (now += ms) };
}

function page(tags: readonly string[], link?: string): Scripted {
  return { body: JSON.stringify({ name: 'acme/charts/app', tags }), headers: link === undefined ? {} : { Link: link } };
}

const tags = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `v${from + at}`);

describe('the number of tags', () => {
  it('is counted with an anonymous token, and no manifest or blob is asked for', async () => {
    const { http, count } = counting({ [`${listUrl}?n=1000`]: page(['1.0', 'latest']) });

    expect(await count()).toBe(2);
    expect(http.urls()).toEqual([tokenUrl, `${listUrl}?n=1000`]);
    expect(http.requests[1]?.request.headers).toMatchObject({ Authorization: 'Bearer djE6YWNtZQ==' });
  });

  it('does not count signatures and attestations', async () => {
    const digest = `sha256-${'0a'.repeat(32)}`;
    const { count } = counting({ [`${listUrl}?n=1000`]: page([`${digest}.sig`, `${digest}.att`, digest, 'sha256-abc', '1.0']) });

    expect(await count()).toBe(2);
  });

  it('comes with the newest tags, the newest last and none that only carries a signature', async () => {
    const signature = `sha256-${'0a'.repeat(32)}.sig`;
    const { list } = counting({ [`${listUrl}?n=1000`]: page([...tags(60), '-odd', signature]) });

    expect(await list()).toEqual({ count: 61, newest: tags(49, 11) });
  });

  it('is that of all pages, a tag that two pages name once', async () => {
    const { count, http } = counting({
      [`${listUrl}?n=1000`]: page(tags(3), '</v2/acme/charts/app/tags/list?last=v2&n=1000>; rel="next"'),
      [`${listUrl}?last=v2&n=1000`]: page(tags(3, 2), '</v2/acme/charts/app/tags/list?last=v4&n=1000>; title=x; rel=next'),
      [`${listUrl}?last=v4&n=1000`]: page(tags(1, 5), '</v2/acme/charts/app/tags/list?n=1000>; rel="prev"'),
    });

    expect(await count()).toBe(6);
    expect(http.requests).toHaveLength(4);
  });

  it('is read under the path of a mirror, though the links do not name it', async () => {
    const mirror = 'https://mirror.test/ghcr';
    const at = (url: string): string => url.replace('https://ghcr.test', mirror);
    const { count } = counting(
      {
        [at(tokenUrl)]: token,
        [at(`${listUrl}?n=1000`)]: page(tags(2), '</v2/acme/charts/app/tags/list?last=v1&n=1000>; rel="next"'),
        [at(`${listUrl}?last=v1&n=1000`)]: page(tags(1, 2)),
      },
      mirror,
    );

    expect(await count()).toBe(3);
  });

  it('is 0 where the list is empty or null', async () => {
    expect(await counting({ [`${listUrl}?n=1000`]: '{"name":"acme/charts/app","tags":null}' }).count()).toBe(0);
    expect(await counting({ [`${listUrl}?n=1000`]: page([]) }).count()).toBe(0);
  });

  it('takes the token by its other name', async () => {
    const { count, http } = counting({ [tokenUrl]: '{"token":"","access_token":"abc"}', [`${listUrl}?n=1000`]: page(['a']) });

    expect(await count()).toBe(1);
    expect(http.requests[1]?.request.headers).toMatchObject({ Authorization: 'Bearer abc' });
  });

  it.each([
    ['the token is refused with 403', { [tokenUrl]: { status: 403, body: '{"errors":[{"code":"DENIED"}]}' } }, 'unauthorized'],
    ['the token is refused with 401', { [tokenUrl]: { status: 401 } }, 'unauthorized'],
    ['the list is refused', { [`${listUrl}?n=1000`]: { status: 401 } }, 'unauthorized'],
    ['the image is not known', { [`${listUrl}?n=1000`]: { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' } }, 'not_found'],
    ['the answer is odd', { [`${listUrl}?n=1000`]: { status: 400 } }, 'invalid_response'],
    ['there is no token', { [tokenUrl]: '{"expires_in":300}' }, 'invalid_response'],
    ['the token does not fit into a header', { [tokenUrl]: '{"token":"a\\r\\nX-Evil: 1"}' }, 'invalid_response'],
    ['the token is no JSON', { [tokenUrl]: '<html>' }, 'invalid_response'],
    ['the list is no JSON', { [`${listUrl}?n=1000`]: '' }, 'invalid_response'],
    ['the list has no tags', { [`${listUrl}?n=1000`]: '{"name":"acme/charts/app"}' }, 'invalid_response'],
    ['a tag is no text', { [`${listUrl}?n=1000`]: '{"tags":["a",1]}' }, 'invalid_response'],
    ['the next page is elsewhere', { [`${listUrl}?n=1000`]: page(['a'], '<https://evil.test/v2/x>; rel="next"') }, 'invalid_response'],
    ['the next page is no address', { [`${listUrl}?n=1000`]: page(['a'], '<http://[>; rel="next"') }, 'invalid_response'],
    ['the next page is the same', { [`${listUrl}?n=1000`]: page(['a'], '<?n=1000>; rel="next"') }, 'invalid_response'],
    ['ghcr.io cannot be reached', { [tokenUrl]: failing('unreachable', 'ghcr.test answered 503') }, 'unreachable'],
  ] satisfies [string, Record<string, Scripted>, string][])('is not given when %s', async (_what, script, code) => {
    await expect(counting(script).count()).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('is not given when a later page fails, rather than too low', async () => {
    const { count } = counting({
      [`${listUrl}?n=1000`]: page(tags(3), '</v2/acme/charts/app/tags/list?last=v2&n=1000>; rel="next"'),
      [`${listUrl}?last=v2&n=1000`]: failing('rate_limited', 'slow down'),
    });

    await expect(count()).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('is not given when there are more than 20 pages', async () => {
    const script = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [
        at === 0 ? `${listUrl}?n=1000` : `${listUrl}?last=v${at - 1}`,
        page([`v${at}`], `</v2/x?last=v${at}>; rel="next"`),
      ]),
    );
    const { count, http } = counting(script);

    await expect(count()).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringContaining('more than 20 pages') });
    expect(http.requests).toHaveLength(21);
  });

  it('is not looked for again on the same day when there are more than 20 pages', async () => {
    const endless = Object.fromEntries(
      Array.from({ length: 21 }, (_, at) => [
        at === 0 ? `${listUrl}?n=1000` : `${listUrl}?last=v${at - 1}`,
        page([`v${at}`], `</v2/x?last=v${at}>; rel="next"`),
      ]),
    );
    const { count, http, wait } = counting(endless);
    await expect(count()).rejects.toThrow('more than 20 pages');
    wait(23 * 3_600_000);

    await expect(count()).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringContaining('more than 20 pages') });
    expect(http.requests).toHaveLength(21);

    wait(3_600_000);
    await expect(count()).rejects.toThrow('more than 20 pages');
    expect(http.requests).toHaveLength(42);
  });
});
