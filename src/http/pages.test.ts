import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createPages, type PagesOptions } from '../../test/support/pages.ts';
import type { Reading } from '../core/model/reading.ts';

function read(repo: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

const readings = [
  read('acme/app', '2026-03-12', 40),
  read('acme/app', '2026-03-13', 50),
  read('acme/app', '2026-03-13', 1_000, { registry: 'dockerhub' }),
];

/** Runs are a day apart: nothing is old. */
const daily: PagesOptions = { readings, status: { pollIntervalMs: 86_400_000 } };
const hourly: PagesOptions = { readings, status: { pollIntervalMs: 3_600_000 } };

async function ask(address: string, init: RequestInit = {}, options: PagesOptions = daily): Promise<Response> {
  const { fetch } = await createPages(options);
  return fetch(address, init);
}

describe('a badge', () => {
  it.each([
    ['/badge/all/acme/app.svg', 'pulls: 1.1k'],
    ['/badge/ghcr/Acme/App.svg', 'pulls: 50'],
    ['/badge/ghcr/acme/app.svg?period=day&label=d', 'd: 10/day'],
    ['/badge/dockerhub/acme/app.svg?period=day', 'pulls: no data yet'],
  ])('%s says "%s"', async (address, text) => {
    const answer = await ask(address);

    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await answer.text()).toContain(`aria-label="${text}"`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('of an image that is not tracked is grey, and a 404', async () => {
    const svg = await ask('/badge/all/acme/none.svg');
    const json = await ask('/badge/all/acme/none.json');

    expect([svg.status, await svg.text()]).toEqual([404, expect.stringContaining('pulls: not tracked')]);
    expect([json.status, await json.json()]).toEqual([404, expect.objectContaining({ message: 'not tracked', color: 'lightgrey' })]);
  });

  it('of a configured image that was not read yet is none of these', async () => {
    const answer = await ask('/badge/ghcr/acme/new.svg', {}, { configured: [{ registry: 'ghcr', repo: 'acme/new' }] });

    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('no data yet')]);
  });

  it('says its day and turns grey when its data is older than two runs', async () => {
    const old = await ask('/badge/ghcr/acme/app.json?color=green', {}, hourly);
    const fresh = await ask('/badge/ghcr/acme/app.json?color=green', {}, daily);
    const svg = await ask('/badge/ghcr/acme/app.svg?period=day', {}, hourly);

    expect(await old.json()).toMatchObject({ message: '50 (2026-03-13)', color: 'lightgrey' });
    expect(await fresh.json()).toMatchObject({ message: '50', color: 'green' });
    expect(await svg.text()).toContain('aria-label="pulls: 10/day (2026-03-13)"');
  });

  it('is there for names with further slashes', async () => {
    const nested = { ...daily, readings: [read('acme/charts%2Fapp', '2026-03-13', 7)] };

    for (const name of ['acme/charts/app', 'acme/charts%2Fapp', 'acme%2Fcharts%2Fapp']) {
      expect(await (await ask(`/badge/all/${name}.json`, {}, nested)).json()).toMatchObject({ message: '7' });
    }
  });

  it.each([
    ['/badge/quay/acme/app.svg', 400, 'unknown registry "quay": valid are all, dockerhub, ghcr'],
    ['/badge/all/acme/app.png', 400, '"png" is not drawn here: valid are svg, json'],
    ['/badge/all/acme/app.svg?style=round', 400, 'valid are flat'],
    ['/badge/all/app.svg', 404, 'this address does not exist'],
    ['/badge/all/acme/app', 404, 'this address does not exist'],
    ['/chart/all/acme/app.json', 400, '"json" is not drawn here: valid are svg'],
    ['/chart/all/acme/app.svg?kind=hourly', 400, '"kind" is "hourly": valid are total, daily, average, weekly, monthly'],
    ['/chart/all/acme/app.svg?from=x', 400, 'valid is a date'],
  ])('%s is a %i that says what would be right', async (address, status, message) => {
    const answer = await ask(address);

    expect([answer.status, await answer.json()]).toEqual([
      status,
      { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
    ]);
  });
});

describe('a chart to embed', () => {
  it('says when it was last checked where that is longer ago than two runs', async () => {
    const old = await ask('/chart/all/acme/app.svg', {}, hourly);
    const fresh = await ask('/chart/all/acme/app.svg', {}, daily);

    expect(await old.text()).toContain('on 2026-03-13, last checked 2026-03-13');
    expect(await fresh.text()).not.toContain('last checked');
  });

  it('is drawn for a registry or all, in both themes', async () => {
    const light = await ask('/chart/all/acme/app.svg?kind=total');
    const dark = await ask('/chart/ghcr/acme/app.svg?theme=dark');

    expect([light.status, await light.text()]).toEqual([
      200,
      expect.stringContaining('<title>Cumulative pulls of acme/app</title><desc>1,050 on 2026-03-13</desc>'),
    ]);
    expect(await dark.text()).toContain('<desc>10 on 2026-03-13</desc>');
    expect(light.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('of an image that is not tracked is empty, and a 404', async () => {
    const answer = await ask('/chart/all/acme/none.svg');

    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('no data yet')]);
  });
});

describe('a page', () => {
  it('has a policy that lets in nothing but its own files, and is asked for anew each time', async () => {
    const { headers, status } = await ask('/');

    const policy = headers.get('content-security-policy') ?? '';
    expect(status).toBe(200);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is packed, and not sent again while it is the same', async () => {
    const packed = await ask('/', { headers: { 'Accept-Encoding': 'br' } });
    const etag = packed.headers.get('etag') ?? '';
    const same = await ask('/', { headers: { 'If-None-Match': etag } });

    expect(brotliDecompressSync(Buffer.from(await packed.arrayBuffer())).toString()).toContain('<!doctype html>');
    expect([same.status, same.headers.get('content-security-policy')]).toEqual([304, packed.headers.get('content-security-policy')]);
  });

  it('that is not there is a 404 for people below /images, and for programs elsewhere', async () => {
    expect([(await ask('/images/acme/none')).status, (await ask('/images/acme/none')).headers.get('content-type')]).toEqual([
      404,
      'text/html; charset=utf-8',
    ]);
    expect((await ask('/none')).headers.get('content-type')).toBe('application/json');
  });

  const browser = { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

  it.each(['/nonsense', '/images', '/images/', '/status/nonsense', '/wp-login.php'])('%s is a page for browsers', async (path) => {
    const answer = await ask(path, browser);
    const text = await answer.text();

    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      404,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(answer.headers.get('content-security-policy')).toContain("style-src 'self'");
    expect(text).toContain('This address does not exist.');
    expect(text).toContain('<a href="/status">Status</a>');
  });

  it.each(['/api/nothing', '/api/pulls?from=x', '/data/chart.json?kind=x', '/badge/nothing', '/assets/none.js'])(
    '%s is JSON for browsers, too',
    async (path) => {
      expect((await ask(path, browser)).headers.get('content-type')).toBe('application/json');
    },
  );

  it('is the same with a slash at its end', async () => {
    expect(await (await ask('/status/')).text()).toContain('<h1>Status</h1>');
    expect(await (await ask('/images/acme/app/')).text()).toContain('<h1>acme/app</h1>');
  });

  it('says it when what is stored cannot be reached, without details', async () => {
    const { fetch, store } = await createPages({ readings });
    Object.assign(store, { latest: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1')) });

    const answer = await fetch('/', browser);
    const text = await answer.text();

    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8']);
    expect(text).toContain('Internal error; the log of the service says why.');
    expect(text).not.toContain('ECONNREFUSED');
  });

  it('shows its form when its dates are the wrong way round', async () => {
    const answer = await ask('/?from=2026-03-14&to=2026-03-01');
    const text = await answer.text();

    expect(answer.status).toBe(400);
    expect(text).toContain('“From” (2026-03-14) is after “To” (2026-03-01)');
    expect(text).toContain('name="from" value="2026-03-14"');
    expect((await ask('/data/chart.json?from=2026-03-14&to=2026-03-01')).status).toBe(400);
  });

  it('has its icons where programs look for them, and tells previews of links what it is', async () => {
    const icon = await ask('/favicon.ico');
    const touch = await ask('/apple-touch-icon.png');
    const text = await (await ask('/', { headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'stats.example' } })).text();

    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/x-icon']);
    expect(
      Buffer.from(await touch.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(text).toMatch(/<meta name="description" content="[^"]{20,}"/);
    expect(text).toMatch(/<meta property="og:image" content="https:\/\/stats\.example\/assets\/touch-icon-/);
    expect(text).toContain('<meta property="og:url" content="https://stats.example/" />');
    expect(text).toContain('<meta name="theme-color"');
  });

  it('is never shared between those who ask under different addresses, not even at the same moment', async () => {
    const { fetch } = await createPages({ readings });
    const asked = ['a.example', 'b.example'].map((host) => fetch('/images/acme/app', { headers: { 'X-Forwarded-Host': host } }));

    const [a, b] = await Promise.all(asked.map(async (answer) => (await answer).text()));

    expect([a?.includes('b.example'), b?.includes('a.example')]).toEqual([false, false]);
    expect([a?.includes('a.example'), b?.includes('b.example')]).toEqual([true, true]);
  });

  it('names the address under which a proxy is reached, unless that is no address', async () => {
    const forwarded = await ask('/images/acme/app', { headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'stats.example' } });
    const forged = await ask('/images/acme/app', { headers: { 'X-Forwarded-Proto': 'javascript', 'X-Forwarded-Host': 'a"b' } });

    expect(await forwarded.text()).toContain('(https://stats.example/badge/all/acme/app.svg)');
    expect(await forged.text()).toContain('(http://localhost:9100/badge/all/acme/app.svg)');
  });
});

describe('an asset', () => {
  it('may be kept for ever under its name, packed or plain', async () => {
    const text = await (await ask('/')).text();
    const path = /href="(\/assets\/style-[0-9a-f]+\.css)"/.exec(text)?.[1] ?? '';

    const packed = await ask(path, { headers: { 'Accept-Encoding': 'gzip, br' } });
    const plain = await ask(path);

    expect([packed.headers.get('cache-control'), packed.headers.get('content-encoding')]).toEqual([
      'public, max-age=31536000, immutable',
      'br',
    ]);
    const styles = await plain.text();
    expect(styles).toContain('--surface');
    expect(brotliDecompressSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe(styles);
    expect((await ask('/assets/none.js')).status).toBe(404);
    expect((await ask('/assets/../package.json')).status).toBe(404);
  });

  it('is one of few: all of them together are below 100 kB', async () => {
    const text = await (await ask('/')).text();
    const paths = new Set([...text.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path));

    const sizes = await Promise.all(
      [...paths].map(async (path) => (await (await ask(path, { headers: { 'Accept-Encoding': 'br' } })).arrayBuffer()).byteLength),
    );

    expect(paths.size).toBe(6);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
  });
});
