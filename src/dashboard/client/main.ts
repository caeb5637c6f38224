/** What a page does beyond its HTML: other views in place, charts, copying, the theme, and new numbers as they come. */
import { drawCharts } from './charts.ts';
import { formUrl, isHalfTyped, isTyped, viewForm } from './controls.ts';
import { prepareCopying } from './copy.ts';
import { createNavigation, type Navigation } from './navigation.ts';
import { prepareForPrint } from './print.ts';
import { keepFresh } from './refresh.ts';
import { prepareShortcuts } from './shortcuts.ts';
import { prepareThemeChoice } from './theme-choice.ts';

/** After this the view follows what was typed. */
const typingPauseMs = 250;
/** Whoever goes on typing within this is still at the same: that is one step of the history. */
const stepPauseMs = 2_000;

prepareThemeChoice();
prepareCopying();
prepareForPrint();
prepareShortcuts();
const [content, trouble, news] = ['content', 'trouble', 'news'].map((id) => document.getElementById(id));
if (content && trouble && news) {
  const navigation = createNavigation({ content, trouble, news, prepare: () => drawCharts(content) });
  listenToControls(navigation);
  listenToLinks(navigation);
  drawCharts(content);
  keepFresh(content, navigation);
}

function listenToControls(navigation: Navigation): void {
  let timer: number | undefined;
  let typed: { readonly field: EventTarget; readonly at: number; readonly step: { shown: boolean } } | undefined;

  document.addEventListener('input', ({ target }) => {
    const form = viewForm(target);
    if (!form || !target) return;
    window.clearTimeout(timer);
    // What is on its way is older than this.
    navigation.cancel();
    chooseCustomRange(target, form);
    if (isHalfTyped(target)) return;
    const isOngoing = typed?.field === target && performance.now() - typed.at < stepPauseMs;
    const step = isOngoing && typed ? typed.step : { shown: false };
    typed = isTyped(target) ? { field: target, at: performance.now(), step } : undefined;
    const show = async (): Promise<void> => {
      // What was typed first may have been overtaken before it was shown.
      if (await navigation.show(formUrl(form), step.shown ? 'replace' : 'push')) step.shown = true;
    };
    timer = window.setTimeout(() => void show(), typed ? typingPauseMs : 0);
  });
  document.addEventListener('submit', (event) => {
    if (!(event.target instanceof HTMLFormElement) || !('view' in event.target.dataset)) return;
    event.preventDefault();
    window.clearTimeout(timer);
    void navigation.show(formUrl(event.target), 'push');
  });
}

function chooseCustomRange(target: EventTarget, form: HTMLFormElement): void {
  if (!(target instanceof HTMLInputElement) || target.type !== 'date') return;
  const range = form.elements.namedItem('range');
  if (range instanceof HTMLSelectElement) range.value = 'custom';
}

function listenToLinks(navigation: Navigation): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-view]') : null;
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void follow(link, navigation);
  });
  window.addEventListener('popstate', () => void navigation.show(location.href, 'back'));
}

/** Another page of a list is shown from its beginning: its link is at the end of the one before. */
async function follow(link: HTMLAnchorElement, navigation: Navigation): Promise<void> {
  const isPage = link.closest('nav.pages') !== null;
  const isShown = await navigation.show(link.href, 'push');
  if (isShown && isPage) document.querySelector('nav.pages')?.previousElementSibling?.scrollIntoView();
}
