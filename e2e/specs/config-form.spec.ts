/** The form beside the text: the same file seen as fields, in step with it both ways, and presets for a beginning. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Console } from '../fixtures/console.ts';
import { expect, test } from '../fixtures/shared-console.ts';

test.use({ viewport: { width: 1440, height: 900 } });

async function openForm(console: Console, page: Page, name: string) {
  await console.openInstance(name);
  await console.openTab('Config');
  const form = page.getByRole('complementary', { name: 'Form' });
  await expect(form.getByLabel('processes', { exact: true })).toHaveValue('2');
  return form;
}

function lines(page: Page): Promise<string[]> {
  return page.locator('.cm-line').allTextContents();
}

test('a change in the form is a change of one line, one undo step, and is saved', async ({ shop, console, page }) => {
  const before = await readFile(shop.iniPath, 'utf8');
  const form = await openForm(console, page, shop.name);
  const processes = form.getByLabel('processes', { exact: true });
  await processes.click();
  await expect(page.locator('.cm-marked-line')).toHaveText('processes = 2');
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('12');
  await expect(page.locator('.cm-marked-line')).toHaveText('processes = 12');
  await expect(form.getByText('Was 2. Takes effect on a reload.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.locator('.cm-marked-line')).toHaveText('processes = 2');
  await expect(processes).toHaveValue('2');

  await processes.fill('3');
  await page.keyboard.press('ControlOrMeta+s');
  await expect.poll(() => readFile(shop.iniPath, 'utf8')).toBe(before.replace('processes = 2', 'processes = 3'));
});

test('text and form are in step, with values that are wrong, added, moved and removed', async ({
  shop,
  console,
  page,
}) => {
  const form = await openForm(console, page, shop.name);
  await console.replaceLine('processes = 2', 'workers = 5');
  await expect(form.getByLabel('workers', { exact: true })).toHaveValue('5');

  // What is wrong stands below its field, and typing goes on.
  await form.getByLabel('workers', { exact: true }).fill('many');
  await expect(form.locator('[data-field="processes"] .form-problem')).toContainText('workers');
  await form.getByLabel('workers', { exact: true }).fill('4');
  await expect(form.locator('[data-field="processes"] .form-problem')).toHaveCount(0);

  // A switch, a list, and an option that is found by what it does.
  await form.getByRole('switch', { name: 'lazy-apps' }).click();
  await expect.poll(() => lines(page)).toContain('lazy-apps = true');
  await form.getByLabel('env', { exact: true }).fill('A=1');
  await form.locator('[data-field="env"]').hover();
  await form.getByRole('button', { name: 'Add one more env' }).click();
  await page.keyboard.type('B=2');
  await form.getByRole('button', { name: 'Move env 2 up' }).click();
  await expect
    .poll(async () => (await lines(page)).filter((line) => line.startsWith('env')))
    .toEqual(['env = B=2', 'env = A=1']);
  await form.getByRole('button', { name: 'Remove env 1' }).click();
  await form.getByRole('button', { name: 'Add an option' }).click();
  await page.keyboard.type('reload-on-rss');
  await page.keyboard.press('Enter');
  await page.keyboard.type('220');
  await expect.poll(() => lines(page)).toContain('reload-on-rss = 220');

  // Left empty, it is unset.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Tab');
  await expect.poll(async () => (await lines(page)).filter((line) => /rss/.test(line))).toEqual([]);
  await form.locator('[data-field="lazy-apps"]').hover();
  await form.getByRole('button', { name: 'Unset lazy-apps' }).click({ modifiers: ['Shift'] });
  await expect.poll(() => lines(page)).toContain('; lazy-apps = true');
  await form.getByRole('button', { name: 'Take lazy-apps out of its comment' }).click();
  await expect.poll(() => lines(page)).toContain('lazy-apps = true');
});

test('a number that is reached by Tab is replaced by what is typed', async ({ shop, console, page }) => {
  await writeFile(shop.iniPath, `${await readFile(shop.iniPath, 'utf8')}buffer-size = 8192\n`);
  const form = await openForm(console, page, shop.name);
  const size = form.getByLabel('buffer-size', { exact: true });
  await expect(size).toHaveValue('8,192');
  await form.getByLabel('worker-reload-mercy', { exact: true }).focus();
  for (let steps = 0; steps < 6 && !(await size.evaluate((field) => field === document.activeElement)); steps += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(size).toHaveValue('8192');
  await page.keyboard.type('16384');
  await expect.poll(() => lines(page)).toContain('buffer-size = 16384');
});

test('what another file or a condition gives is shown with its place and can not be changed', async ({
  shop,
  console,
  page,
}) => {
  await writeFile(join(shop.folder, 'common.ini'), '[uwsgi]\n\nthreads = 3\n');
  const text = await readFile(shop.iniPath, 'utf8');
  await writeFile(shop.iniPath, `${text}include = common.ini\nif-env = NEVER\nmax-requests = 9\nendif =\n`);
  const form = await openForm(console, page, shop.name);
  await expect(form.getByText('From common.ini:3; change it there.')).toBeVisible();
  await expect(form.getByLabel('threads', { exact: true })).toHaveJSProperty('readOnly', true);
  await expect(form.locator('[data-field="max-requests"]')).toContainText('within if-env = NEVER');
  await expect(form.getByLabel('max-requests', { exact: true })).toHaveJSProperty('readOnly', true);
});

test('a preset adds what is missing as one undo step, and Alt+F closes and opens the form', async ({
  shop,
  console,
  page,
}) => {
  const form = await openForm(console, page, shop.name);
  const before = await lines(page);
  await form.getByRole('button', { name: 'Presets' }).click();
  const dialog = console.dialog('Presets');
  await expect(dialog.getByRole('radio', { name: /^Django/ })).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type('sinatra');
  await expect(dialog.getByRole('group')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('group').first()).toHaveAccessibleName('Python');
  await dialog.getByRole('radio', { name: /^Flask/ }).click();
  await dialog.getByLabel('User', { exact: true }).fill('shop-user');
  await expect(dialog.getByText('wsgi-file = app.py')).toBeVisible();
  await dialog.getByRole('button', { name: /^Put in \d+ options$/ }).click();
  await expect(form.getByLabel('uid', { exact: true })).toHaveValue('shop-user');
  expect((await lines(page)).slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => lines(page)).toEqual(before);

  await page.keyboard.press('Alt+f');
  await expect(form).toHaveCount(0);
  await expect(page.locator('.cm-content')).toBeFocused();
  await page.keyboard.press('Alt+f');
  await expect(form.locator(':focus')).toHaveCount(1);
});
