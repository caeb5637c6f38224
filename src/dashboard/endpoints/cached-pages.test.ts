import { describe, expect, it, vi } from 'vitest';
import { createPages, registryStatus } from '../../../test/support/pages.ts';
import type { Reading } from '../../core/model/reading.ts';

const app: Reading = { registry: 'ghcr', repo: 'acme/app', pullCount: 40, readAt: '2026-03-14T10:00:00.000Z' };
const paths = ['/', '/images/acme/app', '/events'];

async function setUp() {
  const pages = await createPages({ readings: [app] });
  const reads = (['latest', 'totals', 'events', 'days'] as const).map((name) => vi.spyOn(pages.store, name));
  const count = (): number => reads.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const ask = async (path: string, etag = ''): Promise<readonly [status: number, etag: string, work: number]> => {
    const before = count();
    const answer = await pages.fetch(path, { headers: { 'If-None-Match': etag } });
    return [answer.status, answer.headers.get('etag') ?? '', count() - before];
  };
  return { ...pages, ask };
}

describe.each(paths)('the page %s', (path) => {
  it('is made once, and not sent again to a browser that has it', async () => {
    const { ask } = await setUp();
    const [status, etag, work] = await ask(path);

    expect([status, work > 0]).toEqual([200, true]);
    expect(await ask(path)).toEqual([200, etag, 0]);
    expect(await ask(path, etag)).toEqual([304, etag, 0]);
  });

  it('is made again after a reading, after a minute, and when a registry fails', async () => {
    const { ask, store, clock, setStatus } = await setUp();
    await ask(path);

    await store.save([{ ...app, pullCount: 41, readAt: '2026-03-14T11:00:00.000Z' }]);
    expect((await ask(path))[2]).toBeGreaterThan(0);
    expect((await ask(path))[2]).toBe(0);

    // The events are the same until something changes: nothing is read for them.
    const leastWork = path === '/events' ? 0 : 1;
    await clock.advance(60_000);
    expect((await ask(path))[2]).toBeGreaterThanOrEqual(leastWork);

    setStatus({ registries: [registryStatus('ghcr', 'GHCR', { state: 'failing' })] });
    expect((await ask(path))[2]).toBeGreaterThanOrEqual(leastWork);
  });
});

it('what is not there is not kept', async () => {
  const { ask } = await setUp();
  for (const [path, status] of [
    ['/images/acme/none', 404],
    ['/?sort=sideways', 400],
  ] as const) {
    expect((await ask(path))[0]).toBe(status);
    expect((await ask(path))[0]).toBe(status);
  }
  const [, , work] = await ask('/images/acme/none');
  expect(work).toBeGreaterThan(0);
});
