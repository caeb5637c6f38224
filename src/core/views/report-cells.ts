/** A report as text: the cells of its table, and the whole of it as Markdown. */
import type { ComparedGrowth } from '../numbers/growth.ts';
import { formatChange, formatCount, formatExact } from './format.ts';
import type { Report, ReportRow } from './report.ts';
import { sparkline } from './sparkline.ts';

/** What is in the columns: those of a row, and those of the sum. */
export const reportColumns = ['Image', 'Registries', 'Total', 'Pulls', 'Change', 'Trend', 'Next milestone'] as const;

interface RowOptions {
  /** How many bars the trend has at most. */
  readonly trend?: number;
  /** What stands between a milestone and its day. */
  readonly about?: string;
}

export function rowCells({ milestone, milestoneDay, ...row }: ReportRow, { trend, about = 'about ' }: RowOptions = {}): string[] {
  const { name, registries, total, growth, daily } = row;
  return [
    readableName(name),
    registries.join(', '),
    formatExact(total),
    formatPulls(growth),
    formatGrowth(growth),
    sparkline(daily, trend),
    milestoneDay === undefined ? '' : `${formatCount(milestone)} ${about}${milestoneDay}`,
  ];
}

/** A nested name with plain slashes. */
export function readableName(name: string): string {
  return name.replaceAll('%2F', '/');
}

export function sumCells({ total, growth }: Report): string[] {
  return ['total', '', formatExact(total), formatPulls(growth), formatGrowth(growth), '', ''];
}

export function formatGrowth({ change, before }: ComparedGrowth): string {
  return (change === undefined || before === undefined ? undefined : formatChange(before + change, before)) ?? '';
}

function formatPulls({ pulls }: ComparedGrowth): string {
  return pulls === undefined ? '—' : formatExact(pulls);
}

export function reportMarkdown(report: Report): string {
  const table = markdownTable(
    reportColumns,
    report.rows.map((row) => rowCells(row)),
    sumCells(report),
  );
  return [`Pulls from ${report.from} to ${report.to}`, '', ...table, ''].join('\n');
}

/** The lines of a table whose cells are plain text, with its numbers to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[], sum: readonly string[]): string[] {
  const [name = '', ...sums] = sum;
  return [
    markdownRow(head),
    '| --- | --- | ---: | ---: | ---: | --- | --- |',
    ...rows.map((cells) => markdownRow(cells.map(escapeMarkdown))),
    markdownRow([`**${name}**`, ...sums]),
  ];
}

/** The cells are Markdown. */
function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** As text that neither ends its cell nor is taken for markup, HTML, a link, a mention or an issue (CommonMark 2.4, GFM 6.9). */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[&<>@#]|:(?=\/\/)/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/[\\|`*_~[\]!]/g, '\\$&')
    .replaceAll(/\s+/g, ' ');
}
