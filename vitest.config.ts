import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/support/plain-summary.ts'],
    // Half of the time a test waits: for a page, a database, another process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
  },
});
