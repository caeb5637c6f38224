import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgressBar } from './progress-bar.ts';

function drawn(columns: number, done: number, total: number): string {
  const terminal = Object.assign(new PassThrough(), { columns });
  createProgressBar(terminal).draw({ done, total });
  return String(terminal.read()).replace('\r\u001B[K', '');
}

describe('the progress bar', () => {
  it('fills in proportion to what is done', () => {
    expect(drawn(80, 1, 3)).toBe(`${'█'.repeat(10)}${'░'.repeat(20)} 1/3 images`);
  });

  it('fits a narrow terminal', () => {
    expect(drawn(20, 1, 2)).toBe('████░░░░ 1/2 images');
  });

  it('is empty before anything is known', () => {
    expect(drawn(80, 0, 0)).toBe(`${'░'.repeat(30)} 0/0 images`);
  });
});
