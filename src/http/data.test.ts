import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { example, read, setUp } from '../../test/support/api.ts';
import type { Reading } from '../core/model/reading.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import { endpoints } from './endpoints/index.ts';
import generated from './openapi.json' with { type: 'json' };
import { openApiDocument, openApiPath } from './openapi.ts';
import type { Json } from './schema.ts';

const history = [
  read('ghcr', 'acme/app', '2026-02-28', 40, { mark: 'backfilled' }),
  ...example,
  read('ghcr', 'acme/app', '2026-03-04', 50, { mark: 'inconsistent', lastUpdated: '2026-03-01T08:00:00Z' }),
];

describe('/api/pulls/weekly and /api/pulls/monthly', () => {
  it('give whole periods under their first day', async () => {
    const { json } = await setUp();

    expect(await json('/api/pulls/weekly?from=2026-03-03')).toEqual([
      { timestamp: '2026-03-02T00:00:00Z', repo: 'acme/app', weekly_pulls: 15 },
      { timestamp: '2026-03-02T00:00:00Z', repo: 'acme/tool', weekly_pulls: 0 },
    ]);
    expect(await json('/api/pulls/monthly?repo=acme/app&to=2026-03-01')).toEqual([
      { timestamp: '2026-03-01T00:00:00Z', repo: 'acme/app', monthly_pulls: 15 },
    ]);
  });
});

describe('split=registry', () => {
  it('gives one row a registry, with its name', async () => {
    const { json } = await setUp();

    expect(await json('/api/pulls/daily?split=registry&from=2026-03-03')).toEqual([
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/app', registry: 'dockerhub', daily_pulls: 6 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/app', registry: 'ghcr', daily_pulls: 5 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/tool', registry: 'dockerhub', daily_pulls: 0 },
    ]);
    expect(await json('/api/pulls?split=registry&to=2026-03-01&registry=ghcr')).toEqual([
      { timestamp: '2026-03-01T00:00:00Z', repo: 'acme/app', registry: 'ghcr', pull_count: 50 },
    ]);
    expect(await json('/api/pulls?split=&to=2026-03-01')).toEqual([
      { timestamp: '2026-03-01T00:00:00Z', repo: 'acme/app', pull_count: 150 },
    ]);
  });
});

function reading(registry: string, day: string, pullCount: number): Reading {
  return { registry, repo: 'acme/app', pullCount, readAt: `${day}T10:00:00.000Z` };
}

describe('details=true', () => {
  const gap: readonly Reading[] = [
    ...[
      ['2026-03-01', 100],
      ['2026-03-02', 110],
      ['2026-03-05', 140],
    ].map(([day, pullCount]) => reading('dockerhub', String(day), Number(pullCount))),
    ...[1, 2, 3, 4, 5].map((day) => ({
      ...reading('ghcr', `2026-03-0${day}`, 50 + 2 * day),
      mark: day === 2 ? ('backfilled' as const) : undefined,
    })),
  ];

  it('adds how many days a value covers, and how it is known', async () => {
    const { json } = await setUp(gap);

    expect(await json('/api/pulls/daily?split=registry&details=true&from=2026-03-02&to=2026-03-05&registry=dockerhub')).toEqual([
      { timestamp: '2026-03-02T00:00:00Z', repo: 'acme/app', registry: 'dockerhub', daily_pulls: 10, days: 1, days_pulls: 0, mark: 'read' },
      {
        timestamp: '2026-03-05T00:00:00Z',
        repo: 'acme/app',
        registry: 'dockerhub',
        daily_pulls: 30,
        days: 3,
        days_pulls: 30,
        mark: 'read',
      },
    ]);
  });

  it('says of a sum how much of it covers several days', async () => {
    const { fetch } = await setUp(gap);

    const file = await fetch('/api/pulls/daily?details=true&format=csv&from=2026-03-02');

    expect((await file.text()).trimEnd().split('\r\n')).toEqual([
      'timestamp,repo,daily_pulls,days,days_pulls,mark',
      '2026-03-02T00:00:00Z,acme/app,12,1,0,backfilled',
      '2026-03-03T00:00:00Z,acme/app,2,1,0,read',
      '2026-03-04T00:00:00Z,acme/app,2,1,0,read',
      '2026-03-05T00:00:00Z,acme/app,32,3,30,read',
    ]);
  });

  it('changes no other answer', async () => {
    const { fetch } = await setUp(gap);
    const text = async (path: string) => (await fetch(path)).text();

    expect(await text('/api/pulls/daily?details=')).toBe(await text('/api/pulls/daily'));
    expect(await text('/api/pulls/daily')).toContain('{"timestamp":"2026-03-05T00:00:00Z","repo":"acme/app","daily_pulls":32}');
    expect(await text('/api/pulls?details=true')).toBe(await text('/api/pulls'));
  });
});

