/** Copy buttons next to snippets. */

const confirmMs = 2_000;

export function prepareCopying(): void {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>('button[data-copy]') : null;
    if (button) void copy(button);
  });
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const code = button.parentElement?.querySelector('code');
  if (!code) return;
  const copied = await write(code);
  button.textContent = copied ? 'Copied' : 'Press Ctrl+C to copy';
  window.setTimeout(() => (button.textContent = 'Copy'), confirmMs);
}

/** Outside of https browsers have no clipboard API: there the text is selected and copied the old way. */
async function write(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    const selection = window.getSelection();
    selection?.selectAllChildren(code);
    return document.execCommand('copy');
  }
}
