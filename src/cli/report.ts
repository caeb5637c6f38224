/** `report`: pulls and trends as a table that fits the terminal, Markdown, CSV or JSON. */
import { readReport } from '../app/report.ts';
import type { Config } from '../config/load.ts';
import { addDays, dayOf, isDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import { reportOrders, reportRows, type Report, type ReportOptions } from '../core/views/report.ts';
import { readableName, reportMarkdown, rowCells, sumCells } from '../core/views/report-cells.ts';
import { csvChunks, textOfChunks } from '../core/views/table.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { parseChoice, parseDay, parseList } from './options.ts';
import { formatTable } from './table.ts';

export const reportCommand: CommandDefinition = {
  name: 'report',
  description: 'summarize pulls and trends: totals, pulls, change and the next milestone',
  options: [
    { flags: '--since <value>', description: 'first day: a date, or a number of days such as 7d (default: 30d)' },
    { flags: '--until <day>', description: 'last day (default: yesterday)' },
    { flags: '--repo <values>', description: 'only these images or groups, comma-separated' },
    { flags: '--group <value>', description: `what a row is: ${reportRows.join(', ')} (each registry apart)`, default: 'image' },
    { flags: '--sort <value>', description: `by what rows are sorted: ${reportOrders.join(', ')}`, default: 'total' },
    { flags: '--json', description: 'print JSON' },
    { flags: '--csv', description: 'print CSV' },
    { flags: '--markdown', description: 'print a Markdown table, for an issue or a mail' },
  ],
  run: report,
};

const defaultDays = 30;
const maxDays = 3650;

/** @throws AppError invalid_input (an option is invalid), misconfigured (the store cannot be read) */
async function report(config: Config, { stdout }: CliIo, options: CommandOptions): Promise<number> {
  const now = Date.now();
  const format = parseFormat(options);
  const made = await readReport(config, parseReportOptions(options, now));
  stdout.write(format === 'table' ? formatText(made, stdout.columns ?? defaultColumns) : formats[format](made));
  return 0;
}

/** @throws AppError invalid_input */
export function parseReportOptions(options: CommandOptions, now: number): Omit<ReportOptions, 'groups'> {
  const until = parseDay('until', options['until']);
  const today = dayOf(now);
  if (until !== undefined && until >= today)
    throw new AppError('invalid_input', `--until must be a date before today, such as ${addDays(today, -1)}`);
  const after = until === undefined ? today : addDays(until, 1);
  return {
    now,
    from: parseSince(options['since'], after),
    to: until,
    repos: parseRepos(options['repo']),
    groupBy: parseChoice('group', options['group'] ?? 'image', reportRows),
    sort: parseChoice('sort', options['sort'] ?? 'total', reportOrders),
  };
}

function parseRepos(value: unknown): ReadonlySet<string> | undefined {
  const names = parseList(value)?.filter((name) => name !== '');
  return names === undefined || names.length === 0 ? undefined : new Set(names.map(canonicalRepo));
}

/** How a report is printed. */
export const formats = {
  table: (made: Report) => formatText(made, defaultColumns),
  json: formatJson,
  csv: formatCsv,
  markdown: reportMarkdown,
};

/** @throws AppError invalid_input when two formats are given */
export function parseFormat(options: CommandOptions): keyof typeof formats {
  const [first, second] = (['json', 'csv', 'markdown'] as const).filter((name) => options[name] === true);
  if (first && second) throw new AppError('invalid_input', `--${first} and --${second} cannot be combined`);
  return first ?? 'table';
}

/** From a date, or a number of days as `30d`, to the first day. `after`: the day after the last one. @throws AppError invalid_input */
export function parseSince(text: unknown, after: string): string {
  if (text === undefined) return addDays(after, -defaultDays);
  const days = typeof text === 'string' ? /^(\d{1,4})d?$/.exec(text)?.[1] : undefined;
  if (days !== undefined && Number(days) >= 1 && Number(days) <= maxDays) return addDays(after, -Number(days));
  if (typeof text === 'string' && isDay(text) && text < after && text >= addDays(after, -maxDays)) return text;
  throw new AppError(
    'invalid_input',
    `invalid --since ${JSON.stringify(text)}: valid is a date before ${after} such as ${addDays(after, -7)}, or a number of days such as 7d, up to ${maxDays}`,
  );
}

const defaultColumns = 80;
const head = ['IMAGE', 'REGISTRIES', 'TOTAL', 'PULLS', 'CHANGE', 'TREND', 'NEXT'];
const numbers = ['TOTAL', 'PULLS', 'CHANGE'];
/** Left out in this order where a terminal is too narrow. */
const dispensable = ['NEXT', 'REGISTRIES', 'TREND', 'CHANGE'];
const trendWidths = [30, 20, 14, 10];
const minNameWidth = 10;

/** A table that is at most so wide, as long as names keep ten characters. */
export function formatText(made: Report, columns: number): string {
  const { from, to, rows } = made;
  if (rows.length === 0) return 'No data: run `registry-stats collect`, or check --repo and --until.\n';
  return `Pulls from ${from} to ${to} (UTC), change from the period before\n\n${fittingTable(made, columns)}\n`;
}

/** The table with as much as fits: a narrower trend first, then without columns, then with shortened names. */
function fittingTable(made: Report, columns: number): string {
  let table = '';
  for (let left = 0; left <= dispensable.length; left += 1) {
    const shown = head.filter((title) => !dispensable.slice(0, left).includes(title));
    for (const trend of shown.includes('TREND') ? trendWidths : [0]) {
      table = toTable(made, shown, { trend, name: Infinity });
      if (widthOf(table) <= columns) return table;
    }
  }
  const names = Math.max(...made.rows.map(({ name }) => readableName(name).length));
  const shown = head.filter((title) => !dispensable.includes(title));
  return toTable(made, shown, { trend: 0, name: Math.max(minNameWidth, names - (widthOf(table) - columns)) });
}

function widthOf(table: string): number {
  return Math.max(...table.split('\n').map((line) => line.length));
}

/** `trend`, `name`: how wide they are at most. */
function toTable(made: Report, shown: readonly string[], { trend, name }: Readonly<Record<'trend' | 'name', number>>): string {
  const cells = made.rows.map((row) => rowCells(row, { trend: Math.max(1, trend), about: '~' }));
  const table = [...cells, sumCells(made)].map((row) =>
    row.map((cell, at) => (at === 0 ? shorten(cell, name) : cell)).filter((_, at) => shown.includes(head[at] ?? '')),
  );
  return formatTable(shown, table, { right: numbers.map((title) => shown.indexOf(title)) });
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function formatCsv({ rows }: Report): string {
  const table = {
    columns: ['name', 'registries', 'total', 'pulls', 'change', 'milestone', 'milestone_day'],
    rows: rows.map(({ name, registries, total, growth, milestone, milestoneDay }) => [
      name,
      registries.join('+'),
      total,
      growth.pulls,
      growth.change,
      milestone,
      milestoneDay,
    ]),
  };
  return textOfChunks(csvChunks(table));
}

function formatJson({ from, to, rows, total, growth }: Report): string {
  const images = rows.map(({ name, registries, growth: own, daily, milestone, milestoneDay = null, ...row }) => ({
    name,
    registries,
    total: row.total,
    pulls: own.pulls ?? null,
    change: own.change ?? null,
    daily,
    milestone,
    milestone_day: milestoneDay,
  }));
  return `${JSON.stringify({ from, to, total, pulls: growth.pulls ?? null, change: growth.change ?? null, images }, null, 2)}\n`;
}
