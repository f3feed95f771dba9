/** An emperor and its vassals in the console, on Debian's uWSGI and on the bundled engine alike. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { Programs } from '../fixtures/program.ts';
import { REEVE_COMMAND } from '../fixtures/reeve.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { until } from '../fixtures/until.ts';

type Server = 'uWSGI' | 'the engine';

const APP = `def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;

/** A vassal that is well, one that is broken, one on demand, and an emperor with a vassal of its own. */
async function startEmpire(programs: Programs, folder: string, server: Server): Promise<string> {
  const app = join(folder, 'app.py');
  const vassal = (line: string, more = ''): string =>
    `[uwsgi]\nplugins = python3\nmaster = true\nwsgi-file = ${app}\nneed-app = true\n${line}\n${more}`;
  await mkdir(join(folder, 'vassals'));
  await mkdir(join(folder, 'below'));
  await writeFile(app, APP);
  const inVassals = (name: string): string => join(folder, 'vassals', name);
  await writeFile(inVassals('shop.ini'), vassal(`socket = ${folder}/shop.sock`, `stats = ${folder}/shop.stats\n`));
  await writeFile(inVassals('cart.ini'), vassal(`socket = ${folder}/cart.sock`).replace('app.py', 'missing.py'));
  await writeFile(inVassals('rare.ini'), vassal(''));
  await writeFile(inVassals('rare.ini.socket'), `${folder}/rare.sock`);
  await writeFile(join(folder, 'below', 'far.ini'), vassal(`socket = ${folder}/far.sock`));
  const region = `[uwsgi]\nmaster = true\nemperor = ${folder}/below\nemperor-stats = ${folder}/region.stats\n`;
  await writeFile(inVassals('region.ini'), region);
  const stats = join(folder, 'emperor.stats');
  const options = ['--emperor', join(folder, 'vassals'), '--emperor-stats', stats, '--emperor-freq', '1'];
  const all = [...options, '--emperor-on-demand-extension', '.socket', '--logto', join(folder, 'emperor.log')];
  if (server === 'uWSGI') programs.start('uwsgi', ['--master', '--die-on-term', ...all], { cwd: folder });
  else programs.start(process.execPath, [...REEVE_COMMAND, 'engine', '--die-on-term', ...all], { cwd: folder });
  await until('the statistics of the emperor', async () => (existsSync(stats) ? true : null));
  return stats;
}

function rowOf(page: Page, name: string): Locator {
  return page.getByRole('treegrid', { name: 'Vassals' }).getByRole('row', { name: new RegExp(`^${name}`) });
}

for (const server of ['uWSGI', 'the engine'] as const) {
  test(`vassals are seen with their cause, mended, attached and reloaded, on ${server}`, async ({
    console,
    programs,
    folder,
    page,
  }) => {
    await console.attach(await startEmpire(programs, folder, server), 'Vassals');
    await expect(rowOf(page, 'shop.ini')).toContainText('accepting');
    await expect(rowOf(page, 'rare.ini')).toContainText('on demand');
    const cart = rowOf(page, 'cart.ini');
    await expect(cart).toContainText('throttled');
    await expect(cart).toContainText('died before it was loyal');
    await expect(page.getByText(/^cart\.ini is throttled/)).toBeVisible();

    // Trouble stands on top; the counts lead to it.
    await expect(page.getByRole('treegrid').getByRole('row').nth(1)).toHaveAccessibleName(/^cart\.ini/);
    await page.getByRole('radio', { name: /^In trouble/ }).click();
    await expect(rowOf(page, 'shop.ini')).toHaveCount(0);
    await page.getByRole('radio', { name: /^All/ }).click();

    // The log says why, and the file is mended in the editor.
    await cart.click();
    const inspector = page.getByRole('complementary', { name: 'Vassal cart.ini' });
    await expect(inspector.getByLabel('Lines about this vassal')).toContainText('cart.ini');
    await inspector.getByRole('button', { name: 'Open its configuration' }).click();
    await expect(console.heading('cart')).toBeVisible();
    await expect(page.getByText('Only the configuration of cart is known')).toBeVisible();
    await expect(console.editor).toContainText('missing.py');
    await console.replaceLine('missing.py', `wsgi-file = ${join(folder, 'app.py')}`);
    await console.button('Save').click();
    await until('the file to be saved', async () => {
      const text = await readFile(join(folder, 'vassals', 'cart.ini'), 'utf8');
      return text.includes('missing.py') ? null : true;
    });
    await page.getByRole('tree', { name: 'Instances' }).getByText('vassals', { exact: true }).click();
    await expect(cart).toContainText('accepting');

    // One is reloaded by a touch, which is shown before.
    await rowOf(page, 'shop.ini').click();
    const shop = page.getByRole('complementary', { name: 'Vassal shop.ini' });
    await shop.getByRole('button', { name: 'Reload…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(`touch -c ${join(folder, 'vassals', 'shop.ini')}`);
    await dialog.getByRole('button', { name: 'Reload it' }).click();
    await expect(dialog.getByRole('status')).toContainText('1 touched.');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(rowOf(page, 'shop.ini').getByRole('gridcell').nth(5)).toHaveText('1');

    // All are attached that can be; the emperor among them has its vassals below it.
    await console.runCommand('attach all vassals');
    await dialog.getByRole('button', { name: 'Attach 4 vassals' }).click();
    await expect(dialog.getByRole('status')).toContainText('2 attached, 2 not.');
    await expect(dialog.getByRole('list', { name: 'Not done' })).toContainText('Add "stats = ');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(rowOf(page, 'far.ini')).toHaveAttribute('aria-level', '2');
    await page.getByRole('button', { name: 'Hide the vassals of region.ini' }).click();
    await expect(rowOf(page, 'far.ini')).toHaveCount(0);
    await rowOf(page, 'shop.ini').click();
    await shop.getByRole('button', { name: 'Go to its page' }).click();
    await expect(console.heading('shop')).toBeVisible();
    await expect(console.tab('Workers')).toBeVisible();
  });
}

test('the tree of vassals is worked by the keyboard, and an emperor has its own tabs and commands', async ({
  console,
  programs,
  folder,
  page,
}) => {
  await console.attach(await startEmpire(programs, folder, 'the engine'), 'Vassals');
  await expect(rowOf(page, 'cart.ini')).toContainText('throttled');
  await expect(console.tab('Workers')).toHaveCount(0);
  await rowOf(page, 'cart.ini').click();
  await page.keyboard.press('End');
  await expect(page.locator('tr[aria-current]')).not.toHaveAccessibleName(/^cart/);
  await page.keyboard.press('Space');
  await expect(page.getByRole('region', { name: 'Ticked vassals' })).toContainText('1 vassal');
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('region', { name: 'Ticked vassals' })).toContainText('4 vassals');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: /^Vassal/ })).toHaveCount(0);

  await console.runCommand('clear the blacklist');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('URG');
  await dialog.getByRole('button', { name: 'Clear the blacklist' }).click();
  await expect(dialog.getByRole('status')).toContainText('done');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await page.keyboard.press('2');
  await expect(console.tab('Config')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('1');
  await expect(console.tab('Vassals')).toHaveAttribute('aria-selected', 'true');
});
