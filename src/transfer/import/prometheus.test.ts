import { createServer, type Server } from 'node:http';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { AppError } from '../../core/model/errors.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import type { ImportRecord } from './import-record.ts';
import { readPrometheus, type PrometheusHistory } from './prometheus.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Labels = Readonly<Record<string, string>>;

/** A server that has these samples, by epoch second. */
async function startPrometheus(series: readonly (readonly [Labels, Readonly<Record<number, string>>])[]) {
  const requests: URL[] = [];
  const logins: (string | undefined)[] = [];
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://prometheus');
    requests.push(url);
    logins.push(request.headers.authorization);
    const [start, end] = [Number(url.searchParams.get('start')), Number(url.searchParams.get('end'))];
    const result = series.flatMap(([metric, samples]) => {
      const values = Object.entries(samples)
        .map(([seconds, value]) => [Number(seconds), value] as const)
        .filter(([seconds]) => seconds >= start && seconds <= end);
      return values.length === 0 ? [] : [{ metric, values }];
    });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, requests, logins };
}

function historyOf(url: string, more: Partial<PrometheusHistory> = {}): PrometheusHistory {
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  return {
    http: createHttpClient({ origins: [url], delayMs: 0, maxBytes: 1_000_000 }),
    url,
    metric: 'registrystats_image_pulls_total',
    from: '2026-03-12',
    to: '2026-03-14',
    registries: ['dockerhub', 'ghcr'],
    onProgress: () => undefined,
    ...more,
  };
}

async function itemsOf(history: PrometheusHistory): Promise<ImportRecord[]> {
  const items: ImportRecord[] = [];
  for await (const item of readPrometheus(history)) items.push(item);
  return items;
}

const at = (moment: string): number => Date.parse(`${moment}:00Z`) / 1000;
const app = { __name__: 'registrystats_image_pulls_total', registry: 'ghcr', owner: 'acme', repo: 'app' };

