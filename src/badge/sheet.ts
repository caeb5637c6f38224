/** What charts have in common: colors, sizes, the grid and the labels of days. */
import type { ChartKind } from '../core/numbers/chart.ts';
import { dayLabels } from './day-labels.ts';
import type { Colors, Frame } from './drawing.ts';
import { pixel } from './svg.ts';

export const themes: Readonly<Record<'light' | 'dark', Colors>> = {
  light: { ground: '#ffffff', text: '#16202c', muted: '#56616e', grid: '#e6eaef', ink: '#0b62c4' },
  dark: { ground: '#171e26', text: '#e6ebf1', muted: '#9aa7b5', grid: '#28313d', ink: '#4aa3ff' },
};
export const margin = { top: 62, side: 20, bottom: 32 };
export const font = "system-ui, -apple-system, 'Segoe UI', sans-serif";
/** Widths of a character in pixels, estimated generously: the reader's font is unknown. */
export const characterWidth = { text: 7, title: 10 };

export function truncate(text: string, maxLength: number): string {
  const characters = Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Lines of levels with their texts. */
export function grid(
  levels: readonly number[],
  texts: readonly string[],
  { left, right, yOf }: Frame,
  { grid: color, muted }: Colors,
): string {
  const lines = levels.map((level, at) => {
    const y = yOf(level);
    return `<path d="M${pixel(left)} ${pixel(y)}L${pixel(right)} ${pixel(y)}" stroke="${at === 0 ? muted : color}"${at === 0 ? ' stroke-opacity=".5"' : ''}/><text x="${pixel(left - 8)}" y="${pixel(y + 4)}" fill="${muted}" text-anchor="end">${texts[at] ?? ''}</text>`;
  });
  return lines.join('');
}

/** A break at the foot of an axis that does not begin at 0. */
export function axisCut(levels: readonly number[], texts: readonly string[], { left: x, bottom }: Frame, { muted }: Colors): string {
  if ((levels[0] ?? 0) <= 0) return '';
  const wave = (y: number): string => `M${pixel(x - 5)} ${pixel(y)}l3 -4l4 4l3 -4`;
  return `<path d="${wave(bottom - 5)}${wave(bottom - 10)}" fill="none" stroke="${muted}" stroke-width="1.5"><title>axis starts at ${texts[0] ?? ''}</title></path>`;
}

const minGap = 14;

export function dayTexts(
  [first, last]: readonly [number, number],
  { kind, width, colors }: { readonly kind: ChartKind; readonly width: number; readonly colors: Colors },
  { left, right, bottom, xOf }: Frame,
): string {
  let free = 0;
  let texts = '';
  for (const { day, text } of dayLabels(first, last, kind, Math.floor((right - left) / 72))) {
    const half = (text.length * characterWidth.text) / 2;
    const x = Math.min(Math.max(xOf(day), half + minGap / 2), width - half - minGap / 2);
    if (x - half < free) continue;
    free = x + half + minGap;
    texts += `<text x="${pixel(x)}" y="${bottom + 20}" fill="${colors.muted}" text-anchor="middle">${text}</text>`;
  }
  return texts;
}
