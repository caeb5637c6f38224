/** `report`: how the images do, as a table with sparklines, Markdown, CSV or JSON. */
import { readReport } from '../app/report.ts';
import type { Config } from '../config/load.ts';
import { addDays, dayOf, isDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { formatChange, formatCount, formatExact } from '../core/views/format.ts';
import type { ComparedGrowth } from '../core/numbers/growth.ts';
import type { Report, ReportRow } from '../core/views/report.ts';
import { csvChunks } from '../core/views/table.ts';
import type { CliIo } from './io.ts';
import { sparkline } from './sparkline.ts';
import { formatTable } from './table.ts';

const usualDays = 30;
const mostDays = 3650;

/** @throws AppError invalid_input (an option is not valid), misconfigured (what is stored cannot be read) */
export async function report(config: Config, { stdout }: CliIo, options: Readonly<Record<string, unknown>>): Promise<number> {
  const now = Date.now();
  const format = parseFormat(options);
  stdout.write(formats[format](await readReport(config, { now, from: parseSince(options['since'], dayOf(now)) })));
  return 0;
}

/** How a report is written. */
export const formats = { table: tableText, json: jsonText, csv: csvText, markdown: markdownText };

/** @throws AppError invalid_input when two formats are asked for */
export function parseFormat(options: Readonly<Record<string, unknown>>): keyof typeof formats {
  const [first, second] = (['json', 'csv', 'markdown'] as const).filter((name) => options[name] === true);
  if (first && second) throw new AppError('invalid_input', `--${first} and --${second} exclude each other: keep one of them`);
  return first ?? 'table';
}

/** From a date, or a number of days as `30d`, to the first day. @throws AppError invalid_input */
export function parseSince(text: unknown, today: string): string {
  if (text === undefined) return addDays(today, -usualDays);
  const days = typeof text === 'string' ? /^(\d{1,4})d?$/.exec(text)?.[1] : undefined;
  if (days !== undefined && Number(days) >= 1 && Number(days) <= mostDays) return addDays(today, -Number(days));
  if (typeof text === 'string' && isDay(text) && text < today && text >= addDays(today, -mostDays)) return text;
  throw new AppError(
    'invalid_input',
    `--since is ${JSON.stringify(text)}: valid is a date before today such as ${addDays(today, -7)}, or a number of days such as 7d, up to ${mostDays}`,
  );
}

const head = ['IMAGE', 'REGISTRIES', 'TOTAL', 'PULLS', 'CHANGE', 'TREND', 'NEXT'];
const numbers = [2, 3, 4];

function tableText({ from, to, rows, total, growth }: Report): string {
  if (rows.length === 0) return 'Nothing is stored yet: run `registry-stats collect`.\n';
  const cells = rows.map((row) => [...cellsOf(row), sparkline(row.daily), forecast(row)]);
  const sum = ['total', '', formatExact(total), pullsOf(growth), changeOf(growth), '', ''];
  return `Pulls from ${from} to ${to} (UTC days), change against as many days before\n\n${formatTable(head, [...cells, sum], { right: numbers })}\n`;
}

function markdownText({ from, to, rows, total, growth }: Report): string {
  const body = rows.map((row) => markdownRow([...cellsOf(row), sparkline(row.daily), forecast(row)]));
  return [
    `Pulls from ${from} to ${to}`,
    '',
    markdownRow(['Image', 'Registries', 'Total', 'Pulls', 'Change', 'Trend', 'Next milestone']),
    '| --- | --- | ---: | ---: | ---: | --- | --- |',
    ...body,
    markdownRow(['**total**', '', formatExact(total), pullsOf(growth), changeOf(growth), '', '']),
    '',
  ].join('\n');
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function csvText({ rows }: Report): string {
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

function jsonText({ from, to, rows, total, growth }: Report): string {
  const written = rows.map(({ name, registries, growth: own, daily, milestone, milestoneDay = null, ...row }) => ({
    name,
    registries,
    total: row.total,
    pulls: own.pulls ?? null,
    change: own.change ?? null,
    daily,
    milestone,
    milestone_day: milestoneDay,
  }));
  return `${JSON.stringify({ from, to, total, pulls: growth.pulls ?? null, change: growth.change ?? null, images: written }, null, 2)}\n`;
}

function cellsOf({ name, registries, total, growth }: ReportRow): string[] {
  return [name.replaceAll('%2F', '/'), registries.join(', '), formatExact(total), pullsOf(growth), changeOf(growth)];
}

function pullsOf({ pulls }: ComparedGrowth): string {
  return pulls === undefined ? '—' : formatExact(pulls);
}

function changeOf({ change, before }: ComparedGrowth): string {
  return (change === undefined || before === undefined ? undefined : formatChange(before + change, before)) ?? '';
}

function forecast({ milestone, milestoneDay }: ReportRow): string {
  return milestoneDay === undefined ? '' : `${formatCount(milestone)} about ${milestoneDay}`;
}
