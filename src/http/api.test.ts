import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { example, read, setUp } from '../../test/support/api.ts';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { AppError } from '../core/model/errors.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { noTotals } from '../core/model/outcome.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { createMemoryStore } from '../store/memory.ts';

describe('/api/pulls', () => {
  it('sums registries, and carries the last known total of one that was not read', async () => {
    const { json } = await setUp();

    expect(await json('/api/pulls')).toEqual([
      { timestamp: '2026-03-01T00:00:00Z', repo: 'acme/app', pull_count: 150 },
      { timestamp: '2026-03-02T00:00:00Z', repo: 'acme/app', pull_count: 154 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/app', pull_count: 165 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/tool', pull_count: 7 },
    ]);
  });

  it('is filtered by registry and repo, in any letter case', async () => {
    const { json } = await setUp();

    expect(await json('/api/pulls?registry={ghcr}&repo=ACME/App')).toEqual([
      { timestamp: '2026-03-01T00:00:00Z', repo: 'acme/app', pull_count: 50 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/app', pull_count: 55 },
    ]);
  });

  it('finds a nested name in every spelling', async () => {
    const { json } = await setUp([read('ghcr', 'acme/charts%2Fapp', '2026-03-01', 5)]);

    for (const repo of ['acme/charts/app', 'acme/charts%252Fapp', 'acme%2Fcharts%2Fapp', 'acme/charts%252fapp']) {
      expect(await json(`/api/pulls?repo=${repo}`)).toMatchObject([{ repo: 'acme/charts%2Fapp', pull_count: 5 }]);
    }
  });
});

describe('/api/pulls/daily', () => {
  const daily = [
    { timestamp: '2026-03-01T00:00:00Z', repo: 'acme/app', daily_pulls: 0 },
    { timestamp: '2026-03-02T00:00:00Z', repo: 'acme/app', daily_pulls: 4 },
    { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/app', daily_pulls: 11 },
    { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/tool', daily_pulls: 0 },
  ];

  it('takes the deltas per registry before it sums', async () => {
    const { json } = await setUp();

    expect(await json('/api/pulls/daily')).toEqual(daily);
  });

  it('takes the deltas before it cuts, and floors "from" to its day', async () => {
    const { json } = await setUp();

    expect(await json('/api/pulls/daily?from=2026-03-02T18:00:00.7Z&to=2026-03-03T06:00:00Z')).toEqual(daily.slice(1));
    expect(await json('/api/pulls/daily?from=1772409600000&to=1772409600000')).toEqual([daily[1]]);
  });
});

describe('/api/summary', () => {
  it('gives the newest total of each image by registry and name', async () => {
    const { json } = await setUp();

    expect(await json('/api/summary')).toEqual([
      { registry: 'dockerhub', name: 'acme/app', pull_count: 110, tag_count: 5 },
      { registry: 'dockerhub', name: 'acme/tool', pull_count: 7, tag_count: 0 },
      { registry: 'ghcr', name: 'acme/app', pull_count: 55, tag_count: 0 },
    ]);
  });

  it('keeps an image that could not be read for seven days, and then drops it', async () => {
    const old = read('ghcr', 'acme/old', '2026-03-01', 9);
    const kept = await setUp([old, read('ghcr', 'acme/app', '2026-03-08', 1)]);
    const dropped = await setUp([old, read('ghcr', 'acme/app', '2026-03-09', 1)]);

    expect(await kept.json('/api/summary?repo=acme/old')).toHaveLength(1);
    expect(await dropped.json('/api/summary?repo=acme/old')).toEqual([]);
  });

  it('gives exactly one day with date=, and 404 for a day without a snapshot', async () => {
    const { json, fetch } = await setUp();

    expect(await json('/api/summary?date=2026-03-02')).toEqual([
      { registry: 'dockerhub', name: 'acme/app', pull_count: 104, tag_count: 0 },
    ]);
    expect(await json('/api/summary?date=2026-03-01&registry=ghcr')).toMatchObject([{ registry: 'ghcr', pull_count: 50 }]);
    expect((await fetch('/api/summary?date=2026-03-05')).status).toBe(404);
  });
});

describe('/api/snapshot', () => {
  it.each(['/api/snapshot', '/api/summary'])('(as %s) of a day that retention has deleted says where its totals are', async (path) => {
    const { fetch, store, json } = await setUp();
    await store.prune('2026-03-02');

    expect((await fetch(`${path}?date=2026-03-01`)).status).toBe(404);
    const hint = 'RETENTION_DAYS has deleted it, its totals are in /api/pulls?from=2026-03-01&to=2026-03-01';
    expect(JSON.stringify(await json(`${path}?date=2026-03-01`))).toContain(`there is no snapshot of 2026-03-01: ${hint}`);
    expect(JSON.stringify(await json(`${path}?date=2026-02-01`))).not.toContain('RETENTION_DAYS');
    expect(JSON.stringify(await json('/api/pulls?from=2026-03-01&to=2026-03-01'))).toContain('150');
  });

  it('gives the stored document, the newest or that of a day', async () => {
    const { json } = await setUp();

    expect(await json('/api/snapshot')).toMatchObject({ ghcr: [{ package: 'acme/app', download_count: 55 }] });
    expect(await json('/api/snapshot?date=2026-03-02')).toMatchObject({ docker_hub: [{ repo: 'acme/app', pull_count: 104 }] });
  });

  it('is 404 where there is none', async () => {
    const { fetch } = await setUp([]);

    expect((await fetch('/api/snapshot')).status).toBe(404);
    expect((await fetch('/api/snapshot?date=2026-03-02')).status).toBe(404);
  });
});

describe('/api/health', () => {
  it('says ok, or 503 when the service is unhealthy', async () => {
    const good = await setUp();
    const bad = await setUp([], { status: () => ({ registries: [], health: { healthy: false, reason: 'the disk is full' } }) });

    expect(await good.json('/api/health')).toEqual({ status: 'ok' });
    const answer = await bad.fetch('/api/health');
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'unhealthy' }]);
  });
});

