/** The metrics, the rules and the past, with the real Prometheus. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { prometheusDashboard } from '../grafana/source/prometheus.ts';
import { systemClock } from '../src/app/system-clock.ts';
import { addDays, dayOf, toEpochDay } from '../src/core/model/day.ts';
import { openStore } from '../src/store/index.ts';
import { environmentOf } from '../test/support/environment.ts';
import { runProgram, startService, type Service } from '../test/support/program.ts';
import { howToInstall, isInstalled, promtool, startPrometheus, type Prometheus } from './support/prometheus.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';
import { startSimulator, type Simulator } from '../src/demo/simulator/index.ts';
import { findPackage, lastDays } from '../src/demo/simulator/world.ts';
import { smallWorld } from '../test/support/small-world.ts';

const { panels } = z
  .object({ panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })) })
  .parse(prometheusDashboard);
const rules = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })) });

describe('with the real Prometheus', () => {
  const today = dayOf(Date.now());
  let directory: string;
  let simulator: Simulator;
  let service: Service;
  let prometheus: Prometheus;
  let env: Record<string, string>;

  beforeAll(async () => {
    if (!isInstalled) return;
    directory = await mkdtemp(join(tmpdir(), 'registry-stats-prometheus-'));
    const world = smallWorld();
    const app = findPackage(world, 'Acme', 'app');
    if (app) app.daily = lastDays(today, Array<number>(30).fill(10));
    simulator = await startSimulator({ world });
    const repos = { DOCKERHUB_REPOS: 'acme/*,bad', GHCR_REPOS: 'acme/app,acme/charts/app', BACKFILL: 'off', RETENTION_DAYS: '0' };
    env = environmentOf(simulator, directory, repos);
    await storeHistory(join(directory, 'data'), today);
    service = await startService(env);
    await service.logged(/run done/);

    const exported = runProgram(['export', '--format', 'openmetrics'], { env });
    await exported.exited;
    const blocks = join(directory, 'blocks');
    await mkdir(blocks);
    await writeFile(join(directory, 'history.om'), exported.output());
    await promtool(['tsdb', 'create-blocks-from', 'openmetrics', join(directory, 'history.om'), blocks]);

    const config = join(directory, 'prometheus.yml');
    const target = new URL(service.url).host;
    await writeFile(
      config,
      `scrape_configs:\n  - job_name: registry-stats\n    scrape_interval: 1s\n    static_configs: [{ targets: ["${target}"] }]\n`,
    );
    await promtool(['check', 'config', '--syntax-only', config]);
    prometheus = await startPrometheus(config, blocks);
    await prometheus.wait('registrystats_image_pulls{job="registry-stats"}');
  }, 60_000);

  beforeEach(({ skip }) => skip(!isInstalled, `no prometheus on this machine; ${howToInstall} brings it`));

  afterAll(async () => {
    if (!isInstalled) return;
    await prometheus.stop();
    await service.stop();
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('the metrics are without a finding', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();

    expect(await promtool(['check', 'metrics'], text)).toBe('');
  });

  it('the rules are sound, and each fires and is silent where it should', async () => {
    expect(await promtool(['check', 'rules', '--lint=all', 'alerts/prometheus.yml'])).toContain('8 rules found');
    expect(await promtool(['test', 'rules', 'alerts/prometheus_test.yml'])).toContain('SUCCESS');
  });

  it('every rule has a case in which it fires, and one in which it is silent', async () => {
    const cases = z.object({
      tests: z.array(z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) })),
    });
    const { tests } = cases.parse(parse(await readFile('alerts/prometheus_test.yml', 'utf8')));
    const all = tests.flatMap((each) => each.alert_rule_test);

    for (const { alert } of await alertRules()) {
      const own = all.filter(({ alertname }) => alertname === alert);
      expect([
        alert,
        own.some(({ exp_alerts: alerts }) => alerts.length > 0),
        own.some(({ exp_alerts: alerts }) => alerts.length === 0),
      ]).toEqual([alert, true, true]);
    }
  });

  it('the live totals are those of the API, and the target is up', async () => {
    const totals = await prometheus.query('registrystats_image_pulls{job="registry-stats"}');
    const named = totals.map(({ labels, value }) => [`${labels['registry']} ${labels['owner']}/${labels['repo']}`, value]);

    expect(Object.fromEntries(named)).toEqual({
      'dockerhub acme/app': 5_000_000_000,
      'dockerhub acme/fresh': 0,
      'ghcr acme/app': 14_360,
      'ghcr acme/charts/app': 42,
    });
    expect(await prometheus.query('up{job="registry-stats"}')).toMatchObject([{ value: 1 }]);
    expect(await prometheus.query('registrystats_configuration_problems')).toMatchObject([{ value: 1 }]);
    expect(await prometheus.query('registrystats_registry_listing_complete')).toHaveLength(2);
  });

  it('the past is there, day by day, in the same series as what is scraped', async () => {
    const total = 'max by (registry, owner, repo) (last_over_time(registrystats_image_pulls{registry="ghcr", repo="app"}[1d]))';

    expect(await prometheus.query(total, endOf(addDays(today, -1)))).toMatchObject([{ value: 14_350 }]);
    expect(await prometheus.query(total, endOf(addDays(today, -20)))).toMatchObject([{ value: 14_350 - 19 * 10 }]);
    expect(await prometheus.query(`${total} - ${total.replace('[1d]', '[1d] offset 1d')}`, endOf(addDays(today, -3)))).toMatchObject([
      { value: 10 },
    ]);
  });

  it('every panel of the dashboard can be asked, and those about images have something to show', async () => {
    const empty: string[] = [];
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        const asked = expr.replaceAll('$__range', '10d').replaceAll(/\$(registry|repo)/g, '.+');
        // Bars stand at the start of their day, and have no value at another moment.
        const samples = [...(await prometheus.query(asked)), ...(await prometheus.query(asked, endOf(addDays(today, -1)) + 1))];
        if (samples.length === 0) empty.push(title);
      }
    }

    // Nothing went down, and of 30 days ago nothing is known.
    expect(empty).toEqual(['Downloads per Month', 'Counter Resets']);
  });

  it('the panel of pulls by day has the pulls of each day', async () => {
    const daily = panels.find(({ title }) => title === 'Daily Download Delta')?.targets[0]?.expr ?? '';
    const asked = daily.replaceAll('$registry', 'ghcr').replaceAll('$repo', 'app');

    expect(await prometheus.query(asked, endOf(addDays(today, -6)) + 1)).toMatchObject([
      { labels: { owner: 'acme', repo: 'app' }, value: 10 },
    ]);
  });

  it('every rule can be asked, and none fires while all is well but the rejected entry', async () => {
    const firing: string[] = [];
    for (const { alert, expr } of await alertRules()) if ((await prometheus.query(expr)).length > 0) firing.push(alert);

    expect(firing).toEqual(['RegistryStatsConfigurationRejected']);
  });
});

/** The last second of a day, in seconds since the epoch. */
function endOf(day: string): number {
  return (toEpochDay(day) + 1) * 86_400 - 1;
}

async function alertRules(): Promise<readonly { readonly alert: string; readonly expr: string }[]> {
  return rules.parse(parse(await readFile('alerts/prometheus.yml', 'utf8'))).groups.flatMap((group) => group.rules);
}

/** 20 days before today of one image on GHCR, 10 pulls each. */
async function storeHistory(data: string, today: string): Promise<void> {
  const log = createRecordingLog();
  const store = await openStore({ directory: data, clock: systemClock, log, pid: process.pid, hostname: hostname() });
  for (let ago = 20; ago >= 1; ago -= 1) {
    const readAt = `${addDays(today, -ago)}T22:00:00.000Z`;
    await store.save([{ registry: 'ghcr', repo: 'acme/app', pullCount: 14_350 - (ago - 1) * 10, readAt }]);
  }
  await store.close();
}
