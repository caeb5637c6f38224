/** The dashboard for Prometheus. */
import type { VariableModel } from '@grafana/schema';
import {
  bars,
  choiceVariable,
  selectedSource,
  columns,
  dashboard,
  lines,
  panel,
  pie,
  sourceVariable,
  stat,
  table,
  type Panel,
  type PanelParts,
  type Target,
} from './panels.ts';

const type = 'prometheus';
const selectedImages = '{registry=~"$registry", repo=~"$repo"}';
const image = 'max by (registry, owner, repo)';

/**
 * The newest value of a metric of the selected images, from any scrape target. It looks back one day, because history that was
 * backfilled with promtool has one sample per day.
 */
function newest(metric: string, offset = ''): string {
  return `${image} (last_over_time(${metric}${selectedImages}[1d]${offset === '' ? '' : ` offset ${offset}`}))`;
}

const pulls = newest('registrystats_image_pulls');

/** Pulls over a time span until now. A counter reset counts 0. */
function pullsSince(span: string): string {
  return `clamp_min(${pulls} - ${newest('registrystats_image_pulls', span)}, 0)`;
}

function rangeQuery(expr: string, more: Readonly<Record<string, unknown>> = {}, refId = 'A'): Target {
  return { refId, datasource: selectedSource(type), expr, range: true, instant: false, editorMode: 'code', ...more };
}

function instantQuery(expr: string, more: Readonly<Record<string, unknown>> = {}, refId = 'A'): Target {
  return rangeQuery(expr, { range: false, instant: true, ...more }, refId);
}

const legendFormat = '{{owner}}/{{repo}}';

function createPanel(kind: Parameters<typeof panel>[1], parts: PanelParts): Panel {
  return panel(type, kind, parts);
}

function labelVariable(name: string, label: string, definition: string, multi: boolean): VariableModel {
  const query = { query: definition, refId: 'PrometheusVariableQueryEditor-VariableQuery', qryType: 1 };
  return choiceVariable({ name, label, type, definition, query, allValue: '.+', multi });
}

