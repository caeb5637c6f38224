/** The Helm chart, rendered by the real Helm and checked by the schemas of Kubernetes. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import { allSettings } from '../src/config/settings.ts';
import { sources } from '../src/sources/index.ts';
import { findHelm, renderChart, type Manifest } from './support/helm.ts';
import { nonrootId } from './support/image.ts';
import { problemsOf } from './support/kubernetes.ts';

type Values = Readonly<Record<string, unknown>>;

const chart = 'deploy/helm/registry-stats';
const helm = await findHelm();

const base: Values = { image: { repository: 'ghcr.io/acme/registry-stats' } };
const database = { url: 'postgres://app:secret@db:5432/app' };
const dockerhub = { username: 'acme', token: 'a "token"' };
const everything: Values = {
  image: { ...z.object({}).loose().parse(base['image']), digest: `sha256:${'0'.repeat(64)}`, pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'pull' }],
  repos: { dockerhub: ['acme/*'], ghcr: ['acme/app', 'acme/charts%2Fapp'], quay: ['acme/app'], ecrPublic: ['acme/charts/app'] },
  config: { POLL_INTERVAL_HOURS: 0.5, RETENTION_DAYS: 0, BASE_PATH: '/stats', DOCKERHUB_DELAY_MS: 600_000 },
  dockerhub,
  notify: { addresses: 'ntfy://ntfy.sh/topic, mailto:me@example.org' },
  smtp: { existingSecret: { name: 'mail', key: 'url' } },
  database: { existingSecret: { name: 'db', key: 'uri' }, replica: { existingSecret: { name: 'replica', key: 'uri' } } },
  api: { autoscaling: { enabled: true } },
  collector: { replicas: 2 },
  service: { type: 'LoadBalancer', port: 80, annotations: { a: 'b' } },
  ingress: { enabled: true, className: 'nginx', annotations: { a: 'b' }, host: 'stats.example.org', path: '/stats', tlsSecret: 'tls' },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  prometheusRule: { labels: { release: 'prometheus' } },
  networkPolicy: {
    enabled: true,
    from: [{ namespaceSelector: {} }],
    databaseTo: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    egress: [{ ports: [{ port: 3128 }] }],
  },
  serviceAccount: { annotations: { a: 'b' } },
  fullnameOverride: 'stats',
  podAnnotations: { a: 'b' },
  podLabels: { team: 'a' },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  priorityClassName: 'low',
};
const alerts = ['--set-file', 'prometheusRule.alerts=alerts/prometheus.yml'];

const probe = z.looseObject({ httpGet: z.object({ path: z.string() }).optional() });
const container = z.looseObject({
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.looseObject({ containerPort: z.number() })).optional(),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
});
const deployment = z.looseObject({
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({
    replicas: z.number().optional(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        containers: z.tuple([container]),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

async function render(context: TestContext, values: Values = {}, options: readonly string[] = []): Promise<readonly Manifest[]> {
  if ('missing' in helm) return context.skip(helm.missing);
  return renderChart(helm.program, chart, { values: { ...base, ...values }, options });
}

function deploymentsOf(manifests: readonly Manifest[]): readonly z.infer<typeof deployment>[] {
  return manifests.filter(({ kind }) => kind === 'Deployment').map((manifest) => deployment.parse(manifest));
}

function namesOf(manifests: readonly Manifest[]): readonly string[] {
  return manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
}

function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

describe('the chart', () => {
  it('names the version of the program', async () => {
    expect(parse(await readFile(`${chart}/Chart.yaml`, 'utf8'))).toMatchObject({ name: packageJson.name, appVersion: packageJson.version });
  });

  it('becomes one pod with a volume of files, and nothing that was not asked for', async (context) => {
    const manifests = await render(context);
    const [all] = deploymentsOf(manifests);

    expect(namesOf(manifests)).toEqual([
      'ConfigMap test-registry-stats',
      'Deployment test-registry-stats',
      'PersistentVolumeClaim test-registry-stats',
      'Service test-registry-stats',
      'ServiceAccount test-registry-stats',
    ]);
    expect(all?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(all?.spec.template.spec.containers[0].image).toBe(`ghcr.io/acme/registry-stats:${packageJson.version}`);
    expect(all?.spec.template.spec.containers[0].env).toEqual([{ name: 'ROLE', value: 'all' }]);
    expect(ofKind(manifests, 'PersistentVolumeClaim')).toMatchObject([
      { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } },
    ]);
  });

  it('becomes pods that serve and pods that read, without a volume, where there is a database', async (context) => {
    const manifests = await render(context, { database, dockerhub, api: { replicas: 3 } });
    const roles = deploymentsOf(manifests);

    expect(namesOf(manifests)).toEqual([
      'ConfigMap test-registry-stats',
      'Deployment test-registry-stats-api',
      'Deployment test-registry-stats-collector',
      'PodDisruptionBudget test-registry-stats-api',
      'Secret test-registry-stats',
      'Service test-registry-stats',
      'Service test-registry-stats-collector',
      'ServiceAccount test-registry-stats',
    ]);
    expect(roles.map(({ spec }) => spec.replicas)).toEqual([3, 1]);
    expect(roles.map(({ spec }) => spec.template.spec.containers[0].env.map(({ name, value }) => `${name}=${value}`))).toEqual([
      ['ROLE=api', 'DATABASE_URL_FILE=/secrets/DATABASE_URL'],
      ['ROLE=collector', 'DATABASE_URL_FILE=/secrets/DATABASE_URL', 'DOCKERHUB_TOKEN_FILE=/secrets/DOCKERHUB_TOKEN'],
    ]);
    for (const { spec } of roles) {
      expect(spec.template.spec.volumes.map(({ name }) => name)).toEqual(['tmp', 'secrets']);
    }
    expect(ofKind(manifests, 'Secret')).toMatchObject([{ stringData: { DATABASE_URL: database.url, DOCKERHUB_TOKEN: dockerhub.token } }]);
  });

  it('keeps the secrets out of everything but the Secret', async (context) => {
    const manifests = await render(context, { database, dockerhub });
    const others = JSON.stringify(manifests.filter(({ kind }) => kind !== 'Secret'));

    expect(others).not.toContain(database.url);
    expect(others).not.toContain('a \\"token\\"');
  });

  it('takes secrets that are there already, and then makes none', async (context) => {
    const existingSecret = { name: 'mine', key: 'token' };
    const manifests = await render(context, { dockerhub: { username: 'acme', existingSecret } });
    const [all] = deploymentsOf(manifests);

    expect(ofKind(manifests, 'Secret')).toEqual([]);
    expect(all?.spec.template.spec.volumes).toContainEqual({
      name: 'secrets',
      projected: { defaultMode: 0o440, sources: [{ secret: { name: 'mine', items: [{ key: 'token', path: 'DOCKERHUB_TOKEN' }] } }] },
    });
  });

  it('lets every container of every pod do as little as the image needs', async (context) => {
    const manifests = [...(await render(context)), ...(await render(context, everything, alerts))];
    const pods = deploymentsOf(manifests).map(({ spec }) => spec.template.spec);
    const containers = pods.flatMap((pod) => pod.containers);

    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: nonrootId,
          runAsGroup: nonrootId,
          fsGroup: nonrootId,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
    }
    for (const each of containers) {
      expect(each).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          privileged: false,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { memory: expect.any(String) }, limits: { memory: expect.any(String) } },
      });
      expect(each.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    }
    expect(ofKind(manifests, 'ServiceAccount')).toHaveLength(2);
    for (const account of ofKind(manifests, 'ServiceAccount')) expect(account).toMatchObject({ automountServiceAccountToken: false });
  });

  it('never starts a pod anew, nor hides the history, because a registry is dark', async (context) => {
    const probes = [...(await render(context)), ...(await render(context, { database }))]
      .filter(({ kind }) => kind === 'Deployment')
      .map((manifest) => deployment.parse(manifest).spec.template.spec.containers[0]);

    expect(probes.map(({ livenessProbe, readinessProbe }) => [livenessProbe?.httpGet?.path, readinessProbe?.httpGet?.path])).toEqual([
      ['/api/status', '/api/status'],
      ['/api/status', '/api/status'],
      [undefined, undefined],
    ]);
    expect(probes[2]?.livenessProbe).toMatchObject({ tcpSocket: { port: 'http' } });
  });

  it('makes only what Kubernetes and the Prometheus operator take, with the fewest values and with every one', async (context) => {
    const manifests = [
      ...(await render(context)),
      ...(await render(context, { database, dockerhub, api: { replicas: 2 }, affinity: { podAntiAffinity: {} } })),
      ...(await render(context, everything, alerts)),
      ...(await render(context, { persistence: { enabled: false }, serviceAccount: { create: false } })),
    ];

    expect(new Set(manifests.map(({ kind }) => kind)).size).toBe(12);
    for (const manifest of manifests) expect({ [manifest.metadata.name]: problemsOf(manifest) }).toEqual({ [manifest.metadata.name]: [] });
  });

  it('takes the settings as they are meant, though YAML reads on as true and 6 as a number', async (context) => {
    const config = {
      BACKFILL: false,
      POLL_INTERVAL_HOURS: 0.5,
      RETENTION_DAYS: 0,
      DOCKERHUB_DELAY_MS: 600_000,
      IMAGE_GROUPS: 'a=ghcr:a/b',
    };
    const [settings] = ofKind(await render(context, { config, repos: { ghcr: ['acme/app', 'acme/*'] } }), 'ConfigMap');

    expect(settings).toMatchObject({
      data: {
        BACKFILL: 'off',
        POLL_INTERVAL_HOURS: '0.5',
        RETENTION_DAYS: '0',
        DOCKERHUB_DELAY_MS: '600000',
        IMAGE_GROUPS: 'a=ghcr:a/b',
        GHCR_REPOS: 'acme/app,acme/*',
        DOCKERHUB_REPOS: '',
      },
    });
  });

  it('starts new pods when a setting or a secret changes, and only then', async (context) => {
    const checksumsOf = async (values: Values): Promise<readonly string[]> =>
      deploymentsOf(await render(context, values)).map(({ spec }) => JSON.stringify(spec.template.metadata.annotations));
    const before = await checksumsOf({ database });

    expect(await checksumsOf({ database, ingress: { enabled: true, host: 'a.example' } })).toEqual(before);
    expect(await checksumsOf({ database, config: { LOG_LEVEL: 'debug' } })).not.toEqual(before);
    expect(await checksumsOf({ database: { url: 'postgres://app:changed@db/app' } })).not.toEqual(before);
  });

  it('has the alerts and a job of the name that they ask for, only where they are wanted', async (context) => {
    const without = await render(context, { database });
    const manifests = await render(context, { database, serviceMonitor: { enabled: true } }, alerts);
    const { groups } = z.object({ groups: z.array(z.unknown()) }).parse(parse(await readFile('alerts/prometheus.yml', 'utf8')));

    expect([...ofKind(without, 'ServiceMonitor'), ...ofKind(without, 'PrometheusRule')]).toEqual([]);
    expect(ofKind(manifests, 'ServiceMonitor')).toMatchObject([
      { spec: { jobLabel: 'app.kubernetes.io/name', endpoints: [{ port: 'http', path: '/metrics' }] } },
    ]);
    expect(ofKind(manifests, 'Service').map(({ metadata }) => metadata.labels['app.kubernetes.io/name'])).toEqual([
      'registry-stats',
      'registry-stats',
    ]);
    expect(ofKind(manifests, 'PrometheusRule')).toMatchObject([{ spec: { groups } }]);
    expect(JSON.stringify(groups)).toContain('up{job=\\"registry-stats\\"}');
  });

  it('scales the pods that serve only where that is asked for, and then leaves their number alone', async (context) => {
    const manifests = await render(context, { database, api: { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 4 } } });

    expect(ofKind(manifests, 'HorizontalPodAutoscaler')).toMatchObject([
      { spec: { scaleTargetRef: { name: 'test-registry-stats-api' }, minReplicas: 2, maxReplicas: 4 } },
    ]);
    expect(ofKind(manifests, 'PodDisruptionBudget')).toHaveLength(1);
    expect(deploymentsOf(manifests).map(({ spec }) => spec.replicas)).toEqual([undefined, 1]);
  });

  it('gives a replica to the pods that serve, and to no others', async (context) => {
    const manifests = await render(context, { database: { ...database, replica: { existingSecret: { name: 'replica', key: 'uri' } } } });
    const files = deploymentsOf(manifests).map(({ spec }) =>
      spec.template.spec.containers.flatMap(({ env }) => env.filter(({ name }) => name === 'DATABASE_URL_READ_FILE').length),
    );

    expect(files).toEqual([[1], [0]]);
  });

  it('lets only what reads registries reach them', async (context) => {
    const manifests = await render(context, { database, networkPolicy: { enabled: true } });
    const ports = z.object({ spec: z.object({ egress: z.array(z.object({ ports: z.array(z.object({ port: z.number() })) })) }) });
    const reached = ofKind(manifests, 'NetworkPolicy').map((policy) =>
      ports.parse(policy).spec.egress.flatMap((rule) => rule.ports.map(({ port }) => port)),
    );

    expect(reached).toEqual([
      [53, 53, 5432],
      [53, 53, 443, 5432],
    ]);
  });

  it.for<[string, Values, RegExp]>([
    ['no image', { image: { repository: '' } }, /image\.repository is not set/],
    ['a value that there is not', { replicas: 2 }, /replicas/],
    ['a variable that there is not', { config: { RETENTION_DAY: 1 } }, /RETENTION_DAY/],
    ['a secret among the settings', { config: { DATABASE_URL: 'postgres://db' } }, /DATABASE_URL/],
    ['an image that is none', { repos: { ghcr: ['app'] } }, /repos.ghcr/],
    ['another database', { database: { url: 'mysql://db' } }, /database.url/],
    ['no replicas', { database, api: { replicas: 0 } }, /api.replicas/],
    ['several pods over one folder', { api: { replicas: 2 } }, /api\.replicas is above 1 without a database/],
    ['several collectors over one folder', { collector: { replicas: 2 } }, /collector\.replicas is above 1 without a database/],
    ['a replica of nothing', { database: { replica: { url: 'postgres://replica/app' } } }, /database\.replica is set without a database/],
    ['scaling over one folder', { api: { autoscaling: { enabled: true } } }, /api\.autoscaling is enabled without a database/],
    [
      'two databases',
      { database: { ...database, existingSecret: { name: 'db' } } },
      /database\.url and database\.existingSecret are both set/,
    ],
    [
      'two tokens',
      { dockerhub: { token: 'a', existingSecret: { name: 'b' } } },
      /dockerhub\.token and dockerhub\.existingSecret are both set/,
    ],
    ['an ingress for no host', { ingress: { enabled: true } }, /ingress\.host is not set/],
  ])('refuses %s', async ([, values, message], context) => {
    await expect(render(context, values)).rejects.toThrow(message);
  });

  it('knows every variable of the program, and no other', async (context) => {
    const settings = allSettings(sources.map(({ descriptor }) => descriptor)).map(({ variable }) => variable);
    const { properties } = z
      .object({ properties: z.object({ config: z.object({ properties: z.record(z.string(), z.unknown()) }) }) })
      .parse(JSON.parse(await readFile(`${chart}/values.schema.json`, 'utf8')));
    const manifests = await render(context, { ...everything, config: {} });
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(ofKind(manifests, 'ConfigMap')[0]);
    const env = deploymentsOf(manifests).flatMap(({ spec }) => spec.template.spec.containers[0].env);
    const decided = [...Object.keys(data), ...env.map(({ name }) => name.replace(/_FILE$/, ''))];

    // The image says DATA_DIR, and Node itself reads TZ.
    expect(new Set([...Object.keys(properties.config.properties), ...decided, 'DATA_DIR'])).toEqual(new Set([...settings, 'TZ']));
  });

  it('agrees with the Dockerfile about the port, the user and the folders', async (context) => {
    const dockerfile = await readFile('Dockerfile', 'utf8');
    const manifests = await render(context);
    const [all] = deploymentsOf(manifests);
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(ofKind(manifests, 'ConfigMap')[0]);

    expect(dockerfile).toMatch(/^EXPOSE 9100$/m);
    expect(dockerfile).toMatch(/^USER nonroot$/m);
    expect(dockerfile).toContain('DATA_DIR=/data');
    expect(all?.spec.template.spec.containers[0]).toMatchObject({
      ports: [{ name: 'http', containerPort: 9100 }],
      volumeMounts: [{ mountPath: '/tmp' }, { mountPath: '/data' }],
    });
    expect(data).toMatchObject({ LISTEN_ADDR: ':9100', HEALTH_FILE: '/tmp/.healthy' });
  });
});

describe('the check of manifests', () => {
  it('finds a misspelt field, a wrong type and a missing field', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', labels: {} } };

    expect(problemsOf({ ...service, spec: { ports: [{ port: 80, targetPorts: 80 }] } })).toEqual([
      '/spec/ports/0/targetPorts is an unknown field',
    ]);
    expect(problemsOf({ ...service, spec: { ports: [{ port: '80' }] } })).toEqual([expect.stringContaining('must be integer')]);
    expect(problemsOf({ ...service, spec: { ports: [{}] } })).toEqual(['data/spec/ports/0 must have required property port']);
    expect(problemsOf({ ...service, kind: 'Gateway' })).toEqual(['v1 Gateway is not known here']);
  });
});
