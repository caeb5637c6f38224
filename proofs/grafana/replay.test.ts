/** Every panel, variable and annotation of the Infinity dashboard, asked of the real API as the plugin would ask it. */
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { infinityDashboard, type InfinityQuery } from '../../grafana/source/infinity.ts';
import type { ApiServer } from '../../src/http/server.ts';
import { addDays } from '../../src/core/model/day.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { reduced, shown } from '../support/grafana-data.ts';
import type { Frame } from '../support/infinity/frame.ts';
import type { Chosen } from '../support/infinity/interpolation.ts';
import { runQuery, variableOptions, type Dashboard } from '../support/infinity/run.ts';
import { pagesNow, startPages, type PagesOptions } from '../../test/support/pages.ts';

const query: z.ZodType<InfinityQuery> = z.object({
  refId: z.string(),
  type: z.literal('json'),
  source: z.literal('url'),
  parser: z.literal('backend'),
  format: z.enum(['table', 'timeseries', 'dataframe']),
  url: z.string().startsWith('/'),
  url_options: z.object({
    method: z.literal('GET'),
    data: z.literal(''),
    params: z.array(z.object({ key: z.string(), value: z.string() })),
  }),
  root_selector: z.string(),
  columns: z
    .array(z.object({ selector: z.string(), text: z.string().min(1), type: z.enum(['string', 'number', 'timestamp', 'boolean']) }))
    .min(1),
  filters: z.array(z.never()),
});
const parsed = z
  .object({
    panels: z.array(
      z.object({
        title: z.string(),
        type: z.string(),
        targets: z.tuple([query]),
        transformations: z.array(z.object({ id: z.string(), options: z.unknown() })),
        options: z.looseObject({ reduceOptions: z.object({ calcs: z.array(z.string()), fields: z.string() }).optional() }),
      }),
    ),
    templating: z.object({ list: z.array(z.looseObject({ name: z.string(), query: z.unknown() })) }),
    annotations: z.object({ list: z.tuple([z.object({ target: query })]) }),
  })
  .parse(infinityDashboard);

const panels = new Map(parsed.panels.map((panel) => [panel.title, panel]));
const timeSeries = parsed.panels.filter(({ type }) => type === 'timeseries').map(({ title }) => title);
const names = ['acme/app', 'acme/charts%2Fapp', 'acme/tool'];
const now = Date.parse(pagesNow);
const dayMs = 86_400_000;

let server: ApiServer | undefined;

afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

function read(registry: string, repo: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry, repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

/** Three names, one of them in both registries, over ten days that end today. */
const readings = Array.from({ length: 10 }, (_, at) => {
  const day = addDays('2026-03-05', at);
  return [
    read('dockerhub', 'acme/app', day, 1_000 + 10 * at, { tagCount: 5 }),
    read('ghcr', 'acme/app', day, 500 + 5 * at),
    read('ghcr', 'acme/charts%2Fapp', day, 42 + at),
    read('dockerhub', 'acme/tool', day, 7),
  ];
}).flat();

interface Situation {
  readonly repos?: Chosen['values'];
  readonly registry?: Chosen['values'];
  readonly allValue?: string;
  readonly path?: string;
}

async function dashboardOver(
  options: PagesOptions,
  { repos = 'all', registry = 'all', allValue = '*', path = '' }: Situation = {},
): Promise<Dashboard> {
  server = await startPages(options);
  return {
    sourceUrl: server.url + path,
    // As a browser sends it: the range begins in the middle of a day.
    range: { from: now - 30 * dayMs + 12_345, to: now },
    variables: {
      repo: { values: repos, allValue, options: names },
      registry: { values: registry, allValue, options: ['dockerhub', 'ghcr'] },
      ds: { values: ['x'], options: [] },
    },
  };
}

function frameOf(title: string, dashboard: Dashboard): Promise<Frame> {
  const panel = panels.get(title);
  if (!panel) throw new Error(`there is no panel ${title}`);
  return runQuery(panel.targets[0], dashboard);
}

async function statOf(title: string, dashboard: Dashboard): Promise<number[]> {
  const { fields = '', calcs = [] } = panels.get(title)?.options.reduceOptions ?? {};
  return reduced(await frameOf(title, dashboard), fields, calcs[0] ?? '');
}

async function tableOf(title: string, dashboard: Dashboard): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const [first = {}] = await shown(await frameOf(title, dashboard), panels.get(title)?.transformations ?? []);
  return first;
}

