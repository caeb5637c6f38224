/** Single keys for what is done often, and a dialog that lists them. */

interface Shortcut {
  readonly key: string;
  readonly text: string;
  /** Nothing where the page has nothing for it. */
  readonly run: () => void;
}

const storageKey = 'shortcuts';

const shortcuts: readonly Shortcut[] = [
  { key: '?', text: 'Show keyboard shortcuts', run: showHelp },
  { key: '/', text: 'Filter by name', run: () => focus('input[name="q"]') },
  { key: 'c', text: 'Cumulative chart', run: () => choose('kind', 'total') },
  { key: 'd', text: 'Daily chart', run: () => choose('kind', 'daily') },
  { key: 'a', text: '7-day average', run: () => choose('kind', 'average') },
  { key: 'w', text: 'Weekly chart', run: () => choose('kind', 'weekly') },
  { key: 'm', text: 'Monthly chart', run: () => choose('kind', 'monthly') },
  { key: 'p', text: 'Show or hide the previous period', run: () => click('input[name="previous"]') },
  { key: 'z', text: 'Reset zoom', run: () => click('a[data-reset-zoom]') },
  { key: 'x', text: 'Close the images of a day', run: () => click('a[data-close-day]') },
  { key: 'f', text: 'Move to the chart', run: () => focus('.plot.drawn') },
];

/** With the focus in a chart. */
const chartKeys: readonly (readonly [keys: string, text: string])[] = [
  ['← →', 'Previous or next day'],
  ['Home End', 'First or last day'],
  ['Enter', 'Images of the day'],
  ['Esc', 'Hide the values'],
];

export function prepareShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isOff()) return;
    if (isTypedIn(event.target) || document.querySelector('dialog[open]')) return;
    const found = shortcuts.find(({ key }) => key === event.key);
    if (!found) return;
    event.preventDefault();
    found.run();
  });
  const button = document.querySelector<HTMLButtonElement>('#shortcuts');
  button?.addEventListener('click', showHelp);
}

/** A select takes letters as well. */
function isTypedIn(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

function isOff(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'off';
  } catch {
    return false;
  }
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

function click(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

function choose(name: string, value: string): void {
  const select = document.querySelector<HTMLSelectElement>(`form[data-view] select[name="${name}"]`);
  if (!select || select.value === value || ![...select.options].some((option) => option.value === value)) return;
  select.value = value;
  select.dispatchEvent(new Event('input', { bubbles: true }));
}

function showHelp(): void {
  const dialog = document.createElement('dialog');
  dialog.className = 'shortcuts';
  dialog.setAttribute('aria-labelledby', 'shortcuts-title');
  const title = document.createElement('h2');
  title.id = 'shortcuts-title';
  title.textContent = 'Keyboard shortcuts';
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = 'Close';
  close.autofocus = true;
  close.addEventListener('click', () => dialog.close());
  dialog.append(title, list(shortcuts.map(({ key, text }) => [key, text])), heading('In a chart'), list(chartKeys), onOff(), close);
  dialog.addEventListener('close', () => dialog.remove());
  // Beside it: on what is behind.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function heading(text: string): HTMLElement {
  const made = document.createElement('h3');
  made.textContent = text;
  return made;
}

function list(rows: readonly (readonly [keys: string, text: string])[]): HTMLElement {
  const made = document.createElement('dl');
  for (const [keys, text] of rows) {
    const row = document.createElement('div');
    const term = document.createElement('dt');
    term.append(
      ...keys.split(' ').map((key) => {
        const cap = document.createElement('kbd');
        cap.textContent = key;
        return cap;
      }),
    );
    const description = document.createElement('dd');
    description.textContent = text;
    row.append(term, description);
    made.append(row);
  }
  return made;
}

/** Voice input and shaky hands press single keys by accident. */
function onOff(): HTMLElement {
  const label = document.createElement('label');
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = !isOff();
  box.addEventListener('change', () => {
    try {
      localStorage.setItem(storageKey, box.checked ? 'on' : 'off');
    } catch {
      // Then they stay on.
    }
  });
  label.className = 'check';
  label.append(box, 'Use single-key shortcuts');
  return label;
}
