/** Closes a test run with one plain line, which continuous integration reads. */
import type { Reporter, TestModule } from 'vitest/node';
import { howToInstall, isInstalled } from './prometheus.ts';

export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    for (const module of modules) {
      // A file that cannot even be loaded has no tests to count.
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
    }
    if (!isInstalled) process.stdout.write(`Not run: the checks with the real Prometheus. ${howToInstall} brings it.\n`);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}