describe('the Infinity dashboard over the real API', () => {
  it('shows totals, names and the overview', async () => {
    const dashboard = await dashboardOver({ readings });

    expect(await statOf('Total Downloads', dashboard)).toEqual([1_090 + 545 + 51 + 7]);
    expect(await statOf('Tracked Packages', dashboard)).toEqual([3]);
    expect(await tableOf('Package Overview', dashboard)).toEqual({
      Package: ['acme/app', 'acme/tool', 'acme/charts%2Fapp'],
      'Total Downloads': [1_635, 7, 51],
      Tags: [5, 0, 0],
    });
    expect(await tableOf('Share per Registry', dashboard)).toEqual({ registry: ['dockerhub', 'ghcr'], 'pull_count (sum)': [1_097, 596] });
    expect(await tableOf('Freshness', dashboard)).toEqual({ Registry: ['dockerhub', 'ghcr'], State: ['ok', 'ok'], Age: [0, 0] });
  });

  it.each(timeSeries)('%s is wide, with the name of the image as its legend', async (title) => {
    const dashboard = await dashboardOver({ readings });

    const frame = await frameOf(title, dashboard);
    const [values = {}] = await shown(frame, []);

    expect(frame.meta).toBe('timeseries-wide');
    expect(frame.fields[0]?.type).toBe('time');
    expect(Object.keys(values)).toEqual(['Time', ...names]);
  });

  it('gives the first day of the range its pulls, although the range begins in the middle of it', async () => {
    const dashboard = await dashboardOver({ readings });
    const cut = { ...dashboard, range: { from: Date.parse('2026-03-07T18:00:00.700Z'), to: now } };

    const { fields } = await frameOf('Daily Download Delta', cut);

    expect(fields[0]?.values[0]).toBe(Date.parse('2026-03-07'));
    expect(fields[1]).toMatchObject({ labels: { repo: 'acme/app' }, values: Array.from({ length: 8 }, () => 15) });
  });

  it('shows the top movers, at most ten, the largest first', async () => {
    const many = Array.from({ length: 12 }, (_, image) =>
      Array.from({ length: 10 }, (__, at) => read('ghcr', `acme/image-${image}`, addDays('2026-03-05', at), image * at)),
    ).flat();
    const dashboard = await dashboardOver({ readings: many });

    const movers = await tableOf('Top Movers', dashboard);

    expect(movers['Package']?.slice(0, 2)).toEqual(['acme/image-11', 'acme/image-10']);
    expect(movers['7 days']).toEqual([77, 70, 63, 56, 49, 42, 35, 28, 21, 14]);
    expect(Object.keys(movers)).toEqual(['Package', 'Registry', '7 days', 'Change']);
  });

  it.each([
    [['acme/app'], ['acme/app']],
    [
      ['acme/app', 'acme/charts%2Fapp'],
      ['acme/app', 'acme/charts%2Fapp'],
    ],
    ['all', names],
  ] as const)('shows, with %j chosen, just these', async (repos, expected) => {
    const dashboard = await dashboardOver({ readings }, { repos });

    for (const title of timeSeries) {
      const [values = {}] = await shown(await frameOf(title, dashboard), []);
      expect(Object.keys(values).slice(1)).toEqual(expected);
    }
  });

  it('shows the chosen registry, and everything where All is spelled out or empty', async () => {
    const ghcr = await dashboardOver({ readings }, { registry: ['ghcr'] });
    expect(await statOf('Total Downloads', ghcr)).toEqual([596]);

    for (const allValue of ['', '$__all', 'All']) {
      await server?.close(0);
      expect(await statOf('Tracked Packages', await dashboardOver({ readings }, { allValue }))).toEqual([3]);
    }
  });

  it.each(['/', '/stats', '/stats/'])('works when the data source ends in %s', async (path) => {
    const dashboard = await dashboardOver({ readings, basePath: path === '/' ? '' : '/stats' }, { path });

    for (const { title } of parsed.panels) expect((await frameOf(title, dashboard)).fields.length).toBeGreaterThan(0);
  });

  it('has no panel that fails over an empty store, and names in its drop-downs from the first second', async () => {
    const dashboard = await dashboardOver({ configured: [{ registry: 'ghcr', repo: 'acme/new' }] });

    for (const { title } of parsed.panels) await frameOf(title, dashboard);
    const options = parsed.templating.list
      .filter(({ name }) => name !== 'ds')
      .map(async ({ query: asked }) => variableOptions(z.object({ infinityQuery: query }).parse(asked).infinityQuery, dashboard));
    expect(await Promise.all(options)).toEqual([['acme/new'], ['ghcr']]);
  });

  it('offers each name and registry once', async () => {
    const dashboard = await dashboardOver({ readings });
    const options = parsed.templating.list
      .filter(({ name }) => name !== 'ds')
      .map(async ({ query: asked }) => variableOptions(z.object({ infinityQuery: query }).parse(asked).infinityQuery, dashboard));

    const [repos, registries] = await Promise.all(options);
    expect([repos?.toSorted(), registries]).toEqual([names, ['dockerhub', 'ghcr']]);
  });

  it('draws a single day', async () => {
    const dashboard = await dashboardOver({ readings: [read('ghcr', 'acme/app', '2026-03-14', 9)] });

    for (const title of timeSeries) expect((await frameOf(title, dashboard)).fields.map(({ values }) => values.length)).toEqual([1, 1]);
    expect(await statOf('Total Downloads', dashboard)).toEqual([9]);
  });

  it('draws 200 images over 90 days, of which the range shows 31', async () => {
    const many = Array.from({ length: 90 }, (_, at) =>
      Array.from({ length: 200 }, (__, image) => read('ghcr', `acme/image-${image}`, addDays('2025-12-15', at), image * at)),
    ).flat();
    const dashboard = await dashboardOver({ readings: many });

    const { fields } = await frameOf('Cumulative Downloads', dashboard);

    expect(fields).toHaveLength(201);
    expect(new Set(fields.map(({ values }) => values.length))).toEqual(new Set([31]));
  });

  it('marks the events', async () => {
    const dashboard = await dashboardOver({
      readings: [...readings, read('ghcr', 'acme/charts%2Fapp', '2026-03-14', 10, { readAt: '2026-03-14T11:00:00.000Z' })],
    });

    const { fields } = await runQuery(parsed.annotations.list[0].target, dashboard);

    expect(fields.map(({ name, type }) => [name, type])).toEqual([
      ['tags', 'string'],
      ['text', 'string'],
      ['time', 'time'],
    ]);
    expect(fields[1]?.values).toContain('acme/charts%2Fapp (ghcr): counter decreased from 50 to 10');
  });
});
