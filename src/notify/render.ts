/** A message as text, in the ways that channels show text, and no longer than they take. */
import type { Digest, Notice } from '../core/model/notice.ts';
import { markdownTable } from '../core/views/report-cells.ts';

export interface Style {
  /** A text without markup, as it is written among markup. */
  readonly escape: (text: string) => string;
  /** The text is escaped. */
  readonly bold: (text: string) => string;
  /** Whether tables of Markdown are shown as such. */
  readonly hasTables?: boolean;
  /** What is counted against the limit. */
  readonly measure?: (text: string) => number;
}

export const plain: Style = { escape: (text) => text, bold: (text) => text };

/** No markup, no mention: an @ is followed by a space without width. */
export const markdown: Style = {
  escape: (text) => text.replaceAll(/[\\`*_~|[\]#<>]/g, '\\$&').replaceAll('@', '@\u200b'),
  bold: (text) => `**${text}**`,
};

export const markdownWithTables: Style = { ...markdown, hasTables: true };

/** Slack decodes these three and nothing else (docs.slack.dev, "Formatting message text", seen 2026-11-28). */
export const mrkdwn: Style = { escape: escapeMarkup, bold: (text) => `*${text}*` };

export const html: Style = { escape: escapeMarkup, bold: (text) => `<b>${text}</b>` };

export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface RenderOptions {
  /** Of the text, measured as the style does. */
  readonly maxLength: number;
  readonly withTitle?: boolean;
}

/** The message, cut at the end of a line where it is too long. */
export function renderNotice(notice: Notice, style: Style, { maxLength, withTitle = false }: RenderOptions): string {
  const lines = [...(withTitle ? [style.bold(style.escape(notice.title))] : []), ...bodyLines(notice, style)];
  return fit(lines, style.measure ?? ((text) => text.length), maxLength);
}

function bodyLines({ lines, digest }: Notice, style: Style): string[] {
  const escaped = lines.map((line) => style.escape(line));
  return digest ? [...escaped, ...digestLines(digest, style)] : escaped;
}

function digestLines(digest: Digest, style: Style): string[] {
  const { head, rows, sum, moreRows } = digest;
  const table = style.hasTables
    ? ['', ...markdownTable(head, rows, sum)]
    : [rowLine(sum), ...rows.map(rowLine)].map((line) => style.escape(line));
  const more = moreRows > 0 ? [`and ${moreRows} more images`] : [];
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', style.bold(style.escape(title)), ...lines.map((line) => style.escape(line))];
  return [
    ...table,
    ...more,
    ...section('Top movers', digest.movers),
    ...section('Milestones', digest.milestones),
    ...section('Problems', digest.problems),
  ];
}

/** `acme/app: 1,234 in all, 56 pulls (+5%) ▁▂▃` */
function rowLine([name = '', , total = '', pulls = '', change = '', trend = '']: readonly string[]): string {
  return `${name}: ${total} in all, ${pulls} pulls${change === '' ? '' : ` (${change})`} ${trend}`.trimEnd();
}

function fit(lines: readonly string[], measure: (text: string) => number, maxLength: number): string {
  const whole = lines.join('\n');
  if (measure(whole) <= maxLength) return whole;
  const kept: string[] = [];
  for (const [at, line] of lines.entries()) {
    const rest = `… and ${lines.length - at} more lines`;
    if (measure([...kept, line, rest].join('\n')) > maxLength)
      return kept.length === 0 ? cut(line, measure, maxLength) : [...kept, rest].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

function cut(line: string, measure: (text: string) => number, maxLength: number): string {
  const characters = Array.from(line);
  while (characters.length > 0 && measure(`${characters.join('')}…`) > maxLength) characters.pop();
  return `${characters.join('')}…`;
}
