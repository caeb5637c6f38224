/** The lines of a chart by name: buttons that hide and show them. */
import type { ChartData } from './chart-data.ts';
import { colorOf, inkOf, swatchOf } from './ink.ts';

const borders = ['solid', 'dashed', 'dotted', 'double'];

/** Draws the legend; `cut`: what is said of an axis that does not begin at 0. */
export function drawLegend(legend: HTMLElement, data: ChartData, hidden: ReadonlySet<string>, cut: string): void {
  const ink = inkOf();
  const buttons =
    data.lines.length < 2 ? [] : data.lines.map(({ label }, place) => button(label, swatch(data, colorOf(ink, place), place)));
  const keys = [
    ...(data.lines.some(({ previous }) => previous) ? [key('previous', 'previous period')] : []),
    ...(cut === '' ? [] : [key('cut', cut)]),
  ];
  // Buttons that are there keep the focus.
  const old = [...legend.querySelectorAll('button')];
  const same = old.length === buttons.length && old.every((each, at) => each.textContent === buttons[at]?.textContent);
  if (same) for (const each of legend.querySelectorAll('.key')) each.remove();
  else legend.replaceChildren(...buttons);
  for (const each of legend.querySelectorAll('button')) {
    each.setAttribute('aria-pressed', String(!hidden.has(each.textContent)));
    const fresh = buttons.find(({ textContent }) => textContent === each.textContent)?.firstElementChild;
    if (same && fresh) each.firstElementChild?.replaceWith(fresh);
  }
  legend.append(...keys);
}

function button(label: string, mark: HTMLElement): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.title = `Show or hide ${label}`;
  made.append(mark, label);
  return made;
}

/** How a line or bar looks, small. */
export function swatch({ look }: Pick<ChartData, 'look'>, color: string, place: number): HTMLElement {
  const mark = document.createElement('i');
  mark.className = `swatch ${look}`;
  if (look === 'lines') mark.style.borderTop = `${place % 4 === 3 ? 4 : 2}px ${borders[place % 4] ?? 'solid'} ${color}`;
  else {
    mark.style.background = swatchOf(color, place);
    mark.style.borderColor = color;
  }
  return mark;
}

function key(name: string, text: string): HTMLElement {
  const made = document.createElement('span');
  made.className = `key ${name}`;
  made.textContent = text;
  return made;
}
