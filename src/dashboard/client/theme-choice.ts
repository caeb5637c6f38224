/** The choice between light, dark, and what the system says; charts hear of it as an event on the window. */

export const themeEvent = 'themechange';

export function prepareThemeChoice(): void {
  const choice = document.querySelector<HTMLSelectElement>('#theme');
  if (!choice) return;
  choice.value = document.documentElement.dataset['theme'] ?? '';
  choice.closest('label')?.removeAttribute('hidden');
  choice.addEventListener('change', () => {
    if (choice.value === '') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice.value;
    try {
      localStorage.setItem('theme', choice.value);
    } catch {
      // Then the choice holds for this page only.
    }
    tell();
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tell);
}

function tell(): void {
  window.dispatchEvent(new Event(themeEvent));
}
