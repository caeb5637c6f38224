/** Pieces that both dashboards are built from. */
import type { AnnotationQuery, Dashboard, DataSourceRef, Panel, VariableModel } from '@grafana/schema';

export type { Panel } from '@grafana/schema';

/** A query of a panel; each data source has fields of its own. */
export type Target = Readonly<Record<string, unknown>> & { readonly refId: string };

/** The data source selected in the dashboard; works for imported and provisioned dashboards alike. */
export const selectedSource = (type: string): DataSourceRef => ({ type, uid: '${ds}' });

/** Position of a panel in a grid of 24 columns. */
export type Place = readonly [x: number, y: number, w: number, h: number];

export interface PanelParts {
  readonly id: number;
  readonly title: string;
  /** What it shows, and what to know about it. */
  readonly description: string;
  readonly place: Place;
  readonly targets: readonly Target[];
  readonly unit?: string;
  readonly transformations?: readonly { readonly id: string; readonly options: object }[];
}

/** A kind of panel with its options. */
export interface Kind {
  readonly type: string;
  readonly options: object;
  readonly custom?: object;
  readonly overrides?: readonly FieldOverride[];
}

interface FieldOverride {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: { readonly id: string; readonly value: string }[];
}

/** A panel of the data source `type`, of this kind. */
export function panel(type: string, { type: kind, options, custom, overrides = [] }: Kind, parts: PanelParts): Panel {
  const { id, title, description, place, targets, unit = 'short', transformations = [] } = parts;
  const [x, y, w, h] = place;
  return {
    id,
    type: kind,
    title,
    description,
    datasource: selectedSource(type),
    gridPos: { x, y, w, h },
    targets: targets.map((target) => ({ ...target })),
    transformations: transformations.map((each) => ({ ...each })),
    fieldConfig: { defaults: { unit, noValue: '–', custom: { ...custom } }, overrides: [...overrides] },
    options: { ...options },
  };
}

const legend = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
const tooltip = { mode: 'multi', sort: 'desc' };

/** One number, calculated from all values of the fields whose name matches. */
export function stat(fields: string, calc: string): Kind {
  return {
    type: 'stat',
    options: { reduceOptions: { calcs: [calc], fields, values: false }, colorMode: 'value', graphMode: 'none', textMode: 'value' },
  };
}

export const lines: Kind = {
  type: 'timeseries',
  options: { legend, tooltip },
  custom: { drawStyle: 'line', lineWidth: 2, fillOpacity: 10, showPoints: 'auto', spanNulls: true },
};

/** Stacked bars; a time series panel respects the dashboard's range, a bar chart does not. */
export const bars: Kind = {
  type: 'timeseries',
  options: { legend, tooltip },
  custom: { drawStyle: 'bars', barAlignment: 1, lineWidth: 1, fillOpacity: 80, stacking: { mode: 'normal', group: 'A' } },
};

export const pie: Kind = {
  type: 'piechart',
  options: {
    pieType: 'donut',
    displayLabels: ['percent'],
    legend: { ...legend, values: ['value'] },
    tooltip: { mode: 'single' },
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: true },
  },
};

/** A table, sorted by a column; `units`: of columns that are not plain counts. */
export function table(sortBy: string, units: Readonly<Record<string, string>> = {}): Kind {
  return {
    type: 'table',
    options: { cellHeight: 'sm', showHeader: true, sortBy: [{ displayName: sortBy, desc: true }] },
    overrides: Object.entries(units).map(([name, unit]) => ({
      matcher: { id: 'byName', options: name },
      properties: [{ id: 'unit', value: unit }],
    })),
  };
}

/** Columns in this order, under these names; others are hidden. */
export function columns(names: Readonly<Record<string, string>>, hidden: readonly string[] = []) {
  const order = Object.fromEntries(Object.keys(names).map((name, at) => [name, at]));
  return {
    id: 'organize',
    options: {
      indexByName: order,
      renameByName: names,
      excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
      includeByName: {},
    },
  };
}

/** The first variable: the data source. */
export function sourceVariable(type: string): VariableModel {
  return {
    name: 'ds',
    label: 'Data source',
    type: 'datasource',
    query: type,
    current: { text: '', value: '' },
    options: [],
    hide: 0,
    includeAll: false,
    multi: false,
    refresh: 1,
    regex: '',
    skipUrlSync: false,
  };
}

export interface ChoiceParts {
  readonly name: string;
  readonly label: string;
  /** Data source of the names. */
  readonly type: string;
  readonly definition: string;
  readonly query: object;
  /** What is sent for All, so that the URL does not list every name. */
  readonly allValue: string;
  readonly multi: boolean;
}

/** A choice of names from a data source, All by default. */
export function choiceVariable({ type, ...parts }: ChoiceParts): VariableModel {
  return {
    ...parts,
    type: 'query',
    datasource: selectedSource(type),
    query: { ...parts.query },
    current: { text: ['All'], value: ['$__all'] },
    includeAll: true,
    allowCustomValue: false,
    options: [],
    refresh: 1,
    regex: '',
    sort: 7,
    hide: 0,
    skipUrlSync: false,
  };
}

export interface DashboardParts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariableModel[];
  readonly annotations: readonly AnnotationQuery[];
  readonly panels: readonly Panel[];
}

/** A dashboard in Grafana's classic model, which 11.6 to 13 open. */
export function dashboard({ uid, title, description, variables, annotations, panels }: DashboardParts): Dashboard {
  return {
    uid,
    title,
    description,
    tags: ['registry', 'docker', 'ghcr', 'downloads'],
    // Rows are UTC days: in another time zone they could appear on the day before.
    timezone: 'utc',
    schemaVersion: 42,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '1h',
    time: { from: 'now-30d', to: 'now' },
    templating: { list: [...variables] },
    annotations: { list: [...annotations] },
    links: [],
    panels: [...panels],
  };
}
