/**
 * End-to-end tests: Debian's Chromium, or the one that CHROMIUM names, against `reeve serve`. Two files at a time,
 * whatever the number of processors: half of a test's time is spent on waiting for servers. In CI one that fails runs
 * once more, and is named at the end when it passes then: a test that fails sometimes is a defect, to be mended before
 * it is in the way of anything else.
 */
import { defineConfig } from '@playwright/test';
import { BROWSER } from './tools/browser.ts';

export default defineConfig({
  testDir: 'specs',
  outputDir: '../test-results',
  workers: 2,
  retries: process.env['CI'] ? 1 : 0,
  // What comes is not waited for any longer than it takes; a busy machine takes long for anything.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    // It has the page as it was at each step; pictures of it, drawn all the time, are a fifth of the run's time.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    actionTimeout: 45_000,
    launchOptions: BROWSER,
  },
});
