/** Everything by keyboard, and the two appearances. */
import { expect, test } from '../fixtures/shared-console.ts';

test('the palette reaches pages and commands', async ({ console, page }) => {
  await expect(console.heading('hello')).toBeVisible();
  await console.runCommand('settings');
  await expect(page.getByRole('heading', { name: /settings/i })).toBeVisible();
  await console.runCommand('hello');
  await expect(console.heading('hello')).toBeVisible();
});

test('digits open tabs, E the editor, G F the fleet', async ({ console, page }) => {
  await expect(console.heading('hello')).toBeVisible();
  await page.keyboard.press('2');
  await expect(console.tab('Workers')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('3');
  await expect(console.tab('Requests')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('1');
  await expect(console.tab('Overview')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('e');
  await expect(console.editor).toBeVisible();
  await console.tab('Config').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page.getByRole('grid')).toBeVisible();
});

test('arrow keys move between tabs', async ({ console, page }) => {
  await console.tab('Overview').focus();
  await page.keyboard.press('ArrowRight');
  await expect(console.tab('Workers')).toHaveAttribute('aria-selected', 'true');
  await expect(console.tab('Workers')).toBeFocused();
});

test('dark and light are both drawn, and the choice is kept', async ({ console, page }) => {
  await expect(console.heading('hello')).toBeVisible();
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await console.runCommand('light');
  await expect.poll(background).not.toBe(dark);
  const light = await background();
  await page.reload();
  await expect(console.heading('hello')).toBeVisible();
  expect(await background()).toBe(light);
});
