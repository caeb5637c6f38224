/** What both dashboards keep to, so that they can be imported, provisioned, translated to alerts, and read on a phone. */
import { readFile } from 'node:fs/promises';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { infinityDashboard, infinityType } from '../../grafana/source/infinity.ts';
import { prometheusDashboard } from '../../grafana/source/prometheus.ts';
import { definitions } from '../../src/metrics/definitions.ts';

const target = z.looseObject({ refId: z.string(), datasource: z.object({ type: z.string(), uid: z.literal('${ds}') }) });
const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string().min(3),
  description: z.string().min(20),
  datasource: z.object({ type: z.string(), uid: z.literal('${ds}') }),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(target).min(1),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.string().min(1), noValue: z.string().min(1) }) }),
});
const dashboard = z.looseObject({
  uid: z.string().regex(/^[\w-]{8,40}$/),
  title: z.string(),
  timezone: z.literal('utc'),
  schemaVersion: z.literal(42),
  editable: z.literal(false),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), type: z.string(), allValue: z.string().optional() })) }),
  annotations: z.object({ list: z.array(z.looseObject({ datasource: z.object({ uid: z.literal('${ds}') }), target })) }),
  panels: z.array(panel),
});

const files = [
  ['grafana/registry-stats-infinity.json', infinityDashboard, infinityType],
  ['grafana/registry-stats-prometheus.json', prometheusDashboard, 'prometheus'],
] as const;

describe.each(files)('%s', (path, source, type) => {
  const { panels, templating, annotations } = dashboard.parse(source);
  const all = JSON.stringify(source);

  it('is what its source makes', async () => {
    expect(await readFile(path, 'utf8')).toBe(`${JSON.stringify(source, null, 2)}\n`);
  });

  it('asks one kind of data source, which the reader chooses first', () => {
    expect(templating.list[0]).toMatchObject({ name: 'ds', type: 'datasource', query: type });
    const asked = [...panels, ...panels.flatMap(({ targets }) => targets), ...annotations.list.map((each) => each.target)];
    expect(new Set(asked.map(({ datasource }) => datasource.type))).toEqual(new Set([type]));
    expect(all).not.toContain('__inputs');
    expect(all).not.toMatch(/https?:\/\//);
  });

  it('has panels of their own ids and titles that lie side by side and not over each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('uses no variable that it does not have', () => {
    const known = new Set([...templating.list.map(({ name }) => name), '__timeFrom', '__timeTo', '__range', '__all']);
    const used = [...all.matchAll(/\$\{(\w+)|\$(\w+)/g)].map(([, braced, plain]) => braced ?? plain ?? '');

    expect(used.filter((name) => !known.has(name))).toEqual([]);
    expect(used).toEqual(expect.arrayContaining(['ds', 'repo', 'registry']));
  });

  it('has a value of its own for All', () => {
    const queries = templating.list.filter((variable) => variable.type === 'query');
    expect(queries.map(({ allValue }) => allValue)).toEqual(type === 'prometheus' ? ['.+', '.+'] : ['*', '*']);
  });
});

describe('the dashboard for Infinity', () => {
  it('takes the place of the older one: its uid, its title, its variables, its five panels', () => {
    const { uid, title, panels, templating } = dashboard.parse(infinityDashboard);

    expect([uid, title]).toEqual(['registry-stats', 'Registry Stats']);
    expect(templating.list.map(({ name }) => name)).toEqual(['ds', 'repo', 'registry']);
    expect(panels.map((each) => each.title)).toEqual(
      expect.arrayContaining(['Total Downloads', 'Package Overview', 'Tracked Packages', 'Cumulative Downloads', 'Daily Download Delta']),
    );
  });
});

describe('the dashboard for Prometheus', () => {
  const expressions = dashboard
    .parse(prometheusDashboard)
    .panels.flatMap(({ title, targets }) => targets.map((each) => [title, z.string().parse(each['expr'])] as const));

  it.each(expressions)('%s asks in valid PromQL, for metrics that there are', (_title, expression) => {
    const filled = expression.replaceAll('$__range', '30d').replaceAll(/\$(registry|repo)/g, '.+');
    const errors: string[] = [];
    parser.parse(filled).iterate({ enter: (node) => void (node.type.isError && errors.push(filled.slice(node.from, node.to + 20))) });

    expect(errors).toEqual([]);
    const names = filled.match(/registrystats_\w+/g) ?? [];
    expect(names.filter((name) => !(name in definitions))).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
  });
});
