/** Golden cases of the model itself, from the facts about the plugin. */
import { describe, expect, it } from 'vitest';
import type { InfinityColumn, InfinityQuery } from '../../../grafana/source/infinity.ts';
import { frameOf } from './frame.ts';
import { interpolate, type Variables } from './interpolation.ts';
import { requestUrl } from './run.ts';

const range = { from: Date.parse('2026-11-01T12:34:56.700Z'), to: Date.parse('2026-11-22T00:00:00Z') };
const options = ['a/x', 'b/y', 'c/z'];

function chosen(values: readonly string[] | 'all', allValue?: string): Variables {
  return { repo: { values, allValue, options } };
}

const time: InfinityColumn = { selector: 'timestamp', text: 'Time', type: 'timestamp' };
const value: InfinityColumn = { selector: 'pulls', text: 'Value', type: 'number' };
const repo: InfinityColumn = { selector: 'repo', text: 'repo', type: 'string' };

function wide(rows: unknown) {
  return frameOf(rows, { root_selector: '', format: 'timeseries', columns: [time, value, repo] });
}

describe('the model of Infinity', () => {
  it.each([
    ['${repo}', ['a/x'], 'a/x'],
    ['${repo}', ['a/x', 'b/y'], '{a/x,b/y}'],
    ['${repo:csv}', ['a/x', 'b/y'], 'a/x,b/y'],
    ['${repo:pipe}', ['a/x', 'b/y'], 'a/x|b/y'],
    ['${repo:csv}', 'all', 'a/x,b/y,c/z'],
    ['${repo}', 'all', '{a/x,b/y,c/z}'],
  ] as const)('writes %s with %j as %s', (text, values, written) => {
    expect(interpolate(text, chosen(values), range)).toBe(written);
  });

  it('writes All as its own value, and as nothing while there are no options', () => {
    expect(interpolate('${repo:csv}', chosen('all', '*'), range)).toBe('*');
    expect(interpolate('${repo:csv}', { repo: { values: 'all', allValue: '', options: [] } }, range)).toBe('');
  });

  it('writes times as Go does', () => {
    expect(
      interpolate(
        '${__timeFrom} ${__timeFrom:date:iso} ${__timeTo:date} ${__timeFrom:date:seconds} ${__timeFrom:date:YYYY-MM-DD}',
        {},
        range,
      ),
    ).toBe('1793536496700 2026-11-01T12:34:56.7Z 2026-11-22T00:00:00Z 1793536496 2026-11-01');
  });

  it.each([
    ['http://t:9100', '/api/summary', 'http://t:9100/api/summary'],
    ['http://t:9100/', '/api/summary', 'http://t:9100//api/summary'],
    ['http://t:9100', 'http://t:9100/api/summary', 'http://t:9100/api/summary'],
    ['http://t/x', '/api/summary', 'http://t/x/api/summary'],
    ['t:9100', '/api/summary', 'https://t:9100/api/summary'],
  ])('asks, with the data source %s and the query %s, for %s', (sourceUrl, url, requested) => {
    const query: InfinityQuery = {
      refId: 'A',
      type: 'json',
      source: 'url',
      parser: 'backend',
      format: 'table',
      url,
      url_options: { method: 'GET', data: '', params: [] },
      root_selector: '',
      columns: [],
      filters: [],
    };

    expect(requestUrl(query, { sourceUrl, variables: {}, range })).toBe(requested);
  });

  it('fails for an absolute address of another host', () => {
    expect(() => new URL('http://t:9100http://registry-stats:9100/api/summary')).toThrow('Invalid URL');
  });

  it('gives the fields by their names, not in the order of the columns', () => {
    const columns: InfinityColumn[] = [
      { selector: 'b', text: 'zeta', type: 'string' },
      { selector: 'a', text: 'alpha', type: 'number' },
    ];

    expect(frameOf([{ a: '5', b: 7 }], { root_selector: '', format: 'table', columns })).toEqual({
      fields: [
        { name: 'alpha', type: 'number', values: [5] },
        { name: 'zeta', type: 'string', values: ['7'] },
      ],
      meta: 'numeric-long',
    });
  });

  it('has no field at all for an empty answer, and one row for an object', () => {
    expect(wide([])).toEqual({ fields: [] });
    expect(
      frameOf({ x: { y: 3 } }, { root_selector: '', format: 'table', columns: [{ selector: 'x.y', text: 'y', type: 'number' }] }).fields,
    ).toEqual([{ name: 'y', type: 'number', values: [3] }]);
    expect(() => frameOf({ x: 1 }, { root_selector: 'y', format: 'table', columns: [] })).toThrow('JSONata');
  });

  it('turns long rows into a field for each set of labels, with null for gaps', () => {
    const rows = [
      { timestamp: '2026-11-01T00:00:00Z', repo: 'b', pulls: 1 },
      { timestamp: '2026-11-01T00:00:00Z', repo: 'a', pulls: 2 },
      { timestamp: '2026-11-02T00:00:00Z', repo: 'a', pulls: 3 },
    ];

    expect(wide(rows)).toEqual({
      fields: [
        { name: 'Time', type: 'time', values: [Date.parse('2026-11-01'), Date.parse('2026-11-02')] },
        { name: 'Value', type: 'number', labels: { repo: 'a' }, values: [2, 3] },
        { name: 'Value', type: 'number', labels: { repo: 'b' }, values: [1, null] },
      ],
      meta: 'timeseries-wide',
    });
  });

  it('lets the last of two rows with the same time and labels win, which is silent', () => {
    const rows = [114, 5].map((pulls) => ({ timestamp: '2026-11-01T00:00:00Z', repo: 'a', pulls }));

    expect(wide(rows).fields[1]?.values).toEqual([5]);
  });

  it('leaves rows long that are not sorted, or whose time is not one, which is silent too', () => {
    const rows = ['2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z'].map((timestamp) => ({ timestamp, repo: 'a', pulls: 1 }));

    expect(wide(rows).meta).toBeUndefined();
    expect(wide([{ timestamp: 1793491200000, repo: 'a', pulls: 1 }]).meta).toBeUndefined();
  });
});
