/** The drawer of the editor: what changed, what was there before, what is not in effect, and nothing typed is lost. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/shared-console.ts';

test('a save has a version with what it changed; an older one is restored as one step, and drift says what is not in effect', async ({
  shop,
  console,
  page,
}) => {
  const onDisk = await readFile(shop.iniPath, 'utf8');
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'workers = 3');
  await page.keyboard.press('ControlOrMeta+Shift+d');
  const drawer = page.getByRole('region', { name: 'Versions and effect of the file' });
  await expect(drawer.getByText('processes 2 → 3').first()).toBeVisible();
  await expect(drawer.getByText('1 line changed')).toBeVisible();
  await console.button('Save').click();
  await expect(drawer.getByText('The text is as on the disk.')).toBeVisible();
  const saved = await readFile(shop.iniPath, 'utf8');
  expect(saved).toContain('workers = 3');

  await drawer.getByRole('tab', { name: 'Drift 1' }).click();
  const change = drawer.getByRole('row', { name: /^processes/ });
  await expect(change).toContainText('a reload');
  await change.getByRole('button', { name: /^uwsgi\.ini:/ }).click();
  await expect(page.getByText(/^Ln 5, Col 1$/)).toBeVisible();

  await drawer.getByRole('tab', { name: /^History/ }).click();
  await expect(drawer.getByRole('row', { name: /processes 2 → 3.*not in effect/ })).toBeVisible();
  await drawer
    .getByRole('row', { name: /the first that is kept/ })
    .getByRole('button', { name: 'Restore' })
    .click();
  await expect(console.editor).toContainText('processes = 2');
  expect(await readFile(shop.iniPath, 'utf8')).toBe(saved);
  await console.editor.click();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(console.editor).toContainText('workers = 3');
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await console.button('Save').click();
  await expect.poll(async () => readFile(shop.iniPath, 'utf8')).toBe(onDisk);
  await expect(drawer.getByRole('tab', { name: 'Drift 0' })).toBeVisible();
});

test('one change of several is taken back, the others stay', async ({ shop, console, page }) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'processes = 4');
  await console.replaceLine('harakiri = 30', 'harakiri = 20');
  await console.runCommand('effective configuration');
  const drawer = page.getByRole('region', { name: 'Versions and effect of the file' });
  await expect(drawer.getByRole('row', { name: /^harakiri 20/ })).toBeVisible();
  await drawer.getByRole('tab', { name: 'Diff' }).click();
  await drawer.getByRole('button', { name: 'Take this change back' }).first().click();
  await expect(console.editor).toContainText('processes = 2');
  await expect(console.editor).toContainText('harakiri = 20');
});

test('two files are compared by what they mean', async ({ shop, console, page, folder }) => {
  const other = join(folder, 'other.ini');
  const text = await readFile(shop.iniPath, 'utf8');
  await writeFile(
    other,
    `; another\n${text.replace('processes = 2', 'workers = 2').replace('harakiri = 30', 'harakiri = 60')}`,
  );
  await console.openInstance(shop.name);
  await console.runCommand('compare the configuration');
  const drawer = page.getByRole('region', { name: 'Versions and effect of the file' });
  await drawer.getByRole('button', { name: 'What runs' }).click();
  await page.getByRole('menuitem', { name: 'A file…' }).click();
  await drawer.getByLabel('Path of the other file').fill(other);
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('row', { name: /^harakiri 30 60/ })).toBeVisible();
  await expect(drawer.getByRole('row')).toHaveCount(2);
});

test('a text that was not saved is offered after the page was loaded again', async ({ shop, console, page, rpc }) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'processes = 7');
  await expect
    .poll(async () => (await rpc.call('config.desk', { instanceId: shop.id })).draft?.text ?? '')
    .toContain('processes = 7');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(page.getByText(/with 1 changed line was not saved/)).toBeVisible();
  await expect(console.editor).toContainText('processes = 2');
  await console.button('Restore the text').click();
  await expect(console.editor).toContainText('processes = 7');
  await expect(page.getByText(/was not saved/)).toBeHidden();
});

test('effective options say through which file they came, and a real uWSGI is compared with an engine', async ({
  shop,
  real,
  console,
  page,
}) => {
  await writeFile(join(real.folder, 'common.ini'), '[uwsgi]\nmax-requests = 500\n');
  const text = await readFile(real.iniPath, 'utf8');
  await writeFile(real.iniPath, `${text.replace('processes = 2', 'workers = 3')}include = common.ini\n`);
  await console.openInstance(real.name);
  await console.runCommand('effective configuration');
  const drawer = page.getByRole('region', { name: 'Versions and effect of the file' });
  const included = drawer.getByRole('row', { name: /^max-requests 500/ });
  await expect(included).toContainText('common.ini:2');
  await included.getByRole('button', { name: /common\.ini:2/ }).click();
  await expect(page.locator('.cm-activeLine')).toHaveText('include = common.ini');

  await drawer.getByRole('tab', { name: /^Drift/ }).click();
  await drawer.getByRole('button', { name: 'What runs' }).click();
  await page.getByRole('menuitem', { name: shop.name, exact: true }).click();
  await expect(drawer.getByRole('row', { name: /^processes 3 2/ })).toBeVisible();
  await expect(drawer.getByRole('row', { name: /^max-requests 500 not set/ })).toBeVisible();
  await expect(drawer.getByRole('row', { name: /^harakiri/ })).toHaveCount(0);
});
