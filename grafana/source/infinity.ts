/** The dashboard for the API, through the Infinity data source; it replaces the one of the Go tool. */
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

export const infinityType = 'yesoreyeram-infinity-datasource';

export interface InfinityColumn {
  readonly selector: string;
  /** Name of the field. */
  readonly text: string;
  readonly type: 'string' | 'number' | 'timestamp' | 'boolean';
}

/** The query of the plugin, as far as we use it. */
export interface InfinityQuery {
  readonly refId: string;
  readonly type: 'json';
  readonly source: 'url';
  /** Explicit, because a query with columns runs in the browser by default, and then alerting does not work. */
  readonly parser: 'backend';
  readonly format: 'table' | 'timeseries' | 'dataframe';
  /** Relative to the URL of the data source. */
  readonly url: string;
  readonly url_options: {
    readonly method: 'GET';
    readonly data: '';
    readonly params: readonly { readonly key: string; readonly value: string }[];
  };
  readonly root_selector: string;
  readonly columns: readonly InfinityColumn[];
  readonly filters: readonly never[];
}

const filter = { repo: '${repo:csv}', registry: '${registry:csv}' };
const range = { from: '${__timeFrom:date:iso}', to: '${__timeTo:date:iso}' };

function query(
  url: string,
  format: InfinityQuery['format'],
  fields: readonly InfinityColumn[],
  params: Readonly<Record<string, string>>,
  rootSelector = '',
): InfinityQuery {
  return {
    refId: 'A',
    type: 'json',
    source: 'url',
    parser: 'backend',
    format,
    url,
    url_options: { method: 'GET', data: '', params: Object.entries(params).map(([key, value]) => ({ key, value })) },
    root_selector: rootSelector,
    columns: fields,
    filters: [],
  };
}

function targetsOf(...args: Parameters<typeof query>): readonly Target[] {
  return [{ ...query(...args), datasource: selectedSource(infinityType) }];
}

function field(selector: string, type: InfinityColumn['type'], text = selector): InfinityColumn {
  return { selector, text, type };
}

/** Exactly "Value", so that a legend is the name of the image and nothing else. */
function overTime(url: string, value: string): readonly Target[] {
  return targetsOf(url, 'timeseries', [field('timestamp', 'timestamp', 'Time'), field(value, 'number', 'Value'), field('repo', 'string')], {
    ...filter,
    ...range,
  });
}

function namesVariable(name: string, label: string, column: string, multi: boolean): VariableModel {
  // Never empty once something is configured: the plugin treats an empty response as an error.
  const infinityQuery = { ...query('/api/images', 'table', [field(column, 'string', '__value')], {}), refId: 'variable' };
  return choiceVariable({
    name,
    label,
    type: infinityType,
    definition: 'Infinity /api/images',
    query: { refId: 'variable', queryType: 'infinity', query: '', infinityQuery },
    allValue: '*',
    multi,
  });
}

const approximate = 'Registries count approximately and with a delay.';

function createPanel(kind: Parameters<typeof panel>[1], parts: PanelParts): Panel {
  return panel(infinityType, kind, parts);
}