describe('/api/status', () => {
  it('says what became of notifications by channel, and nothing of their addresses', async () => {
    const known = {
      channel: 'phone',
      kind: 'ntfy',
      host: 'ntfy.sh',
      waiting: 2,
      delivered: 5,
      givenUp: 1,
      lastError: 'ntfy.sh answered 500',
    };
    const { json } = await setUp(example, { channels: async () => [{ ...known, lastErrorAt: '2026-03-04T09:00:00.000Z' }] });

    expect(await json('/api/status')).toMatchObject({
      notifications: [
        {
          channel: 'phone',
          kind: 'ntfy',
          host: 'ntfy.sh',
          waiting: 2,
          delivered: 5,
          given_up: 1,
          last_error: 'ntfy.sh answered 500',
          last_error_at: '2026-03-04T09:00:00.000Z',
        },
      ],
    });
  });

  it('tells what is read, what failed and why, what runs and what comes next', async () => {
    const status: CollectorStatus = {
      health: { healthy: false, reason: 'nothing could be read from GHCR' },
      runningSince: '2026-03-03T10:00:00.000Z',
      nextCycle: '2026-03-03T11:00:00.000Z',
      registries: [
        {
          registry: 'ghcr',
          title: 'GHCR',
          state: 'failing',
          imagesRead: 0,
          imagesFailed: 1,
          failures: [{ repo: 'acme/app', code: 'invalid_response', message: 'no label', missing: 'total' }],
          unexplained: [],
          deleted: [],
          listings: [{ owner: 'acme', listed: 1, expected: 2, complete: false, shortfall: { code: 'unreachable', message: 'cut' } }],
          doubts: [{ repo: 'acme/tool', doubt: 'frozen', by: -80, since: '2026-03-01T10:00:00.000Z' }],
          totals: noTotals,
          diagnosis: 'it has probably changed its pages',
          lastSuccess: '2026-03-02T10:00:00.000Z',
          lastDurationMs: 1500,
          progress: { done: 1, total: 3 },
        },
      ],
    };
    const configProblems = [{ variable: 'GHCR_REPOS', entry: 'x', reason: 'it has no slash' }];
    const { json } = await setUp([], { status: () => status, configProblems, howToConfigure: 'set GHCR_REPOS' });

    expect(await json('/api/status')).toEqual({
      version: '1.2.3',
      healthy: false,
      reason: 'nothing could be read from GHCR',
      configured: false,
      how_to_configure: 'set GHCR_REPOS',
      configuration_problems: configProblems,
      running_since: '2026-03-03T10:00:00.000Z',
      next_cycle: '2026-03-03T11:00:00.000Z',
      future_days: [],
      notifications: [],
      runs: [],
      registries: [
        {
          registry: 'ghcr',
          counts: { unit: 'downloads', lifetime: true, note: 'Downloads of manifests.' },
          title: 'GHCR',
          state: 'failing',
          images_ok: 0,
          images_failed: 1,
          failures: status.registries[0]?.failures,
          listings: status.registries[0]?.listings,
          doubts: status.registries[0]?.doubts,
          diagnosis: 'it has probably changed its pages',
          last_success: '2026-03-02T10:00:00.000Z',
          seconds_since_success: 172_800,
          seconds_overdue: 0,
          last_duration_seconds: 1.5,
          progress: { done: 1, total: 3 },
        },
      ],
    });
  });
});

