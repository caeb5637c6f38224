import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPages, registryStatus, type PagesOptions } from '../../../test/support/pages.ts';
import { addDays } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import { pageHeaders } from '../../http/headers.ts';
import { pageEndpoints } from './index.ts';

function read(repo: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

const readings = [read('acme/app', '2026-03-12', 40), read('acme/app', '2026-03-13', 50), read('acme/app', '2026-03-14', 55)];

interface PageAnswer {
  readonly kind: 'page' | 'data';
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** Asked under https://stats.example. */
async function ask(address: string, options: PagesOptions = { readings }): Promise<PageAnswer> {
  const { fetch } = await createPages(options);
  const answer = await fetch(address, { headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'stats.example' } });
  const kind = answer.headers.get('cache-control') === pageHeaders['Cache-Control'] ? 'page' : 'data';
  return { kind, status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const nothing = { kind: 'data', status: 404, type: 'application/json', text: expect.stringContaining('this address does not exist') };

function countRows({ text }: PageAnswer): number {
  return [...text.matchAll(/<tr role="row" data-key=/g)].length;
}

async function headlineOf(options: PagesOptions, address = '/images/acme/charts/app'): Promise<string> {
  const { text } = await ask(address, options);
  const [headline = ''] = /<p class="headline"[\s\S]*?<\/p>/.exec(text) ?? [];
  return headline
    .replaceAll(/<a href="([^"]+)"[^>]*>/g, '[$1] ')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

describe('the pages', () => {
  it('are the files of this folder', async () => {
    const files = (await readdir(import.meta.dirname)).filter((name) => name !== 'index.ts' && !name.endsWith('.test.ts'));

    expect(files.toSorted()).toEqual([
      'assets.ts',
      'chart-json.ts',
      'chart-svg.ts',
      'events.ts',
      'icons.ts',
      'image.ts',
      'overview.ts',
      'revision.ts',
      'status.ts',
      'tags-svg.ts',
      'tags.ts',
    ]);
    expect(pageEndpoints).toHaveLength(files.length);
  });

  it('has pages, and nothing elsewhere', async () => {
    expect(await ask('/')).toMatchObject({ kind: 'page', status: 200, type: 'text/html; charset=utf-8' });
    expect(await ask('/status')).toMatchObject({ kind: 'page', status: 200 });
    expect(await ask('/images/Acme/App')).toMatchObject({ kind: 'page', status: 200, text: expect.stringContaining('<h1>acme/app</h1>') });
    expect(await ask('/elsewhere')).toEqual(nothing);
    expect(await ask('/images')).toEqual(nothing);
  });

  it.each([
    ['/images/acme/none', 404, 'acme/none is not tracked. Check the spelling, or add it to the configuration'],
    ['/images/%ff', 404, 'this address does not exist'],
    ['/?kind=hourly', 400, '&quot;kind&quot; is &quot;hourly&quot;: valid are total, daily, average, weekly, monthly'],
    ['/images/acme/app?style=round', 400, 'valid are flat, flat-square'],
  ])('answers %s with a page that says what is right', async (address, status, text) => {
    expect(await ask(address)).toMatchObject({ kind: 'page', status, text: expect.stringContaining(text) });
  });

  it("lists that a registry did not update its counters on the pages of the owner's images, and on no others", async () => {
    const frozen = Array.from({ length: 60 }, (_, at) => addDays('2026-01-10', at)).flatMap((day, at) => [
      read('acme/app', day, 10_000 + 500 * (at === 50 ? 49 : at), { registry: 'dockerhub' }),
      read('acme/tool', day, 3, { registry: 'dockerhub' }),
      read('other/app', day, 500 * at, { registry: 'dockerhub' }),
      read('acme/mirror', day, 500 * at),
    ]);
    const expected = 'counter not updated on 2026-03-01; the value of 2026-03-02 covers 2 days';
    for (const [repo, isListed] of [
      ['acme/app', true],
      ['acme/tool', true],
      ['other/app', false],
      ['acme/mirror', false],
    ] as const) {
      for (const address of [`/images/${repo}`, `/events?repo=${repo}`]) {
        const { text } = await ask(address, { readings: frozen });
        expect([address, text.includes(expected)]).toEqual([address, isListed]);
      }
    }
  });

  it('of an image that its registry no longer has says since when, in place of when it reaches a milestone', async () => {
    const days = Array.from({ length: 30 }, (_, at) => addDays('2026-01-20', at));
    const [gone, other] = ['acme/gone', 'acme/half'];
    const deleted = days.flatMap((day, at) => [
      read(gone, day, 100 + at),
      read(other, day, 100 + at),
      read(other, addDays(day, 24), 500 + at, { registry: 'dockerhub' }),
    ]);
    const time = '2026-02-19T10:00:00Z';
    const events = [gone, other].map((repo) => ({ time, seenAt: time, registry: 'ghcr', repo, kind: 'image_gone' }) as const);
    const ended = 'No longer in the registry since 2026-02-19';
    const page = await ask(`/images/${gone}`, { readings: deleted, events });
    const empty = await ask(`/images/${gone}?range=7d`, { readings: deleted, events });
    const half = await ask(`/images/${other}`, { readings: deleted, events });

    expect(page.text).toContain(`<p class="note">${ended}</p>`);
    expect(page.text).toMatch(/GitHub Container Registry\s*<span class="flag bad">deleted<\/span>/);
    expect(await headlineOf({ readings: deleted, events }, `/images/${gone}`)).toMatch(
      /^129 pulls · no longer in the registry since 2026-02-19/,
    );
    expect(empty.text).toContain(`No data in this range. ${ended}.`);
    expect(half.text).toContain('<p class="note">No longer in the registry: GitHub Container Registry since 2026-02-19</p>');
    expect(await headlineOf({ readings: deleted, events }, `/images/${other}`)).toContain('next milestone');
  });

  it('marks the images that the last run found deleted in place of calling them stale', async () => {
    const old = [read('acme/app', '2026-03-12', 5), read('acme/tool', '2026-03-12', 5)];
    const registries = [registryStatus('ghcr', 'GHCR', { deleted: ['acme/app'] })];
    const { text } = await ask('/', { readings: old, status: { registries } });
    const flags = Array.from(text.matchAll(/data-key="(acme[^"]*)"[\s\S]*?class="flag bad"[^>]*>([^<]*)/g), ([, repo, flag]) => [
      repo,
      flag,
    ]);

    expect(flags).toEqual([
      ['acme/app', 'deleted'],
      ['acme/tool', 'stale'],
    ]);
  });

  it('has the first hundred images, and all of them for whoever prints', async () => {
    const many = Array.from({ length: 120 }, (_, at) => read(`acme/app-${at}`, '2026-03-14', at));
    const first = await ask('/', { readings: many });
    const [, all = ''] = /<a href="([^"]+)" data-view>Show all<\/a>/.exec(first.text) ?? [];

    expect([countRows(first), all]).toEqual([100, '/?rows=all']);
    expect(countRows(await ask(all, { readings: many }))).toBe(120);
  });

  it('shows a freeze over midnight in the chart of the image and in that of all', async () => {
    const totals = [1_000, 1_900, 2_500, 3_700, 4_600];
    const hub = totals.map((total, at) => read('acme/app', addDays('2026-03-10', at), total, { registry: 'dockerhub' }));
    const events = (
      [
        ['counters_stopped', '2026-03-12T20:10:00.000Z'],
        ['counters_resumed', '2026-03-13T06:10:00.000Z'],
      ] as const
    ).map(([kind, time]) => ({ time, seenAt: time, registry: 'dockerhub', kind, detail: 'acme' }));
    for (const address of ['/', '/images/acme/app']) {
      const options = { readings: [...hub, ...readings.map((each) => ({ ...each, repo: 'b/app' }))], events };
      const { text } = await ask(`${address}?kind=daily&from=2026-03-10&to=2026-03-14`, options);
      expect([address, text]).toEqual([address, expect.stringContaining('counter not updated by the registry')]);
      expect([address, text]).toEqual([address, expect.stringContaining('covers 2 days')]);
    }
  });

  it('says by how much totals are inconsistent, and since when', async () => {
    const doubts = [
      { repo: 'acme/app', doubt: 'inconsistent', by: -510, since: '2026-03-10T13:00:00.000Z' },
      { repo: 'acme/b', doubt: 'frozen' },
    ] as const;
    const { text } = await ask('/status', { readings, status: { registries: [registryStatus('ghcr', 'GHCR', { doubts })] } });

    expect(text).toContain('Inconsistent totals: acme/app (inconsistent: −510 since 2026-03-10 13:00 UTC), acme/b (frozen)');
  });

  it('shows events by kind, registry, image and days, the newest first, with the feed of the same', async () => {
    const tags: [string, string][] = [
      ['2026-03-10', '1.0'],
      ['2026-03-12', '2.0 <b>'],
    ];
    const events = tags.map(([day, detail]) => {
      const time = `${day}T08:30:00.000Z`;
      return { time, seenAt: time, registry: 'ghcr', repo: 'acme/app', kind: 'tag_pushed', detail } as const;
    });
    const all = await ask('/events', { readings, events });
    const words = all.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

    expect(words).toMatch(
      /3 events .*2026-03-12 08:30 Tag pushed acme\/app GitHub Container Registry pushed 2.0 &lt;b&gt; .*2026-03-12 First seen .*2026-03-10 08:30/,
    );
    expect(all.text).toContain('<link rel="alternate" type="application/atom+xml" title="registry-stats events" href="/feed.atom" />');
    const some = await ask('/events?kind=tag_pushed&repo=Acme/App&to=2026-03-11', { readings, events });
    expect(some.text).toContain('href="/feed.atom?kind=tag_pushed&amp;repo=acme%2Fapp&amp;to=2026-03-11"');
    expect(some.text).toContain('1 event\n');
    expect(some.text).toContain('<option value="tag_pushed" selected>');
    expect((await ask('/events?kind=milestone', { readings, events })).text).toContain('No events match these filters.');
    expect(await ask('/events?kind=party')).toMatchObject({
      kind: 'page',
      status: 400,
      text: expect.stringContaining('valid are first_seen'),
    });
  });

  it('shows older events on pages of their own', async () => {
    const events = Array.from({ length: 150 }, (_, at) => {
      const time = new Date(Date.parse('2026-03-01T00:30:00Z') + at * 3_600_000).toISOString();
      return { time, seenAt: time, registry: 'ghcr', repo: 'acme/app', kind: 'tag_pushed', detail: `1.${at}` } as const;
    });
    const first = await ask('/events?kind=tag_pushed', { readings, events });
    const [, older = ''] = /<a href="([^"]+)" rel="next"/.exec(first.text) ?? [];
    const second = await ask(older.replaceAll('&amp;', '&'), { readings, events });

    expect([first.text, second.text].map((text) => [...text.matchAll(/pushed 1\.(\d+)</g)].map(([, number]) => Number(number)))).toEqual([
      Array.from({ length: 100 }, (_, at) => 149 - at),
      Array.from({ length: 50 }, (_, at) => 49 - at),
    ]);
    expect(second.text).not.toContain('rel="next"');
    expect(second.text).toContain('<a href="/events?kind=tag_pushed" data-view>Newest</a>');
  });

  it('begins the page of an image with its total, its pages, and its next milestone', async () => {
    const days = [
      read('acme/charts%2Fapp', '2026-03-05', 940),
      read('acme/charts%2Fapp', '2026-03-13', 960),
      read('acme/charts%2Fapp', '2026-03-13', 20, { registry: 'dockerhub' }),
    ];

    expect(await headlineOf({ readings: days })).toBe(
      '980 pulls on 2 registries · next milestone 1,000, around 2026-03-22 at the pace of the last 8 days On [https://github.test/acme/charts%2Fapp] GitHub Container Registry',
    );
    expect(await headlineOf({ readings: days.slice(2) })).toBe('20 pulls · next milestone 1,000, too early to say when');
    expect(await headlineOf({ configured: [{ registry: 'dockerhub', repo: 'acme/new' }] }, '/images/acme/new')).toBe('— pulls');
  });

  it('says where history begins, where the range goes further back', async () => {
    expect((await ask('/images/acme/app?range=7d')).text).toContain('7 days: 2026-03-12 to 2026-03-14 · history begins 2026-03-12');
    expect((await ask('/images/acme/app?range=custom&from=2026-03-13')).text).not.toContain('history begins');
    expect((await ask('/?range=ytd')).text).toContain('Year to date: 2026-03-12 to 2026-03-14 · history begins 2026-03-12');
  });

  it('refuses a chart that cannot be as the API does', async () => {
    const { status, text } = await ask('/data/chart.json?kind=hourly');

    expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: 'invalid_input' } }]);
  });

  it('never lets a name, a tag or an entry become markup', async () => {
    const evil = `<img src=x onerror="alert('1')">`;
    const tags = [{ name: evil, platforms: [{ architecture: evil, os: 'linux' }], digest: evil }];
    const configProblems = [{ variable: 'GHCR_REPOS', entry: evil, reason: evil }];
    const options = { readings: [read(`acme/${evil}`, '2026-03-14', 5, { tags })], configProblems, howToConfigure: evil };
    const addresses = [
      '/',
      `/?q=${encodeURIComponent(evil)}`,
      '/status',
      `/images/acme/${encodeURIComponent(evil)}?label=${encodeURIComponent(evil)}`,
    ];

    for (const address of addresses) {
      const answer = await ask(address, options);
      expect(answer.text).toContain('&lt;img src=x');
      expect(answer.text).not.toContain('<img src=x');
    }
  });

  it('has no scripts and styles in its pages, only files', async () => {
    for (const address of ['/', '/events', '/status', '/images/acme/app']) {
      const text = (await ask(address)).text;
      expect(text).not.toMatch(/<style|\sstyle=|<script(?! src=| type="application\/json")|\son\w+=/);
      // Only a person follows a link.
      expect(text.replaceAll(/<a [^>]+>/g, '')).not.toMatch(/(src|href)="(https?:)?\/\//);
    }
  });

  it('gives a chart its releases where it is of one image', async () => {
    const tags = [
      { name: '1.0', lastUpdated: '2026-03-13T08:00:00Z' },
      { name: 'latest', lastUpdated: '2026-03-13T09:00:00Z' },
      { name: 'old' },
    ];
    const tagged = [...readings, read('acme/app', '2026-03-14', 55, { tags })];

    const one = await ask('/data/chart.json?repo=acme/app&kind=total', { readings: tagged });
    const all = await ask('/data/chart.json', { readings: tagged });

    expect(JSON.parse(one.text)).toEqual({
      kind: 'total',
      look: 'lines',
      scale: 'linear',
      unit: 'pulls',
      partial: { last: 'in progress' },
      days: ['2026-03-12', '2026-03-13', '2026-03-14'],
      lines: [{ label: 'Pulls', values: [40, 50, 55] }],
      remarks: {},
      releases: [{ day: '2026-03-13', tags: ['latest', '1.0'] }],
    });
    expect(JSON.parse(all.text)).not.toHaveProperty('releases');
  });

  it('puts releases under the week or month that shows them, and leaves out what is pushed beside an image', async () => {
    const tags = [
      { name: '1.0', lastUpdated: '2026-03-13T08:00:00Z' },
      { name: '0.9', lastUpdated: '2026-03-10T08:00:00Z' },
      { name: '0.8', lastUpdated: '2026-03-08T23:59:59Z' },
      { name: `sha256-${'a'.repeat(64)}.sig`, lastUpdated: '2026-03-13T08:01:00Z' },
    ];
    const tagged = [...readings, read('acme/app', '2026-03-14', 55, { tags })];
    const releases = async (kind: string): Promise<unknown> => {
      const { text } = await ask(`/data/chart.json?repo=acme/app&kind=${kind}`, { readings: tagged });
      return JSON.parse(text).releases;
    };

    expect(await releases('daily')).toEqual([
      { day: '2026-03-08', tags: ['0.8'] },
      { day: '2026-03-10', tags: ['0.9'] },
      { day: '2026-03-13', tags: ['1.0'] },
    ]);
    expect(await releases('weekly')).toEqual([
      { day: '2026-03-02', tags: ['0.8'] },
      { day: '2026-03-09', tags: ['1.0', '0.9'] },
    ]);
    expect(await releases('monthly')).toEqual([{ day: '2026-03-01', tags: ['1.0', '0.9', '0.8'] }]);
  });

  it('draws the chart of a view for those without JavaScript', async () => {
    const light = await ask('/data/chart.svg?kind=total');
    const dark = await ask('/data/chart.svg?kind=total&theme=dark');

    expect(light).toMatchObject({ kind: 'data', type: 'image/svg+xml', text: expect.stringContaining('<title>Cumulative pulls</title>') });
    expect(dark.text).not.toBe(light.text);
  });

  it('keeps what an address says beside a form', async () => {
    const answer = await ask('/images/acme/app?kind=weekly&range=all&style=plastic&label=x');

    expect(answer.text).toContain('data-url="/images/acme/app?range=all&amp;kind=weekly&amp;style=plastic&amp;label=x"');
    expect(answer.text).toContain('<input type="hidden" name="style" value="plastic" />');
    expect(answer.text).toContain('<input type="hidden" name="kind" value="weekly" />');
  });

  it('writes snippets with the address under which it is reached', async () => {
    const answer = await ask('/images/acme/app', { readings, basePath: '/stats' });

    expect(answer.text).toContain(
      '[![pulls of acme/app](https://stats.example/stats/badge/all/acme/app.svg)](https://stats.example/stats/images/acme/app)',
    );
  });

  it('shows an image that is no longer tracked as long as its history is there', async () => {
    const old = [read('acme/old', '2026-01-01', 5), ...readings];

    expect(await ask('/images/acme/old', { readings: old })).toMatchObject({ status: 200 });
    expect((await ask('/', { readings: old })).text).not.toContain('acme/old');
  });
});
