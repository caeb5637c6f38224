import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/support/plain-summary.ts'],
    testTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
  },
});
