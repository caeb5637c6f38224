/** A message as HTML for mail programs: tables and attributes, since they know little of style sheets. */
import type { Digest, Notice } from '../../core/model/notice.ts';
import { formatExact } from '../../core/views/format.ts';
import { escapeMarkup } from '../render.ts';

/** Where the HTML refers to the chart, which is a part of the mail. */
export const chartId = 'chart@registry-stats';
export const chartSize = { width: 560, height: 120 };

const font = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:14px;line-height:1.5;color:#1f2937';
const cell = 'padding:4px 10px 4px 0;border-bottom:1px solid #e5e7eb;vertical-align:top';
const numberColumns: ReadonlySet<number> = new Set([2, 3, 4]);

export function noticeHtml(notice: Notice): string {
  const { title, lines, digest } = notice;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeMarkup(title)}</title></head>
<body style="margin:0;padding:16px;${font}">
<h1 style="font-size:18px;margin:0 0 12px">${escapeMarkup(title)}</h1>
${listHtml(lines)}${digest ? digestHtml(digest) : ''}</body></html>
`;
}

function listHtml(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<ul style="margin:0 0 12px;padding-left:20px">${lines.map((line) => `<li>${escapeMarkup(line)}</li>`).join('')}</ul>\n`;
}

function digestHtml({ from, to, head, rows, sum, moreRows, daily, movers, milestones, problems }: Digest): string {
  return `${chartHtml({ from, to, daily })}<table cellspacing="0" cellpadding="0" style="border-collapse:collapse;${font}">
<tr>${head.map((text, at) => cellHtml('th', text, at)).join('')}</tr>
${[...rows, sum].map((cells) => `<tr>${cells.map((text, at) => cellHtml('td', text, at)).join('')}</tr>`).join('\n')}
</table>
${moreRows > 0 ? `<p>and ${moreRows} more images</p>\n` : ''}${sectionHtml('Top movers', movers)}${sectionHtml('Milestones', milestones)}${sectionHtml('Problems', problems)}`;
}

function sectionHtml(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<h2 style="font-size:15px;margin:16px 0 4px">${name}</h2>\n${listHtml(lines)}`;
}

function cellHtml(tag: 'td' | 'th', text: string, at: number): string {
  return `<${tag} align="${numberColumns.has(at) ? 'right' : 'left'}" style="${cell}">${escapeMarkup(text)}</${tag}>`;
}

/** What is in the picture is said in words too: many programs show pictures only on request. */
function chartHtml({ from, to, daily }: Pick<Digest, 'from' | 'to' | 'daily'>): string {
  const known = daily.filter((value) => value !== null);
  if (known.length === 0) return '';
  const text = `Pulls a day from ${from} to ${to}, at most ${formatExact(Math.max(...known))}`;
  const { width, height } = chartSize;
  return `<p style="margin:0 0 4px;color:#6b7280">${text}</p>
<img src="cid:${chartId}" width="${width}" height="${height}" alt="${text}" style="display:block;margin:0 0 16px;max-width:100%">
`;
}
