/** The Electron host with a real Electron: where there is a binary. Everything else about it is tested with a stand-in. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';

const BINARY = process.env['ELECTRON_PATH'] ?? join(PROJECT_ROOT, 'node_modules', 'electron', 'dist', 'electron');

test.describe('the Electron host', () => {
  test.skip(!existsSync(BINARY), `no Electron binary at ${BINARY}: set ELECTRON_PATH`);

  test('opens one window that shows the sample live', async ({ folder }) => {
    const app = await _electron.launch({
      executablePath: BINARY,
      args: ['--no-sandbox', join(PROJECT_ROOT, 'out', 'main', 'main.js')],
      env: { ...process.env, REEVE_DATA: join(folder, 'data'), HOME: folder },
    });
    try {
      const page = await app.firstWindow();
      await expect(page.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
      const preferences = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
      expect(preferences).toBe(1);
      expect(await page.evaluate(() => typeof Reflect.get(window, 'require'))).toBe('undefined');
    } finally {
      await app.close();
    }
  });
});
