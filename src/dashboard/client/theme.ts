/** Runs before the page is painted, so that it never flashes in the wrong colors. */
const root = document.documentElement;
root.classList.add('js');
try {
  const theme = localStorage.getItem('theme') ?? '';
  if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
} catch {
  // A browser that keeps nothing shows the system's colors.
}
