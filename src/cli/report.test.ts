import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import type { Report } from '../core/views/report.ts';
import { formats, parseFormat, parseSince } from './report.ts';

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
        'Pulls from 2026-03-11 to 2026-03-13 (UTC days), change from the same number of days before',
        '',
        'IMAGE            REGISTRIES       TOTAL  PULLS  CHANGE  TREND  NEXT',
        'acme/charts/app  dockerhub, ghcr  1,000    130    +30%  ▂▂█    2k about 2026-04-06',
        'a|b              ghcr                43      —',
        'total                             1,043    130    +30%',
        '',
      ].join('\n'),
    );
    expect(formats.table({ ...report, rows: [] })).toContain('No data yet');
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
