import { describe, expect, it } from 'vitest';
import { parse } from 'parse5';
import { read, setUp } from '../../test/support/api.ts';
import type { RecordedEvent } from '../core/model/event.ts';

const pushed: RecordedEvent = {
  time: '2026-03-03T09:00:00Z',
  seenAt: '2026-03-03T10:00:00.000Z',
  registry: 'ghcr',
  repo: 'acme/app',
  kind: 'tag_pushed',
  detail: `1.0 <b>&"'\u0007`,
};
const dark: RecordedEvent = { time: '2026-03-02T09:00:00Z', seenAt: '2026-03-02T10:00:00.000Z', registry: 'ghcr', kind: 'registry_dark' };
const readings = [
  read('ghcr', 'acme/app', '2026-03-01', 900),
  read('ghcr', 'acme/app', '2026-03-03', 1_300),
  read('dockerhub', 'acme/charts%2Ftool', '2026-03-03', 7),
];

async function feed(address = '/feed.atom', headers: Record<string, string> = {}) {
  const { store, fetch } = await setUp(readings, { basePath: '/stats' });
  await store.save([], [pushed, dark]);
  const answer = await fetch(address, { headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'stats.example', ...headers } });
  return { answer, text: await answer.text() };
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

async function ids(address: string, headers?: Record<string, string>): Promise<string[]> {
  return all((await feed(address, headers)).text, /<id>(urn:[^<]+)/g);
}

describe('the feed', () => {
  it('has what RFC 4287 demands of a feed and of each entry, once', async () => {
    const { answer, text } = await feed();

    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/atom+xml; charset=utf-8']);
    const [head = '', ...entries] = text.split('<entry>');
    expect(entries).toHaveLength(5);
    for (const element of ['id', 'title', 'updated', 'author', 'generator'])
      expect(all(head, new RegExp(`<(${element})[ >]`, 'g'))).toHaveLength(1);
    for (const entry of entries) {
      for (const element of ['id', 'title', 'updated', 'content', 'category'])
        expect(all(entry, new RegExp(`<(${element})[ >]`, 'g'))).toHaveLength(1);
      expect(entry).toMatch(/<id>urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}<\/id>/);
      expect(entry).toMatch(/<updated>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z<\/updated>/);
    }
    expect(all(text, /<updated>([^<]+)/g)[0]).toBe('2026-03-03T09:00:00.000Z');
  });

  it('links to where it was asked, with the prefix of the proxy', async () => {
    const { text } = await feed('/stats/feed.atom?registry=ghcr');

    expect(text).toContain('<link rel="self" type="application/atom+xml" href="https://stats.example/stats/feed.atom?registry=ghcr"/>');
    expect(text).toContain('<link rel="alternate" type="text/html" href="https://stats.example/stats/events?registry=ghcr"/>');
    expect(text).toContain('href="https://stats.example/stats/images/acme/app"');
    expect((await feed('/feed.atom', { 'X-Forwarded-Host': 'other.example' })).text).toContain(
      'https://other.example/stats/images/acme/charts/tool',
    );
  });

  it('escapes texts, and leaves out what no XML document may hold', async () => {
    const { text } = await feed('/feed.atom?kind=tag_pushed');

    expect(text).toContain("pushed 1.0 &lt;b&gt;&amp;&quot;'�</title>");
    expect(text).not.toContain('\u0007');
    expect(JSON.stringify(parse(text), (key, value: unknown) => (key === 'parentNode' ? undefined : value))).not.toContain('"tagName":"b"');
  });

  it('keeps the ids of its entries, whatever the filter, the address and what happens later', async () => {
    const every = await ids('/feed.atom');

    expect(new Set(every).size).toBe(5);
    expect(every).toEqual(
      expect.arrayContaining(await ids('/feed.atom?kind=milestone,tag_pushed', { 'X-Forwarded-Host': 'other.example' })),
    );
  });

  it('takes the filters of the events, and refuses what they refuse', async () => {
    const kinds = async (query: string): Promise<string[]> => all((await feed(`/feed.atom?${query}`)).text, /<category term="([^"]+)/g);

    expect(await kinds('kind=tag_pushed,milestone')).toEqual(['tag_pushed', 'milestone']);
    expect(await kinds('repo=acme/charts/tool')).toEqual(['first_seen']);
    expect(await kinds('to=2026-03-02')).toEqual(['registry_dark', 'first_seen']);
    const refused = await feed('/feed.atom?kind=party');
    expect(refused.answer.status).toBe(400);
    expect(refused.text).toContain('valid are first_seen, counter_went_down');
  });
});

describe('pages of rows', () => {
  it.each(['/api/events', '/api/images', '/api/tags'])('%s gives the same rows in pages as at once', async (path) => {
    const tags = [
      { name: '1.0', lastUpdated: '2026-03-01T00:00:00Z' },
      { name: 'a' },
      { name: 'b' },
      { name: '2.0', lastUpdated: '2026-03-02T00:00:00Z' },
    ];
    const { store, fetch, json } = await setUp([...readings, read('ghcr', 'acme/app', '2026-03-04', 1_310, { tags, tagCount: 4 })]);
    await store.save([], [pushed, dark]);
    const rows: unknown[] = [];
    let query: string | undefined = '?limit=1&registry=ghcr,dockerhub';
    for (let pages = 0; query !== undefined; pages += 1) {
      expect(pages).toBeLessThan(20);
      const answer = await fetch(path + query);
      const page: unknown = await answer.json();
      rows.push(...(Array.isArray(page) ? page : []));
      [, query] = /^<(\?.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? [];
    }

    expect(rows.length).toBeGreaterThan(1);
    expect(rows).toEqual(await json(path));
  });

  it.each(['/api/events', '/api/images', '/api/tags'])('%s refuses a cursor that is none', async (path) => {
    const { fetch } = await setUp();
    const answer = await fetch(`${path}?limit=2&cursor=abc`);

    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: { code: 'invalid_input', message: expect.stringContaining('take the address of the next page from the Link header') } },
    ]);
  });
});
