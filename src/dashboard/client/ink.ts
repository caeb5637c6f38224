/** Colors from the style sheet, and dashes and patterns that distinguish lines and bars without color. */

export interface Ink {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly warn: string;
  readonly bad: string;
  /** What charts are drawn on. */
  readonly ground: string;
  readonly lines: readonly string[];
}

/** The colors as they are now; also where the system forces its own. */
export function inkOf(): Ink {
  const probe = document.createElement('span');
  probe.className = 'probe';
  document.body.append(probe);
  const color = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = {
    text: color('--text'),
    muted: color('--muted'),
    line: color('--line'),
    warn: color('--warn'),
    bad: color('--bad'),
    ground: color('--surface'),
    lines: Array.from({ length: 8 }, (_, at) => color(`--line-${at + 1}`)),
  };
  probe.remove();
  return ink;
}

/** The color of a line, by its place among all. */
export function colorOf({ lines, text }: Ink, place: number): string {
  return lines[place % lines.length] ?? text;
}

/** A computed color, more transparent. */
export function faded(color: string, alpha: number): string {
  return color.startsWith('rgb(') ? color.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`) : color;
}

const dashes: readonly (readonly number[])[] = [[], [10, 5], [3, 4], [12, 4, 3, 4], [6, 3], [2, 2], [16, 6], [8, 3, 2, 3, 2, 3]];

export function dashOf(at: number): number[] {
  return [...(dashes[at % dashes.length] ?? [])];
}

/** The fill of a bar: plain for the first, then hatched, dotted and so on. It hides what is behind it. */
export function patternOf(color: string, at: number, ground: string): string | CanvasPattern {
  if (at === 0) return color;
  return hatch(color, at % 4, ground) ?? color;
}

/** The same for the legend, as a CSS background. */
export function swatchOf(color: string, at: number): string {
  if (at === 0) return color;
  const pale = `color-mix(in srgb, ${color} 35%, transparent)`;
  const stripes = (angle: number): string => `repeating-linear-gradient(${angle}deg, ${color} 0 1.5px, ${pale} 1.5px 5px)`;
  return [stripes(0), stripes(135), stripes(45), `radial-gradient(${color} 1.2px, ${pale} 1.4px) 0 0 / 5px 5px`][at % 4] ?? color;
}

const tile = 8;

/** A pattern, over a lighter ground where there is one: 1 rising lines, 2 falling lines, 3 dots, 0 level lines. */
export function hatch(color: string, shape: number, ground?: string): CanvasPattern | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = tile;
  canvas.height = tile;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  if (ground !== undefined) {
    for (const fill of [ground, faded(color, 0.33)]) {
      context.fillStyle = fill;
      context.fillRect(0, 0, tile, tile);
    }
  }
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  if (shape === 3) {
    context.arc(tile / 2, tile / 2, 1.5, 0, 2 * Math.PI);
    context.fill();
  } else if (shape === 0) {
    context.moveTo(0, tile / 2);
    context.lineTo(tile, tile / 2);
  } else {
    // Twice beyond the edges, so that the tiles join.
    for (const shift of [-tile, 0, tile]) {
      context.moveTo(shift, shape === 1 ? tile : 0);
      context.lineTo(shift + tile, shape === 1 ? 0 : tile);
    }
  }
  context.stroke();
  return context.createPattern(canvas, 'repeat') ?? undefined;
}
