/**
 * Two projects: `unit` is pure and runs in parallel, `process` starts real servers, three files at a time whatever
 * the number of processors: most of its time is spent on waiting for servers. CONTRIBUTING.md says what its tests may
 * rely on.
 */
import { defineConfig } from 'vitest/config';

/** node:sqlite is called experimental; the tests need not say so in each process. */
const QUIET = ['--disable-warning=ExperimentalWarning'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{engine,electron,renderer,e2e,resources}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.proc.test.ts', '**/node_modules/**'],
          setupFiles: ['./e2e/tools/patient-waits.ts'],
          testTimeout: 10_000,
          execArgv: QUIET,
        },
      },
      {
        test: {
          name: 'process',
          include: ['{engine,electron,e2e,resources}/**/*.proc.test.ts'],
          exclude: ['**/node_modules/**'],
          setupFiles: ['./engine/testing/failure-logs.ts'],
          pool: 'forks',
          execArgv: QUIET,
          maxWorkers: 3,
          // As in e2e/playwright.config.ts: named at the end when it passes then.
          retry: process.env['CI'] ? 1 : 0,
          // Longer than what the tests wait for (engine/testing/engine-process.ts), which says what did not come.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