describe('the history of a Prometheus server', () => {
  it('has the last value of each UTC day, at the time it was scraped', async () => {
    const { url } = await startPrometheus([
      [app, { [at('2026-03-12T01:00')]: '10', [at('2026-03-12T23:00')]: '12', [at('2026-03-14T00:00')]: '20' }],
    ]);

    expect(await itemsOf(historyOf(url))).toEqual([
      { reading: { registry: 'ghcr', repo: 'acme/app', day: '2026-03-12', pullCount: 12, readAt: '2026-03-12T23:00:00.000Z' } },
      { reading: { registry: 'ghcr', repo: 'acme/app', day: '2026-03-14', pullCount: 20, readAt: '2026-03-14T00:00:00.000Z' } },
    ]);
  });

  it('is queried at the end of each hour, in parts that a server can answer, up to the last second of the last day', async () => {
    const { url, requests } = await startPrometheus([[app, { [at('2026-03-14T00:00')]: '20' }]]);
    const progress: string[] = [];

    await itemsOf(historyOf(url, { from: '2026-01-01', onProgress: (done, total) => void progress.push(`${done}/${total}`) }));

    expect(requests.map(({ searchParams }) => [Number(searchParams.get('start')), Number(searchParams.get('end'))])).toEqual([
      [at('2026-01-01T01:00') - 1, at('2026-01-31T00:00') - 1],
      [at('2026-01-31T01:00') - 1, at('2026-03-02T00:00') - 1],
      [at('2026-03-02T01:00') - 1, at('2026-03-15T00:00') - 1],
    ]);
    expect(requests[0]?.searchParams.get('query')).toBe('last_over_time(registrystats_image_pulls_total[1h])');
    expect(progress).toEqual(['1/3', '2/3', '3/3']);
  });

  it.each([
    [{ registry: 'dockerhub', repo: 'acme/app' }, 'acme/app'],
    [{ registry: 'ghcr', owner: 'Acme', repo: 'acme/app' }, 'acme/app'],
    [{ registry: 'ghcr', package: 'acme/charts/app' }, 'acme/charts%2Fapp'],
    [{ registry: 'GHCR', owner: 'acme', name: 'app' }, 'acme/app'],
    [{ registry: 'ghcr', image: 'acme/app', namespace: 'monitoring' }, 'acme/app'],
  ])('finds the image in the labels %j', async (labels, repo) => {
    const { url } = await startPrometheus([[labels, { [at('2026-03-14T00:00')]: '20' }]]);

    expect(await itemsOf(historyOf(url))).toMatchObject([{ reading: { repo } }]);
  });

  it('is one of an image that several instances were scraped for: the newest total of a day is taken', async () => {
    const { url } = await startPrometheus([
      [
        { ...app, instance: 'new:9100' },
        { [at('2026-03-13T22:00')]: '15', [at('2026-03-14T00:00')]: '20' },
      ],
      [
        { ...app, instance: 'old:9100' },
        { [at('2026-03-12T22:00')]: '10', [at('2026-03-13T10:00')]: '14' },
      ],
    ]);

    expect(await itemsOf(historyOf(url))).toMatchObject([
      { reading: { day: '2026-03-12', pullCount: 10 } },
      { reading: { day: '2026-03-13', pullCount: 15 } },
      { reading: { day: '2026-03-14', pullCount: 20 } },
    ]);
  });

  it('leaves out what is no count, and a 0 of GHCR, which the Go tool writes for a failure', async () => {
    const samples = { [at('2026-03-12T00:00')]: 'NaN', [at('2026-03-13T00:00')]: '0', [at('2026-03-14T00:00')]: '1.5' };
    const { url } = await startPrometheus([
      [app, samples],
      [{ registry: 'dockerhub', repo: 'acme/new' }, samples],
    ]);

    expect(await itemsOf(historyOf(url))).toMatchObject([{ reading: { repo: 'acme/new', day: '2026-03-13', pullCount: 0 } }]);
  });

  it('reports each series without an image once', async () => {
    const samples = { [at('2026-01-14T00:00')]: '1', [at('2026-03-14T00:00')]: '2' };
    const { url } = await startPrometheus([
      [{ registry: 'harbor', repo: 'a/b' }, samples],
      [{ registry: 'ghcr', job: 'x' }, samples],
    ]);

    expect(await itemsOf(historyOf(url, { from: '2026-01-01' }))).toEqual([
      { problem: { where: '{"registry":"harbor","repo":"a/b"}', reason: expect.stringContaining('valid are dockerhub, ghcr') } },
      { problem: { where: '{"registry":"ghcr","job":"x"}', reason: expect.stringContaining('no image in the labels') } },
    ]);
  });

  it('says when there is nothing of the metric', async () => {
    const { url } = await startPrometheus([]);

    await expect(itemsOf(historyOf(url))).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('--metric') });
  });

  it('is refused when the answer is of another kind', async () => {
    const http = { request: async () => ({ status: 200, headers: new Headers(), url: '', body: '{"status":"success","data":{}}' }) };

    await expect(itemsOf(historyOf('http://prometheus', { http }))).rejects.toMatchObject({ code: 'invalid_response' });
  });

  it('says that it wants a login', async () => {
    const http = { request: async () => ({ status: 401, headers: new Headers(), url: '', body: '' }) };

    await expect(itemsOf(historyOf('http://prometheus', { http }))).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('throws nothing but AppError whatever is answered', async () => {
    const label = fc.oneof(fc.constantFrom('ghcr', 'acme/app'), fc.string());
    const series = fc.record({
      metric: fc.record({ registry: label, repo: label, owner: label }, { requiredKeys: [] }),
      values: fc.array(fc.tuple(fc.oneof(fc.nat(2 ** 31), fc.double()), fc.oneof(fc.nat().map(String), fc.string())), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.array(series, { maxLength: 3 })), async (answer) => {
        const body =
          typeof answer === 'string' ? answer : JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: answer } });
        const http = { request: async () => ({ status: 200, headers: new Headers(), url: '', body }) };
        const error: unknown = await itemsOf(historyOf('http://prometheus', { http })).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error === undefined || error instanceof AppError).toBe(true);
      }),
    );
  });

  it('logs in where it is told to', async () => {
    const { url, logins } = await startPrometheus([[app, { [at('2026-03-14T00:00')]: '20' }]]);

    await itemsOf(historyOf(url, { credentials: 'me:secret' }));

    expect(logins).toEqual([`Basic ${Buffer.from('me:secret').toString('base64')}`]);
  });
});
