/** Before a page is printed, its tables are opened and its charts drawn in the light theme; afterwards all is as it was. */
import { themeEvent } from './theme-choice.ts';

const root = document.documentElement;

export function prepareForPrint(): void {
  let undo: (() => void) | undefined;
  const start = (): void => void (undo ??= lighten());
  const end = (): void => {
    undo?.();
    undo = undefined;
  };
  window.addEventListener('beforeprint', start);
  window.addEventListener('afterprint', end);
  window.matchMedia('print').addEventListener('change', ({ matches }) => (matches ? start() : end()));
}

function lighten(): () => void {
  const { theme } = root.dataset;
  const closed = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
  for (const details of closed) details.open = true;
  root.dataset['theme'] = 'light';
  window.dispatchEvent(new Event(themeEvent));
  return () => {
    for (const details of closed) details.open = false;
    if (theme === undefined) delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    window.dispatchEvent(new Event(themeEvent));
  };
}
