import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** As the suite of the folder above, and started there: paths are the repository's. */
export default defineConfig({ test: { ...base.test, include: ['proofs/**/*.test.ts'] } });
