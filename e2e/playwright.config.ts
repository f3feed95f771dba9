/**
 * End-to-end tests: Debian's Chromium, or the one that CHROMIUM names, against `reeve serve`. One test at a time,
 * because each starts servers and measures what they do. In CI one that fails runs once more, and is named at the end
 * when it passes then: a test that fails sometimes is a defect, to be mended before it is in the way of anything else.
 */
import { defineConfig } from '@playwright/test';
import { BROWSER } from './tools/browser.ts';

export default defineConfig({
  testDir: 'specs',
  outputDir: '../test-results',
  workers: 1,
  retries: process.env['CI'] ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    actionTimeout: 15_000,
    launchOptions: BROWSER,
  },
});
