import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { WaitingFirst } from './test/support/waiting-first.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: './test/support/global-setup.ts',
    reporters: ['default', './test/support/plain-summary.ts'],
    // Half of the time a test waits: for a page, a database, another process.
    maxWorkers: availableParallelism() + 2,
    // Modules have no state, so that the files of a worker can share them: to load them for each took a quarter of the time.
    isolate: false,
    sequence: { sequencer: WaitingFirst },
    // What hangs is told late, and what is only slow, on a busy machine, is not told at all: no test has limits of its own.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    restoreMocks: true,
  },
});
