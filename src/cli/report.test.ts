import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import type { Report } from '../core/views/report.ts';
import { formats, formatText, parseFormat, parseReportOptions, parseSince } from './report.ts';

const report: Report = {
  from: '2026-03-11',
  to: '2026-03-13',
  total: 1043,
  growth: { pulls: 130, change: 30, before: 100 },
  rows: [
    {
      name: 'acme/charts%2Fapp',
      registries: ['dockerhub', 'ghcr'],
      total: 1000,
      growth: { pulls: 130, change: 30, before: 100 },
      daily: [10, 20, 100],
      milestone: 2000,
      milestoneDay: '2026-04-06',
    },
    { name: 'a|b', registries: ['ghcr'], total: 43, growth: {}, daily: [null, null, null], milestone: 100 },
  ],
};

describe('the printed report', () => {
  it('is a table with a line for the sum', () => {
    expect(formats.table(report)).toBe(
      [
        'Pulls from 2026-03-11 to 2026-03-13 (UTC), change from the period before',
        '',
        'IMAGE            REGISTRIES       TOTAL  PULLS  CHANGE  TREND  NEXT',
        'acme/charts/app  dockerhub, ghcr  1,000    130    +30%  ▂▂█    2k ~2026-04-06',
        'a|b              ghcr                43      —',
        'total                             1,043    130    +30%',
        '',
      ].join('\n'),
    );
    expect(formats.table({ ...report, rows: [] })).toContain('No data');
  });

  it('fits the terminal: a narrower trend first, then fewer columns, then shorter names', () => {
    const daily = Array.from({ length: 30 }, (_, at) => at);
    const name = 'a-long-owner/and-an-image-with-a-long-name';
    const rows = report.rows.slice(0, 1).map((row) => ({ ...row, total: 43, name, daily, growth: { pulls: 5 } }));
    const long = { ...report, rows };
    const table = (columns: number): string[] => formatText(long, columns).trimEnd().split('\n').slice(2);
    const heads = [200, 120, 100, 80, 60, 40, 24].map((columns) => table(columns)[0]?.split(/ +/).join(' '));

    for (const columns of [200, 120, 100, 80, 60, 40, 24]) {
      for (const line of table(columns)) expect(line.length).toBeLessThanOrEqual(columns);
    }
    expect(heads).toEqual([
      'IMAGE REGISTRIES TOTAL PULLS CHANGE TREND NEXT',
      'IMAGE REGISTRIES TOTAL PULLS CHANGE TREND NEXT',
      'IMAGE REGISTRIES TOTAL PULLS CHANGE TREND',
      'IMAGE TOTAL PULLS CHANGE TREND',
      'IMAGE TOTAL PULLS',
      'IMAGE TOTAL PULLS',
      'IMAGE TOTAL PULLS',
    ]);
    expect(table(40)[1]).toMatch(/^a-long-owner\/and-an-\S*… +43 +5$/);
  });

  it('is Markdown in which a name cannot break a row', () => {
    const lines = formats.markdown(report).split('\n');

    expect(lines[4]).toBe('| acme/charts/app | dockerhub, ghcr | 1,000 | 130 | +30% | ▂▂█ | 2k about 2026-04-06 |');
    expect(lines[5]).toContain('| a\\|b |');
  });

  it.each([
    ['a`b`c', 'a\\`b\\`c'],
    ['[x](y)', '\\[x\\](y)'],
    ['![x](y)', '\\!\\[x\\](y)'],
    ['a\\|b', 'a\\\\\\|b'],
    ['<img src=x> &amp;', '&#60;img src=x&#62; &#38;amp;'],
    ['_a_ *b* ~c~', '\\_a\\_ \\*b\\* \\~c\\~'],
    ['two\r\n\nlines', 'two lines'],
    ['https://x.test @me #1', 'https&#58;//x.test &#64;me &#35;1'],
  ])('is Markdown in which %j is only text', (name, escaped) => {
    const [row] = report.rows;
    const rows = row ? [{ ...row, name, registries: [name] }] : [];

    const lines = formats.markdown({ ...report, rows }).split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[4]).toMatch(/ \| 1,000 \| 130 \| \+30% \| ▂▂█ \| 2k about 2026-04-06 \|$/);
    expect(lines[4]?.startsWith(`| ${escaped} | ${escaped} | 1,000`)).toBe(true);
  });

  it('is CSV with what is not known left empty', () => {
    expect(formats.csv(report)).toBe(
      'name,registries,total,pulls,change,milestone,milestone_day\r\nacme/charts%2Fapp,dockerhub+ghcr,1000,130,30,2000,2026-04-06\r\na|b,ghcr,43,,,100,\r\n',
    );
  });

  it('is JSON with what is not known as null', () => {
    expect(JSON.parse(formats.json(report))).toMatchObject({
      total: 1043,
      images: [
        { name: 'acme/charts%2Fapp', pulls: 130, daily: [10, 20, 100], milestone_day: '2026-04-06' },
        { pulls: null, change: null, milestone_day: null },
      ],
    });
  });
});

describe('the options of the report', () => {
  it('choose one format', () => {
    expect(parseFormat({})).toBe('table');
    expect(parseFormat({ csv: true })).toBe('csv');
    expect(() => parseFormat({ csv: true, json: true })).toThrow('--json and --csv cannot be combined');
  });

  it('are read together, and an invalid one is refused with what is valid', () => {
    const now = Date.parse('2026-03-14T10:00:00Z');

    expect(parseReportOptions({}, now)).toEqual({
      now,
      from: '2026-02-12',
      to: undefined,
      repos: undefined,
      groupBy: 'image',
      sort: 'total',
    });
    expect(parseReportOptions({ since: '7d', until: '2026-03-01', repo: 'Acme/App, ours', group: 'owner', sort: 'pulls' }, now)).toEqual({
      now,
      from: '2026-02-23',
      to: '2026-03-01',
      repos: new Set(['acme/app', 'ours']),
      groupBy: 'owner',
      sort: 'pulls',
    });
    expect(() => parseReportOptions({ until: '2026-03-14' }, now)).toThrow('--until must be a date before today, such as 2026-03-13');
    expect(() => parseReportOptions({ until: 'soon' }, now)).toThrow('invalid --until "soon"');
    expect(() => parseReportOptions({ sort: 'size' }, now)).toThrow('invalid --sort "size": valid is total, pulls, change, name');
    expect(() => parseReportOptions({ group: 'x' }, now)).toThrow('invalid --group "x": valid is image, registry, owner, none');
  });

  it.each([
    [undefined, '2026-02-12'],
    ['7d', '2026-03-07'],
    ['7', '2026-03-07'],
    ['2026-01-01', '2026-01-01'],
  ])('take %j as the first day', (since, day) => {
    expect(parseSince(since, '2026-03-14')).toBe(day);
  });

  it.each(['', 'soon', '0d', '-3', '2026-03-14', '2027-01-01', '2026-02-30', '99999d', '1900-01-01'])('refuse %j', (since) => {
    expect(() => parseSince(since, '2026-03-14')).toThrow(AppError);
    expect(() => parseSince(since, '2026-03-14')).toThrow('such as 2026-03-07');
  });
});
