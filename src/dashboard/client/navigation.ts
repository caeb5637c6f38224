/** Shows other views in place. The pages come whole from the server; what differs is exchanged. */
import { resetControls, isTyped } from './controls.ts';
import { morph } from './morph.ts';

/** `push`, `replace`: what to do with the history; `back`: the browser did it; `refresh`: the same view with new numbers. */
export type How = 'push' | 'replace' | 'back' | 'refresh';

export interface Navigation {
  /** Of several views that are wanted at once only the last one comes. Resolves to whether this one is shown. */
  show(url: string, how: How): Promise<boolean>;
  /** What is on its way is no longer wanted. */
  cancel(): void;
  isBusy(): boolean;
}

interface Parts {
  readonly content: HTMLElement;
  /** Where is said that a view could not be loaded. */
  readonly trouble: HTMLElement;
  /** What is read aloud. */
  readonly news: HTMLElement;
  /** After each exchange. */
  readonly prepare: () => void;
}

const retryMs = 3_000;

export function createNavigation(parts: Parts): Navigation {
  const { content, trouble } = parts;
  let running: AbortController | undefined;
  let retry: number | undefined;

  function cancel(): void {
    window.clearTimeout(retry);
    running?.abort();
    running = undefined;
    content.removeAttribute('aria-busy');
  }

  async function show(url: string, how: How): Promise<boolean> {
    cancel();
    const controller = new AbortController();
    running = controller;
    if (how !== 'refresh') content.setAttribute('aria-busy', 'true');
    try {
      const loaded = await load(url, controller.signal);
      if (controller.signal.aborted) return false;
      if (loaded === 'foreign') {
        if (how !== 'refresh') location.assign(url);
        return false;
      }
      if (typeof loaded === 'string') throw new Error(loaded);
      trouble.replaceChildren();
      exchange(parts, loaded, how);
      remember(content.dataset['url'] ?? url, how);
      return true;
    } catch (error) {
      // A refresh is tried again anyway.
      if (controller.signal.aborted || how === 'refresh') return false;
      fail(url, how, error instanceof TypeError || !(error instanceof Error) ? 'the service does not answer' : error.message);
      return false;
    } finally {
      if (running === controller) {
        running = undefined;
        content.removeAttribute('aria-busy');
      }
    }
  }

  /** The controls go back to what is shown; only a field in which someone types keeps its text, and is tried again. */
  function fail(url: string, how: How, reason: string): void {
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = 'Try again';
    again.addEventListener('click', () => void show(url, how));
    const text = document.createElement('p');
    text.className = 'notice bad';
    text.append(`This view could not be loaded: ${reason}. What you see is the view before. `, again);
    trouble.replaceChildren(text);
    resetControls(content, 'keep');
    if (how === 'back') window.history.replaceState(null, '', content.dataset['url'] ?? location.href);
    const typed = document.activeElement;
    if (!isTyped(typed)) return;
    retry = window.setTimeout(() => {
      if (document.activeElement === typed) void show(url, how);
      else resetControls(content, 'keep');
    }, retryMs);
  }

  return { show, cancel, isBusy: () => running !== undefined };
}

/** A page of ours; why there is none; or `foreign`: something before the service has answered, such as a proxy that wants a login, or it has a new version. */
async function load(url: string, signal: AbortSignal): Promise<Document | string> {
  const answer = await fetch(url, { headers: { Accept: 'text/html' }, cache: 'no-cache', signal });
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, 'text/html');
  const content = page.querySelector('#content');
  if (!content) return answer.status >= 500 ? `the answer was ${answer.status}` : 'foreign';
  // An invalid view has its form, in which it can be mended.
  if (!answer.ok && !content.querySelector('form[data-view]')) {
    return content.querySelector('.notice')?.textContent.trim().replace(/\.$/, '') ?? `the answer was ${answer.status}`;
  }
  return scriptOf(page) === scriptOf(document) ? page : 'foreign';
}

/** Another one after an update of the service. */
function scriptOf(page: Document): string | null | undefined {
  return page.querySelector('script[type="module"]')?.getAttribute('src');
}

function exchange({ content, news, prepare }: Parts, page: Document, how: How): void {
  const fresh = page.querySelector<HTMLElement>('#content');
  if (!fresh) return;
  document.title = page.title;
  const active = document.activeElement;
  morph(content, fresh);
  resetControls(content, how === 'back' ? 'reset' : 'keep');
  prepare();
  if (active instanceof HTMLElement && active.isConnected && document.activeElement !== active) active.focus({ preventScroll: true });
  const caption = content.querySelector('table.images caption')?.textContent;
  if (how !== 'refresh' && caption) news.textContent = caption;
}

function remember(url: string, how: How): void {
  if (url === location.pathname + location.search) return;
  if (how === 'push') window.history.pushState(null, '', url);
  if (how === 'replace') window.history.replaceState(null, '', url);
}