describe('format=csv', () => {
  it('gives the rows as a file to save', async () => {
    const { fetch } = await setUp();

    const file = await fetch('/api/pulls/weekly?format=csv&repo=acme/app');

    expect(await file.text()).toBe(
      'timestamp,repo,weekly_pulls\r\n2026-02-23T00:00:00Z,acme/app,0\r\n2026-03-02T00:00:00Z,acme/app,15\r\n',
    );
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="pulls-weekly.csv"');
  });

  it.each(['/api/summary', '/api/images', '/api/events', '/api/pulls', '/api/pulls/daily', '/api/pulls/monthly'])(
    'of %s has as many lines as the JSON has rows, and the same columns',
    async (path) => {
      const { fetch, json } = await setUp(history);
      const rows = z.array(z.record(z.string(), z.unknown())).parse(await json(path));

      const lines = (await (await fetch(`${path}?format=csv`)).text()).trimEnd().split('\r\n');

      expect(rows.length).toBeGreaterThan(0);
      expect(lines).toHaveLength(rows.length + 1);
      expect(lines[0]).toBe(Object.keys(rows[0] ?? {}).join(','));
    },
  );

  it.each([
    ['/api/pulls?format=xml', '"format" is "xml": valid are json, csv'],
    ['/api/pulls?split=repo', '"split" is "repo": valid is registry'],
  ])('%s is refused', async (path, message) => {
    const { fetch } = await setUp();

    const answer = await fetch(path);

    expect([answer.status, await answer.json()]).toEqual([400, { error: { code: 'invalid_input', message } }]);
  });
});

describe('/api/images', () => {
  it('tells what is known of each image in each registry', async () => {
    const { json } = await setUp(history);

    expect(await json('/api/images?repo=acme/app')).toEqual([
      {
        registry: 'dockerhub',
        name: 'acme/app',
        pull_count: 110,
        tag_count: 5,
        pulls_1d: 6,
        pulls_7d: 10,
        pulls_30d: 10,
        change_1d: 2,
        change_7d: null,
        change_30d: null,
        last_updated: null,
        first_seen: '2026-03-01',
        history_since: '2026-03-01',
        backfilled_days: 0,
        imported_days: 0,
        last_read: '2026-03-03T10:00:00.000Z',
        stale: false,
        doubt: null,
        total_since: null,
        unit: 'pulls',
      },
      {
        registry: 'ghcr',
        name: 'acme/app',
        pull_count: 50,
        tag_count: null,
        pulls_1d: 5,
        pulls_7d: 15,
        pulls_30d: 15,
        change_1d: null,
        change_7d: null,
        change_30d: null,
        last_updated: '2026-03-01T08:00:00Z',
        first_seen: '2026-03-01',
        history_since: '2026-02-28',
        backfilled_days: 1,
        imported_days: 0,
        last_read: '2026-03-04T10:00:00.000Z',
        stale: false,
        doubt: 'inconsistent',
        total_since: null,
        unit: 'downloads',
      },
    ]);
  });

  it('says which were not read for long', async () => {
    const { json } = await setUp([read('ghcr', 'acme/old', '2026-03-01', 9), ...example]);
    const rows = z.array(z.object({ name: z.string(), stale: z.boolean() })).parse(await json('/api/images'));

    expect(rows.filter(({ stale }) => stale).map(({ name }) => name)).toEqual(['acme/old']);
  });

  it('names those of the configuration before anything was read, with nothing invented', async () => {
    const configured = [
      { registry: 'ghcr', repo: 'acme/app' },
      { registry: 'dockerhub', repo: 'acme/app' },
    ];
    const { json } = await setUp([], { configured });

    expect(await json('/api/images')).toMatchObject([
      { registry: 'dockerhub', name: 'acme/app', pull_count: null, pulls_7d: null, last_read: null, stale: true, first_seen: null },
      { registry: 'ghcr', name: 'acme/app', pull_count: null },
    ]);
    expect(await json('/api/images?registry=ghcr&repo=acme/app,x/y')).toHaveLength(1);
    expect(await json('/api/images?repo=x/y')).toEqual([]);
  });

  it('leaves out what has not been read for more than seven days, unless the configuration names it', async () => {
    const readings = [read('ghcr', 'acme/gone', '2026-02-20', 9), read('ghcr', 'acme/named', '2026-02-20', 7), ...example];
    const { json } = await setUp(readings, { configured: [{ registry: 'ghcr', repo: 'acme/named' }] });

    expect(await json('/api/images?registry=ghcr')).toMatchObject([
      { name: 'acme/app' },
      { name: 'acme/named', pull_count: 7, stale: true },
    ]);
  });
});

