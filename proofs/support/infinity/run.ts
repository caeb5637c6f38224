/** Runs a query as the Infinity plugin would, against a real server. */
import type { InfinityQuery } from '../../../grafana/source/infinity.ts';
import { frameOf, type Frame } from './frame.ts';
import { interpolate, type TimeRange, type Variables } from './interpolation.ts';

export interface Dashboard {
  /** URL of the data source, as the reader wrote it. */
  readonly sourceUrl: string;
  readonly variables: Variables;
  readonly range: TimeRange;
}

/** @throws Error with what the panel would show */
export async function runQuery(query: InfinityQuery, dashboard: Dashboard): Promise<Frame> {
  const url = requestUrl(query, dashboard);
  const response = await fetch(url, { headers: { Accept: 'application/json;q=0.9,text/plain', 'Accept-Encoding': 'gzip' } });
  if (response.status >= 400) throw new Error(`unsuccessful HTTP response\nstatus code : ${response.status} ${response.statusText}`);
  const body = await response.text();
  if (body === '') throw new Error('empty response body received');
  return frameOf(JSON.parse(body), query);
}

/** The names that a drop-down offers. @throws Error when the plugin would show a warning on it */
export async function variableOptions(query: InfinityQuery, dashboard: Dashboard): Promise<readonly string[]> {
  const { fields } = await runQuery(query, dashboard);
  if (fields.length === 0) throw new Error('at least one field expected for variable');
  const field = fields.find(({ name }) => name === '__value') ?? fields[0];
  return [...new Set((field?.values ?? []).map(String))];
}

/** The texts are put together as they are, and parameters are sorted and encoded. */
export function requestUrl({ url, url_options: { params } }: InfinityQuery, { sourceUrl, variables, range }: Dashboard): string {
  const path = interpolate(url, variables, range);
  const joined = path.startsWith(sourceUrl) ? path : sourceUrl + path;
  const address = new URL(/^https?:\/\//.test(joined) ? joined : `https://${joined}`);
  const pairs = params.map(({ key, value }) => [key, interpolate(value, variables, range)] as const);
  for (const [key, value] of pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))) address.searchParams.append(key, value);
  return address.href;
}
