/** The files that other programs read: Compose, GitHub's workflows, Renovate. */
import { access, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { endpoints } from '../src/http/endpoints/index.ts';
import { openApiDocument } from '../src/http/openapi.ts';
import packageJson from '../package.json' with { type: 'json' };

const workflowsFolder = '.github/workflows';

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const workflowSchema = z.object({
  permissions,
  jobs: z.record(
    z.string(),
    z.object({
      permissions,
      'timeout-minutes': z.number(),
      steps: z.array(
        z.object({ uses: z.string().optional(), run: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() }),
      ),
    }),
  ),
});

const renovateSchema = z.object({
  extends: z.array(z.string()),
  packageRules: z.array(
    z.object({ description: z.string(), matchManagers: z.array(z.string()), matchPackageNames: z.array(z.string()).optional() }),
  ),
});

describe('compose.yaml', () => {
  it('is a safe example: no image is tracked, and the container can do and use little', async () => {
    const { services } = z
      .object({ services: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(parse(await readFile('compose.yaml', 'utf8')));

    expect(Object.keys(services)).toEqual(['registry-stats', 'grafana', 'prometheus']);
    expect(services['registry-stats']).toMatchObject({
      build: '.',
      restart: 'unless-stopped',
      environment: { DOCKERHUB_REPOS: '${DOCKERHUB_REPOS:-}', GHCR_REPOS: '${GHCR_REPOS:-}' },
      ports: ['9100:9100'],
      volumes: ['registry-stats:/data'],
      healthcheck: { test: ['CMD', '/registry-stats', 'health'] },
      stop_grace_period: '15s',
      read_only: true,
      tmpfs: [expect.stringMatching(/^\/tmp:/)],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: '128m',
      pids_limit: expect.any(Number),
    });
  });
});

describe('deploy/postgres/compose.yaml', () => {
  it('adds a database that has a volume and a password of its own, and sends the service there once it is healthy', async () => {
    const { services, volumes } = z
      .object({ services: z.record(z.string(), z.record(z.string(), z.unknown())), volumes: z.record(z.string(), z.null()) })
      .parse(parse(await readFile('deploy/postgres/compose.yaml', 'utf8')));

    expect(Object.keys(services)).toEqual(['registry-stats', 'postgres']);
    expect(services['registry-stats']).toEqual({
      environment: {
        DATABASE_URL: expect.stringMatching(/^postgres:\/\/registry_stats:\$\{POSTGRES_PASSWORD:\?.+\}@postgres:5432\/registry_stats$/),
      },
      depends_on: { postgres: { condition: 'service_healthy' } },
      mem_limit: '256m',
    });
    expect(services['postgres']).toMatchObject({
      image: expect.stringMatching(/^postgres:18\.\d+$/),
      restart: 'unless-stopped',
      environment: { POSTGRES_USER: 'registry_stats', POSTGRES_DB: 'registry_stats', POSTGRES_PASSWORD: expect.stringContaining(':?') },
      volumes: ['postgres:/var/lib/postgresql'],
      healthcheck: { test: expect.arrayContaining(['CMD', 'pg_isready']) },
      security_opt: ['no-new-privileges:true'],
    });
    expect(services['postgres']).not.toHaveProperty('ports');
    expect(volumes).toEqual({ postgres: null });
  });

  it('asks for its password in a file of its own: Compose would ask for it even where a profile is off', async () => {
    expect(await readFile('compose.yaml', 'utf8')).not.toMatch(/\$\{\w+:?\?/);
    expect(await readFile('deploy/README.md', 'utf8')).toContain('docker compose -f compose.yaml -f deploy/postgres/compose.yaml up -d');
  });
});

describe('the provisioning of Grafana', () => {
  const folder = 'deploy/grafana/provisioning';

  it('names a data source for each dashboard, under the uid that the alert asks', async () => {
    const source = z.object({ uid: z.string(), type: z.string(), url: z.string(), jsonData: z.record(z.string(), z.unknown()) });
    const { datasources } = z
      .object({ datasources: z.array(source) })
      .parse(parse(await readFile(`${folder}/datasources/registry-stats.yaml`, 'utf8')));
    const alerts = await readFile(`${folder}/alerting/registry-stats.yaml`, 'utf8');

    expect(datasources).toMatchObject([
      {
        uid: 'registry-stats',
        type: 'yesoreyeram-infinity-datasource',
        url: 'http://registry-stats:9100',
        jsonData: { customHealthCheckUrl: '/api/health' },
      },
      { uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090' },
    ]);
    expect(alerts).toContain('datasourceUid: registry-stats');
  });

  it('mounts only what is there', async () => {
    const service = z.object({ volumes: z.array(z.string()), profiles: z.array(z.string()).optional() });
    const { services } = z.object({ services: z.record(z.string(), service) }).parse(parse(await readFile('compose.yaml', 'utf8')));
    const mounted = Object.values(services).flatMap(({ volumes }) =>
      volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('./')),
    );

    await Promise.all(mounted.map((path) => access(path)));
    expect(mounted).toHaveLength(5);
    expect([services['grafana']?.profiles, services['prometheus']?.profiles]).toEqual([['grafana'], ['prometheus']]);
  });

  it('alerts over one number for each registry, from fields that the API has', async () => {
    const model = z.object({
      url: z.string(),
      parser: z.literal('backend'),
      root_selector: z.string(),
      columns: z.array(z.object({ selector: z.string(), type: z.string() })),
    });
    const rule = z.object({
      data: z.tuple([z.object({ model }), z.object({ model: z.object({ type: z.literal('threshold'), expression: z.literal('A') }) })]),
    });
    const file = z.object({ groups: z.tuple([z.object({ rules: z.tuple([rule]) })]) });
    const { groups } = file.parse(parse(await readFile(`${folder}/alerting/registry-stats.yaml`, 'utf8')));
    const [{ model: asked }] = groups[0].rules[0].data;

    expect([asked.url, asked.root_selector]).toEqual(['/api/status', 'registries']);
    expect(asked.columns.map(({ type }) => type)).toEqual(['string', 'number']);
    const described = JSON.stringify(openApiDocument(endpoints));
    for (const { selector } of asked.columns) expect(described).toContain(`"${selector}":`);
  });
});

describe('the workflows', () => {
  it('take no right that a job does not name, keep no credentials, and put nothing from outside into a script', async () => {
    const names = await readdir(workflowsFolder);

    expect(names.toSorted()).toEqual(['ci.yml', 'release.yml']);
    for (const name of names) {
      const workflow = workflowSchema.parse(parse(await readFile(join(workflowsFolder, name), 'utf8')));
      expect(workflow.permissions).toEqual({});
      const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
      const actions = steps.flatMap(({ uses }) => uses ?? []);
      const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      const scripts = steps.flatMap(({ run }) => run ?? []);

      for (const action of actions) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@(v\d[\d.]*|[0-9a-f]{40})$/);
      for (const { with: options } of checkouts) expect(options).toMatchObject({ 'persist-credentials': false });
      for (const script of scripts) expect(script).not.toContain('${{');
    }
  });

  it('only let the release write, and only after every check', async () => {
    const text = await readFile(join(workflowsFolder, 'release.yml'), 'utf8');
    const { jobs } = workflowSchema.parse(parse(text));

    expect(jobs['check']?.permissions).toEqual({ contents: 'read' });
    expect(jobs['image']).toMatchObject({ permissions: { contents: 'read', packages: 'write', 'id-token': 'write' } });
    expect(parse(text)).toMatchObject({ on: { push: { tags: ['v*'] } }, jobs: { image: { needs: 'check' } } });
    expect(jobs['image']?.steps.map((step) => step.with)).toContainEqual(
      expect.objectContaining({ platforms: 'linux/amd64,linux/arm64', push: true, provenance: 'mode=max', sbom: true }),
    );
    expect(jobs['image']?.steps.at(-1)?.run).toContain('cosign sign --yes "$image@$DIGEST"');
  });

  it('test every Node that is supported, and run everything before a release', async () => {
    const workflow: unknown = parse(await readFile(join(workflowsFolder, 'ci.yml'), 'utf8'));
    const release = workflowSchema.parse(parse(await readFile(join(workflowsFolder, 'release.yml'), 'utf8')));

    expect(workflow).toMatchObject({ jobs: { test: { strategy: { matrix: { node: [20, 22, 24, 26] } } } } });
    expect(release.jobs['check']?.steps).toContainEqual({ run: '.ci/run' });
    expect(packageJson.engines.node).toMatch(/^>=20\./);
  });
});

describe('renovate.json', () => {
  it('pins images and actions by digest, and holds back only packages that are here, each with its reason', async () => {
    const { extends: presets, packageRules } = renovateSchema.parse(JSON.parse(await readFile('renovate.json', 'utf8')));
    const held = packageRules.filter(({ matchManagers }) => matchManagers.includes('npm')).flatMap((rule) => rule.matchPackageNames ?? []);

    expect(presets).toEqual(expect.arrayContaining(['docker:pinDigests', 'helpers:pinGitHubActionDigests']));
    expect(held.toSorted()).toEqual(['@types/node', 'commander', 'dependency-cruiser', 'typescript', 'vite', 'vitest']);
    expect(Object.keys(packageJson.devDependencies)).toEqual(expect.arrayContaining(held));
    for (const { description } of packageRules) expect(description.length).toBeGreaterThan(20);
  });
});