describe('/api/events', () => {
  it('tells what happened, with a text that stands alone', async () => {
    const { json } = await setUp(history);

    expect(await json('/api/events?registry=ghcr&from=2026-03-02')).toEqual([
      {
        time: '2026-03-04T00:00:00Z',
        registry: 'ghcr',
        repo: 'acme/app',
        kind: 'counter_went_down',
        text: 'acme/app (ghcr): counter decreased from 55 to 50',
      },
      {
        time: '2026-03-04T00:00:00Z',
        registry: 'ghcr',
        repo: 'acme/app',
        kind: 'inconsistent',
        text: 'acme/app (ghcr): total inconsistent with the published daily counts',
      },
    ]);
    expect(await json('/api/events?to=2026-02-28')).toEqual([]);
  });
});

describe('the description of the API', () => {
  it('is served as it was generated, with the base path', async () => {
    const { json } = await setUp([], { basePath: '/stats' });

    expect(await json('/api/openapi.json')).toEqual({ ...generated, servers: [{ url: '/stats' }] });
  });

  it.each(addresses)('holds for %s', async (address) => {
    const { fetch } = await setUp(history, { configured: [{ registry: 'ghcr', repo: 'acme/new' }] });
    const described = endpoints.find(({ path }) => path === address.split('?')[0])?.responses?.[200]?.content?.['application/json'];

    const answer = await fetch(address);

    expect(answer.status).toBe(200);
    expect(validator(described).safeParse(await answer.json())).toMatchObject({ success: true });
  });

  it('has addresses that are all answered', async () => {
    const { fetch } = await setUp(history);

    for (const { path } of endpoints) {
      const address = openApiPath(path).replace('{registry}', 'all').replace('{file}', 'acme/app.svg');
      expect([path, (await fetch(address)).status]).toEqual([path, 200]);
    }
  });

  it('names every field of the rows and no other', async () => {
    const { json } = await setUp(history);
    const rows = z.array(z.record(z.string(), z.unknown())).parse(await json('/api/images'));
    const document = z
      .object({ components: z.object({ schemas: z.object({ Image: z.object({ properties: z.record(z.string(), z.unknown()) }) }) }) })
      .parse(openApiDocument(endpoints));

    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(document.components.schemas.Image.properties));
  });
});

/** Addresses whose answer is JSON. */
const addresses = [
  ...endpoints.map(({ path }) => path).filter((path) => path.startsWith('/api/')),
  ...['daily', 'weekly', 'monthly'].map((kind) => `/api/pulls/${kind}?split=registry`),
];

