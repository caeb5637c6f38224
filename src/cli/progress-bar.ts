/** A bar on the last line of a terminal. */
import type { Progress } from '../core/model/outcome.ts';
import type { CliIo } from './io.ts';

export interface ProgressBar {
  draw(progress: Progress): void;
  clear(): void;
}

const eraseLine = '\r\u001B[K';
const maxWidth = 30;

/** `unit`: what is counted; empty: shows a percentage instead of a count. */
export function createProgressBar(terminal: CliIo['stderr'], unit = 'images'): ProgressBar {
  return {
    draw({ done, total }) {
      const count = unit === '' ? ` ${total === 0 ? 0 : Math.floor((100 * done) / total)}%` : ` ${done}/${total} ${unit}`;
      const width = Math.max(0, Math.min(maxWidth, (terminal.columns ?? 80) - count.length - 1));
      const filled = total === 0 ? 0 : Math.round((width * done) / total);
      terminal.write(`${eraseLine}${'█'.repeat(filled)}${'░'.repeat(width - filled)}${count}`);
    },
    clear: () => void terminal.write(eraseLine),
  };
}
