/** The dashboard over Prometheus. */
import type { VariableModel } from '@grafana/schema';
import {
  bars,
  choiceVariable,
  chosen,
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
const chosenImages = '{registry=~"$registry", repo=~"$repo"}';
const image = 'max by (registry, owner, repo)';

/**
 * A metric of the chosen images as it stood at a moment, whoever scraped it. It looks back a day: the past that was taken in with
 * promtool has one sample a day.
 */
function held(metric: string, offset = ''): string {
  return `${image} (last_over_time(${metric}${chosenImages}[1d]${offset === '' ? '' : ` offset ${offset}`}))`;
}

const pulls = held('registrystats_image_pulls');

/** Pulls over a span that ended now. A counter that went down counts nothing. */
function pullsSince(span: string): string {
  return `clamp_min(${pulls} - ${held('registrystats_image_pulls', span)}, 0)`;
}

function asked(expr: string, more: Readonly<Record<string, unknown>> = {}, refId = 'A'): Target {
  return { refId, datasource: chosen(type), expr, range: true, instant: false, editorMode: 'code', ...more };
}

function now(expr: string, more: Readonly<Record<string, unknown>> = {}, refId = 'A'): Target {
  return asked(expr, { range: false, instant: true, ...more }, refId);
}

const legendFormat = '{{owner}}/{{repo}}';

function made(kind: Parameters<typeof panel>[1], parts: PanelParts): Panel {
  return panel(type, kind, parts);
}

function labelVariable(name: string, label: string, definition: string, multi: boolean): VariableModel {
  const query = { query: definition, refId: 'PrometheusVariableQueryEditor-VariableQuery', qryType: 1 };
  return choiceVariable({ name, label, type, definition, query, allValue: '.+', multi });
}

const panels: readonly Panel[] = [
  made(stat('', 'lastNotNull'), {
    id: 10,
    title: 'Total Downloads',
    description: 'The newest totals of the chosen images, summed.',
    place: [0, 0, 6, 5],
    targets: [now(`sum(${pulls})`)],
  }),
  made(stat('', 'lastNotNull'), {
    id: 12,
    title: 'Downloads in This Range',
    description: 'From the start of the chosen range to now.',
    place: [0, 5, 6, 5],
    targets: [now(`sum(${pullsSince('$__range')})`)],
  }),
  made(table('Total Downloads'), {
    id: 1,
    title: 'Package Overview',
    description: 'The newest totals, registries of one name summed.',
    place: [6, 0, 18, 10],
    targets: [
      now(`sum by (owner, repo) (${pulls})`, { format: 'table' }),
      now(`max by (owner, repo) (${held('registrystats_image_tags')})`, { format: 'table' }, 'B'),
    ],
    transformations: [
      { id: 'merge', options: {} },
      columns({ owner: 'Owner', repo: 'Package', 'Value #A': 'Total Downloads', 'Value #B': 'Tags' }, ['Time']),
    ],
  }),
  made(lines, {
    id: 2,
    title: 'Cumulative Downloads',
    description: 'Totals over time, registries of one name summed.',
    place: [0, 10, 12, 11],
    targets: [asked(`sum by (owner, repo) (${pulls})`, { legendFormat })],
  }),
  made(bars, {
    id: 3,
    title: 'Daily Download Delta',
    description: 'Pulls of each UTC day: the total a day later less the total then. A counter that went down counts nothing.',
    place: [12, 10, 12, 11],
    targets: [
      asked(`sum by (owner, repo) (clamp_min(${held('registrystats_image_pulls', '-1d')} - ${pulls}, 0))`, {
        legendFormat,
        interval: '1d',
      }),
    ],
  }),
  made(lines, {
    id: 4,
    title: 'Downloads per Week',
    description: 'Pulls of the 7 days before each moment.',
    place: [0, 21, 12, 9],
    targets: [asked(`sum by (owner, repo) (${pullsSince('7d')})`, { legendFormat })],
  }),
  made(lines, {
    id: 5,
    title: 'Downloads per Month',
    description: 'Pulls of the 30 days before each moment. Prometheus keeps 15 days unless its retention says more.',
    place: [12, 21, 12, 9],
    targets: [asked(`sum by (owner, repo) (${pullsSince('30d')})`, { legendFormat })],
  }),
  made(table('7 days'), {
    id: 6,
    title: 'Top Movers',
    description: 'The ten with the most pulls of the last 7 days.',
    place: [0, 30, 12, 9],
    targets: [now(`topk(10, ${pullsSince('7d')})`, { format: 'table' })],
    transformations: [columns({ owner: 'Owner', repo: 'Package', registry: 'Registry', Value: '7 days' }, ['Time'])],
  }),
  made(pie, {
    id: 7,
    title: 'Share per Registry',
    description:
      'Of the newest totals. Registries count differently: GHCR counts every manifest, so a pull of a multi-platform image about twice.',
    place: [12, 30, 6, 9],
    targets: [now(`sum by (registry) (${pulls})`, { legendFormat: '{{registry}}' })],
  }),
  made(table('Age', { Age: 's' }), {
    id: 8,
    title: 'Freshness',
    description: 'How long ago each registry was read with success.',
    place: [18, 30, 6, 9],
    targets: [
      now('time() - max by (registry) (registrystats_registry_last_success_timestamp_seconds{registry=~"$registry"})', { format: 'table' }),
    ],
    transformations: [columns({ registry: 'Registry', Value: 'Age' }, ['Time'])],
  }),
  made(lines, {
    id: 9,
    title: 'Images That Could Not Be Read',
    description: 'In the last cycle of each registry; the status page says why.',
    place: [0, 39, 12, 8],
    targets: [asked('max by (registry) (registrystats_registry_images_failed{registry=~"$registry"})', { legendFormat: '{{registry}}' })],
  }),
  made(table('Lost'), {
    id: 13,
    title: 'Counts That Went Down',
    description: 'Totals below their highest in this range: the registry restated them, or the repository was made anew.',
    place: [12, 39, 12, 8],
    targets: [now(`${image} (max_over_time(registrystats_image_pulls${chosenImages}[$__range])) - ${pulls} > 0`, { format: 'table' })],
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
      name: 'Counts that went down',
      enable: true,
      iconColor: 'red',
      datasource: chosen(type),
      target: asked(
        `${pulls} < ${held('registrystats_image_pulls', '1h')}`,
        { interval: '1h', legendFormat: '{{owner}}/{{repo}} on {{registry}} went down' },
        'Anno',
      ),
    },
  ],
  panels,
});
