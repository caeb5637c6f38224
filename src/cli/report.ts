/** `report`: pulls and trends as a table with sparklines, Markdown, CSV or JSON. */
import { readReport } from '../app/report.ts';
import type { Config } from '../config/load.ts';
import { addDays, dayOf, isDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { Report } from '../core/views/report.ts';
import { reportMarkdown, rowCells, sumCells } from '../core/views/report-cells.ts';
import { csvChunks } from '../core/views/table.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { formatTable } from './table.ts';

export const reportCommand: CommandDefinition = {
  name: 'report',
  description: 'summarize pulls and trends: totals, pulls, change and the next milestone',
  options: [
    { flags: '--since <value>', description: 'first day: a date, or a number of days such as 7d (default: 30d)' },
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
  stdout.write(formats[format](await readReport(config, { now, from: parseSince(options['since'], dayOf(now)) })));
  return 0;
}

/** How a report is printed. */
export const formats = { table: formatText, json: formatJson, csv: formatCsv, markdown: reportMarkdown };

/** @throws AppError invalid_input when two formats are given */
export function parseFormat(options: CommandOptions): keyof typeof formats {
  const [first, second] = (['json', 'csv', 'markdown'] as const).filter((name) => options[name] === true);
  if (first && second) throw new AppError('invalid_input', `--${first} and --${second} cannot be combined`);
  return first ?? 'table';
}

/** From a date, or a number of days as `30d`, to the first day. @throws AppError invalid_input */
export function parseSince(text: unknown, today: string): string {
  if (text === undefined) return addDays(today, -defaultDays);
  const days = typeof text === 'string' ? /^(\d{1,4})d?$/.exec(text)?.[1] : undefined;
  if (days !== undefined && Number(days) >= 1 && Number(days) <= maxDays) return addDays(today, -Number(days));
  if (typeof text === 'string' && isDay(text) && text < today && text >= addDays(today, -maxDays)) return text;
  throw new AppError(
    'invalid_input',
    `invalid --since ${JSON.stringify(text)}: valid is a date before today such as ${addDays(today, -7)}, or a number of days such as 7d, up to ${maxDays}`,
  );
}

const head = ['IMAGE', 'REGISTRIES', 'TOTAL', 'PULLS', 'CHANGE', 'TREND', 'NEXT'];
const numbers = [2, 3, 4];

function formatText(shown: Report): string {
  const { from, to, rows } = shown;
  if (rows.length === 0) return 'No data yet: run `registry-stats collect`.\n';
  return `Pulls from ${from} to ${to} (UTC days), change from the same number of days before\n\n${formatTable(head, [...rows.map(rowCells), sumCells(shown)], { right: numbers })}\n`;
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
  return [...csvChunks(table)].join('');
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