const panels: readonly Panel[] = [
  createPanel(stat('/^pull_count$/', 'sum'), {
    id: 10,
    title: 'Total Downloads',
    description: `Sum of the newest totals of the selected images. ${approximate}`,
    place: [0, 0, 6, 5],
    targets: targetsOf('/api/summary', 'table', [field('pull_count', 'number')], filter),
  }),
  createPanel(stat('/^name$/', 'distinctCount'), {
    id: 11,
    title: 'Tracked Packages',
    description: 'Distinct names; a name in two registries counts once.',
    place: [0, 5, 6, 5],
    unit: 'none',
    targets: targetsOf('/api/summary', 'table', [field('name', 'string')], filter),
  }),
  createPanel(table('Total Downloads'), {
    id: 1,
    title: 'Package Overview',
    description: 'Newest totals, summed over registries by name.',
    place: [6, 0, 18, 10],
    targets: targetsOf(
      '/api/summary',
      'table',
      [field('name', 'string'), field('pull_count', 'number'), field('tag_count', 'number')],
      filter,
    ),
    transformations: [
      {
        id: 'groupBy',
        options: {
          fields: {
            name: { aggregations: [], operation: 'groupby' },
            pull_count: { aggregations: ['sum'], operation: 'aggregate' },
            tag_count: { aggregations: ['sum'], operation: 'aggregate' },
          },
        },
      },
      columns({ name: 'Package', 'pull_count (sum)': 'Total Downloads', 'tag_count (sum)': 'Tags' }),
    ],
  }),
  createPanel(lines, {
    id: 2,
    title: 'Cumulative Downloads',
    description: 'Totals at the end of each UTC day. A registry without data for a day counts with its last known total.',
    place: [0, 10, 12, 11],
    targets: overTime('/api/pulls', 'pull_count'),
  }),
  createPanel(bars, {
    id: 3,
    title: 'Daily Download Delta',
    description: `Pulls per UTC day. A day without data has no bar; the next value covers it. ${approximate}`,
    place: [12, 10, 12, 11],
    targets: overTime('/api/pulls/daily', 'daily_pulls'),
  }),
  createPanel(bars, {
    id: 4,
    title: 'Downloads per Week',
    description: 'Complete ISO weeks, dated by their Monday.',
    place: [0, 21, 12, 9],
    targets: overTime('/api/pulls/weekly', 'weekly_pulls'),
  }),
  createPanel(bars, {
    id: 5,
    title: 'Downloads per Month',
    description: 'Complete months, dated by the 1st.',
    place: [12, 21, 12, 9],
    targets: overTime('/api/pulls/monthly', 'monthly_pulls'),
  }),
  createPanel(table('7 days'), {
    id: 6,
    title: 'Top Movers',
    description: 'The ten images with the most pulls in the last 7 complete days, and the change from the previous 7 days.',
    place: [0, 30, 12, 9],
    targets: targetsOf(
      '/api/images',
      'table',
      [field('name', 'string'), field('registry', 'string'), field('pulls_7d', 'number'), field('change_7d', 'number')],
      filter,
    ),
    transformations: [
      { id: 'sortBy', options: { fields: {}, sort: [{ field: 'pulls_7d', desc: true }] } },
      { id: 'limit', options: { limitField: 10 } },
      columns({ name: 'Package', registry: 'Registry', pulls_7d: '7 days', change_7d: 'Change' }),
    ],
  }),
  createPanel(pie, {
    id: 7,
    title: 'Share per Registry',
    description:
      'Share of the newest totals. Registries count differently: GHCR counts every manifest, so a pull of a multi-platform image counts about twice.',
    place: [12, 30, 6, 9],
    targets: targetsOf('/api/summary', 'table', [field('registry', 'string'), field('pull_count', 'number')], filter),
    transformations: [
      {
        id: 'groupBy',
        options: {
          fields: { registry: { aggregations: [], operation: 'groupby' }, pull_count: { aggregations: ['sum'], operation: 'aggregate' } },
        },
      },
    ],
  }),
  createPanel(table('Age', { Age: 's' }), {
    id: 8,
    title: 'Freshness',
    description: 'Time since the last successful run of each registry, and its state.',
    place: [18, 30, 6, 9],
    targets: targetsOf(
      '/api/status',
      'table',
      [field('registry', 'string'), field('state', 'string'), field('seconds_since_success', 'number')],
      {},
      'registries',
    ),
    transformations: [columns({ registry: 'Registry', state: 'State', seconds_since_success: 'Age' })],
  }),
];

export const infinityDashboard = dashboard({
  uid: 'registry-stats',
  title: 'Registry Stats',
  description: 'Downloads of container images, from the API of registry-stats.',
  variables: [
    sourceVariable(infinityType),
    namesVariable('repo', 'Repository', 'name', true),
    namesVariable('registry', 'Registry', 'registry', false),
  ],
  annotations: [
    {
      name: 'Events',
      enable: true,
      iconColor: 'orange',
      datasource: selectedSource(infinityType),
      target: {
        ...query('/api/events', 'dataframe', [field('time', 'timestamp'), field('text', 'string'), field('kind', 'string', 'tags')], {
          ...filter,
          ...range,
        }),
        refId: 'Anno',
        datasource: selectedSource(infinityType),
      },
    },
  ],
  panels,
});
