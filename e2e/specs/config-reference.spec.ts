/** The reference of options: from the editor by F1 and the card, from the form, from a problem, from the palette anywhere. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/shared-console.ts';

const panelOf = (page: Page) => page.getByRole('complementary', { name: 'Reference of options' });

test('an option is looked up from the editor and the form, one is added to the file, and a fault is explained', async ({
  shop,
  console,
  page,
}) => {
  const panel = panelOf(page);
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await page.locator('.cm-line', { hasText: 'processes = 2' }).click();
  await page.keyboard.press('F1');
  await expect(panel.getByRole('heading', { name: 'processes' })).toBeVisible();
  await expect(panel).toContainText('processes = 2');
  await panel.getByRole('button', { name: 'threads', exact: true }).first().click();
  await expect(panel.getByRole('heading', { name: 'threads' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(panel.getByRole('heading', { name: 'processes' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowRight');

  await panel.getByRole('button', { name: 'Add to file' }).click();
  // The default is selected, to be typed over.
  await page.keyboard.type('true');
  await expect(console.editor).toContainText('threads = true');
  await page.keyboard.press('Escape');
  // The line has a fault now: its option's page says so, and the fault has a page too.
  await expect(panel).toContainText('takes a whole number');
  await panel.getByRole('button', { name: 'A value of the wrong kind or unit' }).click();
  await expect(panel).toContainText('A file that has it');
  await panel.getByRole('button', { name: /^Go to line/ }).click();
  await expect(console.editor).toBeFocused();

  // The card, the form and the list of problems lead there too.
  await page.locator('.cm-ini-option', { hasText: 'processes' }).first().hover();
  await page.getByRole('button', { name: 'All about processes' }).first().click();
  await expect(panel.getByRole('heading', { name: 'processes' })).toBeVisible();

  await page.getByRole('complementary', { name: 'Form' }).getByLabel('harakiri', { exact: true }).focus();
  await page.keyboard.press('F1');
  await expect(panel.getByRole('heading', { name: 'harakiri' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();

  await page.locator('.cm-line', { hasText: 'processes = 2' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.insertText('harakirri = 20');
  await console.runCommand('>problems');
  const problems = page.getByRole('region', { name: 'Problems' });
  await expect(problems.getByRole('option').first()).toContainText('harakirri');
  await problems.getByRole('listbox').press('F1');
  await expect(panel).toContainText('unknown-option');
});

test('it is searched by what options do, without an instance too', async ({ console, page }) => {
  const panel = panelOf(page);
  await expect(console.heading('hello')).toBeVisible();
  await console.runCommand('settings');
  await expect(page.getByRole('heading', { name: /settings/i })).toBeVisible();
  await page.keyboard.press('F1');
  await expect(panel.getByLabel('Search the options')).toBeFocused();
  await page.keyboard.type('replaces a worker memory');
  await expect(panel.getByRole('option', { name: /^reload-on-rss/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.type('reload-on-rss');
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('heading', { name: 'reload-on-rss' })).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Add to file' })).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();

  await console.runCommand('@harakiri');
  await expect(panel.getByRole('heading', { name: 'harakiri' })).toBeVisible();
  await page.keyboard.press('Escape');

  // A dialog of the page keeps the keys to itself.
  await console.runCommand('hello');
  await expect(console.heading('hello')).toBeVisible();
  await console.runCommand('>presets');
  const presets = console.dialog(/preset/i);
  await expect(presets).toBeVisible();
  await page.keyboard.press('F1');
  await presets.getByRole('button', { name: 'Close' }).press('2');
  await page.keyboard.press('Escape');
  await expect(presets).toBeHidden();
  await expect(panel).toBeHidden();
  await expect(console.tab('Config')).toHaveAttribute('aria-selected', 'true');
});