describe('every answer', () => {
  it('of an empty store is [] with 200', async () => {
    const { fetch } = await setUp([]);

    for (const path of ['/api/summary', '/api/pulls', '/api/pulls/daily', '/api/pulls?repo=acme/none']) {
      const answer = await fetch(path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, '[]']);
    }
  });

  it('is JSON of exactly that type, whatever Accept says', async () => {
    const { fetch } = await setUp();

    for (const accept of ['text/plain', 'text/html', 'application/json;q=0.9,text/plain', 'image/png']) {
      const answer = await fetch('/api/summary', { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    }
  });

  it('has the security headers, errors too', async () => {
    const { fetch } = await setUp();

    for (const path of ['/api/summary', '/nothing', '/api/summary?registry=x']) {
      const { headers } = await fetch(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe(path === '/api/summary' ? 'public, max-age=60' : 'no-store');
    }
  });

  it.each([
    ['/api/pulls?registry=quai', 400, 'invalid_input', 'unknown registry "quai": valid are dockerhub, ghcr'],
    ['/api/pulls?from=yesterday', 400, 'invalid_input', 'valid is a date such as 2026-03-14'],
    ['/api/pulls?from=2026-03-03&to=2026-03-01', 400, 'invalid_input', 'must not be after'],
    ['/api/snapshot?date=2026-02-30', 400, 'invalid_input', 'valid is a date such as 2026-03-14'],
    ['/api/summary?date=..%2F..%2Fetc', 400, 'invalid_input', 'valid is a date such as 2026-03-14'],
    ['/api/nothing', 404, 'not_found', 'this address does not exist'],
    ['/', 404, 'not_found', 'this address does not exist'],
    ['/api/pulls/', 404, 'not_found', 'this address does not exist'],
  ])('to %s is a %i that says what would be right', async (path, status, code, message) => {
    const { fetch } = await setUp();

    const answer = await fetch(path);

    expect([answer.status, await answer.json()]).toEqual([status, { error: { code, message: expect.stringContaining(message) } }]);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('to %s is a 405 that names what is allowed', async (method) => {
    const { fetch } = await setUp();

    const answer = await fetch('/api/summary', { method });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_input' } });
  });

  it('to HEAD is that to GET without its body', async () => {
    const { fetch } = await setUp();

    const whole = await fetch('/api/summary');
    const length = String((await whole.arrayBuffer()).byteLength);
    const answer = await fetch('/api/summary', { method: 'HEAD' });

    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([200, '', 'application/json']);
    expect([answer.headers.get('content-length'), answer.headers.get('etag')]).toEqual([length, whole.headers.get('etag')]);
  });

  it('about our own fault has no stack and no path in it; only the log has', async () => {
    const fault = new TypeError('cannot read /data/secret of undefined');
    const store: SnapshotStore = { ...createMemoryStore(), dailyTotals: () => Promise.reject(fault) };
    const { fetch, log } = await setUp([], { store });

    const answer = await fetch('/api/pulls');

    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: { code: 'internal', message: 'internal error; the log of the service says why' } },
    ]);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { reason: expect.stringContaining('/data/secret') } }]);
  });

  it('to any query is 200 or our own error, never a crash', async () => {
    const { fetch } = await setUp();
    const path = fc.constantFrom('/api/summary', '/api/pulls', '/api/pulls/daily', '/api/snapshot', '/api/status');
    const name = fc.constantFrom('registry', 'repo', 'from', 'to', 'date', 'x', '__proto__');
    const query = fc.oneof(
      fc.array(fc.tuple(name, fc.string())).map((pairs) => new URLSearchParams(pairs).toString()),
      fc.string().map((text) => text.replaceAll('#', '')),
    );
    const errorSchema = z.strictObject({ error: z.strictObject({ code: z.enum(['invalid_input', 'not_found']), message: z.string() }) });
    await fc.assert(
      fc.asyncProperty(path, query, async (where, text) => {
        const answer = await fetch(`${where}?${text}`);
        if (answer.status === 200) return;
        expect([400, 404]).toContain(answer.status);
        errorSchema.parse(await answer.json());
      }),
    );
  });
});

