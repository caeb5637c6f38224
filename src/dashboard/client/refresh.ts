/** Keeps a page up to date: a small request tells whether there is anything new, and nothing changes while a person does something. */
import type { Navigation } from './navigation.ts';

const idleMs = 3_000;
/** Whoever leaves the pointer on a chart gets new numbers all the same. */
const hoverMs = 60_000;
const retryMs = 1_000;
const activities = ['keydown', 'wheel', 'scroll', 'pointermove', 'touchmove', 'pointerdown', 'pointerup'];

export function keepFresh(content: HTMLElement, navigation: Navigation): void {
  const isIdle = watchActivity(content);
  let timer: number | undefined;

  function schedule(ms = Number(content.dataset['refreshSeconds'] ?? 0) * 1_000): void {
    window.clearTimeout(timer);
    if (ms > 0) timer = window.setTimeout(() => void look(), ms);
  }

  async function look(): Promise<void> {
    if (document.hidden || navigation.isBusy()) return schedule();
    const { poll, revision } = content.dataset;
    if (poll === undefined || (await currentRevision(poll)) === revision) return schedule();
    await refreshWhenIdle();
  }

  async function refreshWhenIdle(): Promise<void> {
    window.clearTimeout(timer);
    if (document.hidden) return schedule();
    if (!isIdle() || navigation.isBusy()) {
      timer = window.setTimeout(() => void refreshWhenIdle(), retryMs);
      return;
    }
    await navigation.show(location.href, 'refresh');
    schedule();
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) schedule(retryMs);
  });
  schedule();
}

/** Undefined in the content's place where the service does not answer: then nothing changes. */
async function currentRevision(path: string): Promise<string | undefined> {
  const answer = await fetch(path, { cache: 'no-store' }).catch(() => undefined);
  if (!answer?.ok) return undefined;
  const { revision }: { revision?: string } = await answer.json().catch(() => ({}));
  return revision;
}

/** A function that says whether nobody is doing anything: no key, no movement, nothing pressed, nothing selected. */
function watchActivity(content: HTMLElement): () => boolean {
  let last = -Infinity;
  let pressed = false;
  const note = ({ type }: Event): void => {
    last = performance.now();
    if (type === 'pointerdown') pressed = true;
    if (type === 'pointerup') pressed = false;
  };
  for (const type of activities) document.addEventListener(type, note, { capture: true, passive: true });
  document.addEventListener('pointercancel', () => (pressed = false), { capture: true });
  return () => {
    const selection = window.getSelection();
    const selects = selection !== null && !selection.isCollapsed && content.contains(selection.anchorNode);
    const needed = content.querySelector('.plot:hover') ? hoverMs : idleMs;
    return !pressed && !selects && performance.now() - last > needed;
  };
}
