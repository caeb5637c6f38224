/** The dashboard over our own API, for the Infinity data source; it takes the place of the older tool's. */
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
  /** Written out, because without it a query with columns runs in the browser, and then there is no alerting. */
  readonly parser: 'backend';
  readonly format: 'table' | 'timeseries' | 'dataframe';
  /** Relative: the data source has the rest. */
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

function asked(...args: Parameters<typeof query>): readonly Target[] {
  return [{ ...query(...args), datasource: chosen(infinityType) }];
}

function field(selector: string, type: InfinityColumn['type'], text = selector): InfinityColumn {
  return { selector, text, type };
}

/** Exactly "Value", so that a legend is the name of the image and nothing else. */
function overTime(url: string, value: string): readonly Target[] {
  return asked(url, 'timeseries', [field('timestamp', 'timestamp', 'Time'), field(value, 'number', 'Value'), field('repo', 'string')], {
    ...filter,
    ...range,
  });
}

function namesVariable(name: string, label: string, column: string, multi: boolean): VariableModel {
  // Never empty once something is configured: an empty answer would be an error to the plugin.
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

const approximate = 'Registries count approximately and with some delay.';

function made(kind: Parameters<typeof panel>[1], parts: PanelParts): Panel {
  return panel(infinityType, kind, parts);
}

const panels: readonly Panel[] = [
  made(stat('/^pull_count$/', 'sum'), {
    id: 10,
    title: 'Total Downloads',
    description: `The newest totals of the chosen images, summed. ${approximate}`,
    place: [0, 0, 6, 5],
    targets: asked('/api/summary', 'table', [field('pull_count', 'number')], filter),
  }),
  made(stat('/^name$/', 'distinctCount'), {
    id: 11,
    title: 'Tracked Packages',
    description: 'Different names; one that is in two registries counts once.',
    place: [0, 5, 6, 5],
    unit: 'none',
    targets: asked('/api/summary', 'table', [field('name', 'string')], filter),
  }),
  made(table('Total Downloads'), {
    id: 1,
    title: 'Package Overview',
    description: 'The newest totals, registries of one name summed.',
    place: [6, 0, 18, 10],
    targets: asked('/api/summary', 'table', [field('name', 'string'), field('pull_count', 'number'), field('tag_count', 'number')], filter),
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
  made(lines, {
    id: 2,
    title: 'Cumulative Downloads',
    description: 'Totals at the end of each UTC day. A registry that was not read counts with its last known total.',
    place: [0, 10, 12, 11],
    targets: overTime('/api/pulls', 'pull_count'),
  }),
  made(bars, {
    id: 3,
    title: 'Daily Download Delta',
    description: `Pulls of each UTC day. A missing day has no bar, and the next one has the whole difference. ${approximate}`,
    place: [12, 10, 12, 11],
    targets: overTime('/api/pulls/daily', 'daily_pulls'),
  }),
  made(bars, {
    id: 4,
    title: 'Downloads per Week',
    description: 'Whole ISO weeks, dated by their Monday.',
    place: [0, 21, 12, 9],
    targets: overTime('/api/pulls/weekly', 'weekly_pulls'),
  }),
  made(bars, {
    id: 5,
    title: 'Downloads per Month',
    description: 'Whole months, dated by the 1st.',
    place: [12, 21, 12, 9],
    targets: overTime('/api/pulls/monthly', 'monthly_pulls'),
  }),
  made(table('7 days'), {
    id: 6,
    title: 'Top Movers',
    description:
      'The ten with the most pulls of the 7 whole days that end with yesterday, and how many more that is than in the 7 days before.',
    place: [0, 30, 12, 9],
    targets: asked(
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
  made(pie, {
    id: 7,
    title: 'Share per Registry',
    description:
      'Of the newest totals. Registries count differently: GHCR counts every manifest, so a pull of a multi-platform image about twice.',
    place: [12, 30, 6, 9],
    targets: asked('/api/summary', 'table', [field('registry', 'string'), field('pull_count', 'number')], filter),
    transformations: [
      {
        id: 'groupBy',
        options: {
          fields: { registry: { aggregations: [], operation: 'groupby' }, pull_count: { aggregations: ['sum'], operation: 'aggregate' } },
        },
      },
    ],
  }),
  made(table('Age', { Age: 's' }), {
    id: 8,
    title: 'Freshness',
    description: 'How long ago each registry was read with success, and how it is.',
    place: [18, 30, 6, 9],
    targets: asked(
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
      datasource: chosen(infinityType),
      target: {
        ...query('/api/events', 'dataframe', [field('time', 'timestamp'), field('text', 'string'), field('kind', 'string', 'tags')], {
          ...filter,
          ...range,
        }),
        refId: 'Anno',
        datasource: chosen(infinityType),
      },
    },
  ],
  panels,
});
