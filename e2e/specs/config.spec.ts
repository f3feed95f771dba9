/** The editor: errors at their line, nothing overwritten, nothing run that was not shown. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '../fixtures/shared-console.ts';
import { answers } from '../fixtures/uwsgi.ts';

test('a broken file shows the error at its line, can not be saved, and the server goes on', async ({
  shop,
  console,
  page,
}) => {
  const onDisk = await readFile(shop.iniPath, 'utf8');
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'proceses = 4');
  const line = onDisk.split('\n').indexOf('processes = 2') + 1;
  await expect(page.getByText(new RegExp(`Line ${line}: .*proceses`)).first()).toBeVisible();
  await expect(console.button('Save')).toBeDisabled();
  await expect(page.getByText(/block/i).first()).toBeVisible();
  expect(await readFile(shop.iniPath, 'utf8')).toBe(onDisk);
  await answers(shop.url);
});

test('a file that was broken on disk is found before the reload, with its line, and the server serves on', async ({
  shop,
  console,
  page,
}) => {
  await console.openInstance(shop.name);
  const text = await readFile(shop.iniPath, 'utf8');
  await writeFile(shop.iniPath, text.replace('processes = 2', 'proceses = 4'));
  await console.button('Reload').first().click();
  await expect(page.getByText(/uwsgi\.ini:\d+: Unknown option 'proceses'/).first()).toBeVisible();
  await expect(console.button('Start reload')).toBeDisabled();
  await answers(shop.url);
});

test('a file that changed on disk is not overwritten', async ({ shop, console, page }) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await console.replaceLine('harakiri = 30', 'harakiri = 20');
  const theirs = (await readFile(shop.iniPath, 'utf8')).replace('processes = 2', 'processes = 3');
  await writeFile(shop.iniPath, theirs);
  await console.button('Save').click();
  await expect(page.getByText(/changed on (the )?disk/i).first()).toBeVisible();
  expect(await readFile(shop.iniPath, 'utf8')).toBe(theirs);
});

test('typing over selected lines replaces them, without an error in the page, and can be undone', async ({
  shop,
  console,
  page,
}) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  const editor = page.locator('.cm-content').first();
  await expect(editor).toContainText('processes = 2');
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  // Errors in the page fail every test of this console (fixtures/test.ts).
  await page.keyboard.type('; gone');
  await expect(editor).toHaveText('; gone');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor).toContainText('processes = 2');
});