const panels: readonly Panel[] = [
  createPanel(stat('', 'lastNotNull'), {
    id: 10,
    title: 'Total Downloads',
    description: 'Sum of the newest totals of the selected images.',
    place: [0, 0, 6, 5],
    targets: [instantQuery(`sum(${pulls})`)],
  }),
  createPanel(stat('', 'lastNotNull'), {
    id: 12,
    title: 'Downloads in This Range',
    description: 'From the start of the selected range until now.',
    place: [0, 5, 6, 5],
    targets: [instantQuery(`sum(${pullsSince('$__range')})`)],
  }),
  createPanel(table('Total Downloads'), {
    id: 1,
    title: 'Package Overview',
    description: 'Newest totals, summed over registries by name.',
    place: [6, 0, 18, 10],
    targets: [
      instantQuery(`sum by (owner, repo) (${pulls})`, { format: 'table' }),
      instantQuery(`max by (owner, repo) (${newest('registrystats_image_tags')})`, { format: 'table' }, 'B'),
    ],
    transformations: [
      { id: 'merge', options: {} },
      columns({ owner: 'Owner', repo: 'Package', 'Value #A': 'Total Downloads', 'Value #B': 'Tags' }, ['Time']),
    ],
  }),
  createPanel(lines, {
    id: 2,
    title: 'Cumulative Downloads',
    description: 'Totals over time, summed over registries by name.',
    place: [0, 10, 12, 11],
    targets: [rangeQuery(`sum by (owner, repo) (${pulls})`, { legendFormat })],
  }),
  createPanel(bars, {
    id: 3,
    title: 'Daily Download Delta',
    description: 'Pulls per UTC day: the total one day later minus the total of the day. A counter reset counts 0.',
    place: [12, 10, 12, 11],
    targets: [
      rangeQuery(`sum by (owner, repo) (clamp_min(${newest('registrystats_image_pulls', '-1d')} - ${pulls}, 0))`, {
        legendFormat,
        interval: '1d',
      }),
    ],
  }),
  createPanel(lines, {
    id: 4,
    title: 'Downloads per Week',
    description: 'Pulls in the 7 days before each point.',
    place: [0, 21, 12, 9],
    targets: [rangeQuery(`sum by (owner, repo) (${pullsSince('7d')})`, { legendFormat })],
  }),
  createPanel(lines, {
    id: 5,
    title: 'Downloads per Month',
    description: 'Pulls in the 30 days before each point. Prometheus keeps 15 days by default.',
    place: [12, 21, 12, 9],
    targets: [rangeQuery(`sum by (owner, repo) (${pullsSince('30d')})`, { legendFormat })],
  }),
  createPanel(table('7 days'), {
    id: 6,
    title: 'Top Movers',
    description: 'The ten images with the most pulls in the last 7 days.',
    place: [0, 30, 12, 9],
    targets: [instantQuery(`topk(10, ${pullsSince('7d')})`, { format: 'table' })],
    transformations: [columns({ owner: 'Owner', repo: 'Package', registry: 'Registry', Value: '7 days' }, ['Time'])],
  }),
  createPanel(pie, {
    id: 7,
    title: 'Share per Registry',
    description:
      'Share of the newest totals. Registries count differently: GHCR counts every manifest, so a pull of a multi-platform image counts about twice.',
    place: [12, 30, 6, 9],
    targets: [instantQuery(`sum by (registry) (${pulls})`, { legendFormat: '{{registry}}' })],
  }),
  createPanel(table('Age', { Age: 's' }), {
    id: 8,
    title: 'Freshness',
    description: 'Time since the last successful run of each registry.',
    place: [18, 30, 6, 9],
    targets: [
      instantQuery('time() - max by (registry) (registrystats_registry_last_success_timestamp_seconds{registry=~"$registry"})', {
        format: 'table',
      }),
    ],
    transformations: [columns({ registry: 'Registry', Value: 'Age' }, ['Time'])],
  }),
  createPanel(lines, {
    id: 9,
    title: 'Failed Images',
    description: 'Images that failed in the last run of each registry; see the status page for the reasons.',
    place: [0, 39, 12, 8],
    targets: [
      rangeQuery('max by (registry) (registrystats_registry_images_failed{registry=~"$registry"})', { legendFormat: '{{registry}}' }),
    ],
  }),
  createPanel(table('Lost'), {
    id: 13,
    title: 'Counter Resets',
    description: 'Totals below their maximum in this range: the registry corrected them, or the repository was recreated.',
    place: [12, 39, 12, 8],
    targets: [
      instantQuery(`${image} (max_over_time(registrystats_image_pulls${selectedImages}[$__range])) - ${pulls} > 0`, { format: 'table' }),
    ],
    transformations: [columns({ owner: 'Owner', repo: 'Package', registry: 'Registry', Value: 'Lost' }, ['Time'])],
  }),
];

export const prometheusDashboard = dashboard({
  uid: 'registry-stats-prometheus',
  title: 'Registry Stats (Prometheus)',
  description: 'Downloads of container images, from the metrics of registry-stats.',
  variables: [
    sourceVariable(type),
    labelVariable('registry', 'Registry', 'label_values(registrystats_image_pulls, registry)', false),
    labelVariable('repo', 'Repository', 'label_values(registrystats_image_pulls{registry=~"$registry"}, repo)', true),
  ],
  annotations: [
    {
      name: 'Counter resets',
      enable: true,
      iconColor: 'red',
      datasource: selectedSource(type),
      target: rangeQuery(
        `${pulls} < ${newest('registrystats_image_pulls', '1h')}`,
        { interval: '1h', legendFormat: '{{owner}}/{{repo}} on {{registry}}: counter reset' },
        'Anno',
      ),
    },
  ],
  panels,
});