/** The schema as a check; it refuses fields that the schema does not name, unless it says that there may be others. */
function validator(schema: Json | undefined): z.ZodType {
  return schema ? z.fromJSONSchema(JSON.parse(JSON.stringify(strict(schema)))) : z.never();
}

function strict({ items, properties, ...schema }: Json): Json {
  const fields = properties && Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, strict(field)]));
  return {
    additionalProperties: { not: {} },
    ...schema,
    ...(items ? { items: strict(items) } : {}),
    ...(fields ? { properties: fields } : {}),
  };
}

describe('an answer that was given', () => {
  it('is given to the next who asks the same, until something is stored', async () => {
    const { fetch, builds, store } = await setUpCounted();
    const first = await fetch('/api/pulls?repo=acme/app');

    const second = await fetch('/api/pulls?repo=acme/app');
    expect([builds(), await second.text()]).toEqual([1, await first.text()]);
    expect([second.headers.get('cache-control'), second.headers.get('x-content-type-options')]).toEqual(['public, max-age=60', 'nosniff']);

    await store.save([read('ghcr', 'acme/app', '2026-03-04', 60)]);
    await fetch('/api/pulls?repo=acme/app');
    expect(builds()).toBe(2);
  });

  it.each([
    ['repo=acme/app,acme/tool&registry=ghcr', 'registry=ghcr&repo=acme/tool&repo=Acme/App'],
    ['repo={acme/tool,acme/app}&registry=GHCR', 'registry={ghcr}&repo=acme/app,acme/tool,acme/app'],
    ['', 'unknown=1&_=1234&repo=$__all&registry=*&format=JSON&split='],
    ['from=2026-03-02', 'from=2026-03-02T18:00:00Z&to='],
  ])('is given to who asks the same in other words: "%s" and "%s"', async (one, other) => {
    const { fetch, builds } = await setUpCounted();

    const answers = [await fetch(`/api/pulls?${one}`), await fetch(`/api/pulls?${other}`), await fetch(`//api/pulls?${one}`)];

    expect(builds()).toBe(1);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });

  it.each(['registry=ghcr', 'repo=acme/app', 'from=2026-03-02', 'to=2026-03-02', 'split=registry', 'format=csv'])(
    'is not given to who asks for something else: %s',
    async (query) => {
      const { fetch, builds } = await setUpCounted();

      const answers = [await fetch('/api/pulls'), await fetch(`/api/pulls?${query}`)];

      expect(builds()).toBe(2);
      expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(2);
    },
  );

  it('is made anew where it tells the moment, or is an error', async () => {
    let told = 0;
    const { fetch } = await setUp(example, {
      status: () => {
        told += 1;
        return { health: { healthy: true, reason: '' }, registries: [] };
      },
    });

    for (const path of ['/api/health', '/api/status', '/api/health', '/api/status']) await fetch(path);
    expect(told).toBe(4);

    for (const path of ['/api/pulls?from=x', '/nothing']) {
      const [first, second] = [await fetch(path), await fetch(path)];
      expect([first.headers.get('etag'), second.headers.get('etag'), second.headers.get('cache-control')]).toEqual([
        null,
        null,
        'no-store',
      ]);
    }
  });

  it('has a tag by which it need not be sent again', async () => {
    const { fetch } = await setUp();
    const etag = (await fetch('/api/pulls')).headers.get('etag') ?? '';

    const same = await fetch('/api/pulls', { headers: { 'If-None-Match': etag } });

    expect([same.status, await same.text(), same.headers.get('content-security-policy')]).toEqual([
      304,
      '',
      "default-src 'none'; frame-ancestors 'none'",
    ]);
  });
});

/** The API over the example; `builds`: how often the totals were read from the store. */
async function setUpCounted() {
  const memory = createMemoryStore();
  await memory.save(example);
  let reads = 0;
  const store: SnapshotStore = {
    ...memory,
    dailyTotals: (...query) => {
      reads += 1;
      return memory.dailyTotals(...query);
    },
  };
  return { ...(await setUp([], { store })), store, builds: () => reads };
}