describe('/metrics', () => {
  it('is answered with exactly the type that Prometheus insists on, and is never kept', async () => {
    const { fetch } = await setUp();

    const { status, headers } = await fetch('/metrics');

    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
  });

  it('is a 404 where there are none', async () => {
    expect((await (await setUp([], { metrics: undefined })).fetch('/metrics')).status).toBe(404);
  });
});

describe('the address', () => {
  it('may have doubled slashes, as Grafana makes them', async () => {
    const { fetch } = await setUp();

    expect((await fetch('//api/summary')).status).toBe(200);
    expect((await fetch('//api//pulls//daily')).status).toBe(200);
  });

  it('may have the base path, or not when the proxy strips it', async () => {
    const { fetch } = await setUp(example, { basePath: '/stats' });

    for (const path of ['/stats/api/summary', '/api/summary', '//stats/api/summary']) expect((await fetch(path)).status).toBe(200);
    for (const path of ['/other/api/summary', '/statsapi/summary']) expect((await fetch(path)).status).toBe(404);
  });
});

describe('the errors', () => {
  it.each([
    ['conflict', 409, 'told to the user'],
    ['forbidden', 403, 'told to the user'],
    ['rate_limited', 429, 'told to the user'],
    ['unreachable', 503, 'the store cannot be reached at the moment; the log of the service says why'],
    ['misconfigured', 500, 'the service is misconfigured; its log says why'],
  ] as const)('of code %s are %i', async (code, status, message) => {
    const store: SnapshotStore = { ...createMemoryStore(), dailyTotals: () => Promise.reject(new AppError(code, 'told to the user')) };
    const { fetch } = await setUp([], { store });

    const answer = await fetch('/api/pulls');

    expect([answer.status, await answer.json()]).toEqual([status, { error: { code, message } }]);
  });
});

describe('a snapshot that is dated after tomorrow', () => {
  it('is in no answer until its day comes, and is a problem in the status', async () => {
    const clock = createFixedClock('2026-03-04T10:00:00.000Z');
    const store = createMemoryStore({ clock, log: createRecordingLog() });
    await store.save(example);
    const { fetch, json } = await setUp([], { store, clock });
    const paths = [
      '/api/summary',
      '/api/pulls',
      '/api/pulls/daily',
      '/api/pulls/weekly?details=true',
      '/api/pulls/monthly',
      '/api/images',
      '/api/events',
      '/badge/acme/app.svg',
      '/chart/acme/app.svg',
    ];
    const answers = async (): Promise<unknown[]> => Promise.all(paths.map(async (path) => (await fetch(path)).text()));
    const before = await answers();

    await store.save([read('dockerhub', 'acme/app', '2027-02-03', 9_000_000), read('dockerhub', 'acme/new', '2027-02-03', 5)]);

    expect(await answers()).toEqual(before);
    expect((await fetch('/api/snapshot?date=2027-02-03')).status).toBe(404);
    expect(await json('/api/status')).toMatchObject({ future_days: ['2027-02-03'] });
    await clock.advance(335 * 86_400_000);
    expect(await json('/api/images')).toMatchObject(expect.arrayContaining([expect.objectContaining({ name: 'acme/new' })]));
    expect(await json('/api/status')).toMatchObject({ future_days: [] });
  });
});
