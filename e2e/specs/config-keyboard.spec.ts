/** A configuration from nothing to what runs, by keyboard alone: a preset, lines by completion, save, reload. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { Console } from '../fixtures/console.ts';
import { freePorts } from '../fixtures/ports.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { answers } from '../fixtures/uwsgi.ts';

test.use({ viewport: { width: 1440, height: 900 } });

const APPLICATION = `def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
`;

/** Tab until the focus is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 40 && !(await isThere()); presses += 1) await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}

/** Types the beginning of a word and takes it from the list. */
async function complete(console: Console, typed: string, label: string): Promise<void> {
  const { page } = console;
  await page.keyboard.type(typed);
  await chooseOffered(page, label);
}

async function chooseOffered(page: Page, label: string): Promise<void> {
  const chosen = page.locator('.cm-tooltip-autocomplete [aria-selected="true"]');
  await expect(chosen).toContainText(label);
  // A list that has just opened leaves Enter to the text for 75 ms, lest the end of a line is taken for a choice.
  await chosen.evaluate(async () => {
    const from = performance.now();
    while (performance.now() - from < 100) await new Promise(requestAnimationFrame);
  });
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-activeLine')).toContainText(label);
}

test('a file is written from a preset and by completion, saved, and reloaded, with no mouse', async ({
  shop,
  console,
  page,
}) => {
  await expect(page.getByRole('tree', { name: 'Instances' }).getByText('shop', { exact: true })).toBeVisible();
  await console.runCommand('shop');
  await expect(console.heading('shop')).toBeVisible();
  await page.keyboard.press('e');
  await expect(console.editor).toContainText('processes = 2');
  await expect(console.editor).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');

  const form = page.getByRole('complementary', { name: 'Form' });
  const presets = form.getByRole('button', { name: 'Presets…' });
  await tabTo(page, presets);
  await page.keyboard.press('Enter');
  const dialog = console.dialog('Presets');
  await expect(dialog.getByRole('radio', { name: /^Django/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('radio', { name: /^Flask/ })).toBeChecked();
  for (const [field, value] of [
    ['Module', 'app:application'],
    ['Folder for sockets', shop.folder],
  ] as const) {
    await tabTo(page, dialog.getByLabel(field, { exact: true }));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(value);
  }
  await tabTo(page, dialog.getByRole('button', { name: /^Put in \d+ options$/ }));
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(console.editor).toContainText('module = app:application');

  await page.keyboard.press('Alt+f');
  await expect(console.editor).toBeFocused();

  // A reload changes no users: their lines go.
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type('uid =');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.locator('.cm-activeLine')).toHaveText(/^uid = /);
  await page.keyboard.press('ControlOrMeta+Shift+k');
  await page.keyboard.press('ControlOrMeta+Shift+k');
  await expect(console.editor).not.toContainText(/[ug]id = /);
  await page.keyboard.press('ControlOrMeta+End');
  await complete(console, 'http-so', 'http-socket');
  await page.keyboard.type(`127.0.0.1:${shop.httpPort}`);
  await page.keyboard.press('Enter');
  await complete(console, 'thunder', 'thunder-lock');
  await page.keyboard.press('Enter');
  await complete(console, 'log-x', 'log-x-forwarded-for');
  await page.keyboard.press('Enter');
  await complete(console, 'touch-r', 'touch-reload');
  await complete(console, 'ap', 'app.py');
  await expect(page.locator('.cm-activeLine')).toHaveText('touch-reload = app.py');

  await page.keyboard.press('ControlOrMeta+s');
  await expect.poll(() => readFile(shop.iniPath, 'utf8')).toBe(await console.editorText());
  await console.runCommand('reload shop');
  await tabTo(page, console.button('Start reload'));
  await page.keyboard.press('Enter');
  await expect(console.verdict).toContainText('Done in');
  expect((await fetch(shop.url)).status).toBe(200);

  await console.runCommand('history of the configuration');
  const newest = page.getByRole('region', { name: 'Versions and effect of the file' }).getByRole('row').nth(1);
  await expect(newest).toContainText('wsgi-file removed, chdir added, module added');
  await expect(newest).toContainText('reloaded');
});

test('a folder with an application and no file is offered one, which is written and runs', async ({
  folder,
  console,
  page,
  rpc,
}) => {
  const shop = join(folder, 'corner-shop');
  await mkdir(join(shop, 'templates'), { recursive: true });
  await writeFile(join(shop, 'shop.py'), APPLICATION);
  await writeFile(join(shop, 'config.ru'), 'run App\n');
  const offer = await console.openProject(shop);
  await expect(offer.getByRole('radio', { name: /WSGI application/ })).toBeChecked();
  await expect(offer.getByRole('radio', { name: /Rack application/ })).toBeVisible();
  await expect(offer.getByRole('region', { name: 'The file that would be written' })).toContainText('shop:hello');
  await page.keyboard.press('Escape');
  await expect(offer).toBeHidden();
  expect(await readdir(shop)).not.toContain('app.ini');

  const [httpPort, statsPort] = await freePorts(2);
  await console.openProject(shop);
  await offer.getByLabel('Port', { exact: true }).fill(String(httpPort));
  await offer.getByLabel('Port of the figures').fill(String(statsPort));
  await page.getByRole('button', { name: 'Write app.ini and run it' }).press('Enter');
  await expect(console.heading('corner-shop')).toBeVisible();
  expect(await readFile(join(shop, 'app.ini'), 'utf8')).toContain(`http-socket = 127.0.0.1:${httpPort}\n`);
  await answers(`http://127.0.0.1:${httpPort}/`);
  const { instances } = await rpc.call('instances.list', {});
  const added = instances.find(({ name }) => name === 'corner-shop');
  await rpc.call('instances.remove', { instanceId: added?.id ?? '' });
});
