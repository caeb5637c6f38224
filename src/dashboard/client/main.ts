/** The pages come whole from the server; this exchanges their content in place, and draws the charts. */
import { drawCharts } from './charts.ts';
import { prepareCopying } from './copy.ts';
import { prepareThemeChoice } from './theme-choice.ts';

const typingPauseMs = 250;

const content = document.querySelector<HTMLElement>('#content');
const news = document.querySelector<HTMLElement>('#news');
let latest = 0;
let refreshTimer: number | undefined;
let typingTimer: number | undefined;

/** Shows another view in place. Of several that are asked for at once only the last one comes. */
async function show(url: string, history: 'push' | 'keep'): Promise<void> {
  const turn = ++latest;
  content?.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, { headers: { Accept: 'text/html' }, cache: 'no-cache' });
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (turn !== latest) return;
    const fresh = next.querySelector<HTMLElement>('#content');
    if (!fresh) {
      // Something before the service has answered, such as a proxy that wants a login: that is shown whole.
      if (history === 'push') location.assign(url);
      return;
    }
    document.title = next.title;
    exchange(fresh);
    const shown = fresh.dataset['url'] ?? url;
    if (history === 'push' && shown !== location.pathname + location.search) window.history.pushState(null, '', shown);
  } catch {
    // The service may be restarting: what is shown stays, and the next refresh tries again.
  } finally {
    content?.removeAttribute('aria-busy');
    if (turn === latest) scheduleRefresh();
  }
}

function exchange(fresh: HTMLElement): void {
  if (!content) return;
  const focused = describeFocus();
  const open = [...content.querySelectorAll('details')].map((details) => details.open);
  const plots = new Map(
    [...content.querySelectorAll<HTMLElement>('figure[data-chart]')].map((figure) => [figure.dataset['chart'], figure]),
  );
  for (const figure of fresh.querySelectorAll<HTMLElement>('figure[data-chart]')) {
    // A drawn chart moves over and gets its new numbers: nothing flickers.
    const drawn = plots.get(figure.dataset['chart'])?.querySelector('.plot.drawn');
    if (drawn) figure.querySelector('.plot')?.replaceWith(drawn);
  }
  content.replaceChildren(...fresh.childNodes);
  for (const name of ['data-refresh-seconds', 'data-url']) {
    const value = fresh.getAttribute(name);
    if (value === null) content.removeAttribute(name);
    else content.setAttribute(name, value);
  }
  for (const [at, details] of content.querySelectorAll('details').entries()) details.open = open[at] ?? false;
  prepare();
  focused?.();
  const caption = content.querySelector('table.images caption')?.textContent;
  if (news && caption) news.textContent = caption;
}

/** A function that puts the focus back to where it is now. */
function describeFocus(): (() => void) | undefined {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !content?.contains(active)) return undefined;
  const path: number[] = [];
  for (let node: Element = active; node !== content && node.parentElement; node = node.parentElement) {
    path.unshift([...node.parentElement.children].indexOf(node));
  }
  const { name, value, form } = active instanceof HTMLInputElement || active instanceof HTMLSelectElement ? active : {};
  const caret = active instanceof HTMLInputElement && active.type === 'search' ? active.selectionStart : null;
  return () => {
    const named = name === undefined || !form ? [] : [...content.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)];
    let found: Element | undefined = named.length === 1 ? named[0] : named.find((each) => each.value === value);
    if (!found && name === undefined) found = path.reduce<Element | undefined>((node, at) => node?.children[at], content);
    if (!(found instanceof HTMLElement)) return;
    found.focus({ preventScroll: true });
    if (found instanceof HTMLInputElement && caret !== null) found.setSelectionRange(caret, caret);
  };
}

function scheduleRefresh(): void {
  window.clearTimeout(refreshTimer);
  const seconds = Number(content?.dataset['refreshSeconds'] ?? 0);
  if (seconds === 0) return;
  refreshTimer = window.setTimeout(() => {
    const typing = document.activeElement instanceof HTMLInputElement && document.activeElement.type !== 'checkbox';
    if (document.hidden || typing) scheduleRefresh();
    else void show(location.href, 'keep');
  }, seconds * 1000);
}

function submit(form: HTMLFormElement): void {
  const url = new URL(form.action);
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value !== '') query.append(name, value);
  url.search = query.toString();
  void show(url.href, 'push');
}

function viewForm(target: EventTarget | null): HTMLFormElement | undefined {
  const { form = null } = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target : {};
  return form && 'view' in form.dataset ? form : undefined;
}

function prepare(): void {
  if (!content) return;
  prepareCopying(content);
  drawCharts(content);
  for (const details of content.querySelectorAll('details')) details.removeAttribute('aria-busy');
}

document.addEventListener('input', ({ target }) => {
  const form = viewForm(target);
  if (!form || !(target instanceof HTMLElement)) return;
  if (target instanceof HTMLInputElement && target.type === 'date') {
    const range = form.elements.namedItem('range');
    if (range instanceof HTMLSelectElement) range.value = 'custom';
  }
  window.clearTimeout(typingTimer);
  const pauseMs = target instanceof HTMLInputElement && ['search', 'text', 'date'].includes(target.type) ? typingPauseMs : 0;
  typingTimer = window.setTimeout(() => submit(form), pauseMs);
});
document.addEventListener('submit', (event) => {
  if (!(event.target instanceof HTMLFormElement) || !('view' in event.target.dataset)) return;
  event.preventDefault();
  submit(event.target);
});
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-view]') : null;
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  void show(link.href, 'push');
});
window.addEventListener('popstate', () => void show(location.href, 'keep'));
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) scheduleRefresh();
});

prepareThemeChoice();
prepare();
scheduleRefresh();
