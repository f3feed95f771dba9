/** The editor knows uWSGI: a line from completion alone, a problem from the list, a placeholder's new name, an included file. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '../fixtures/shared-console.ts';

test('a line is written by completion, and a mistake is mended from the list of problems', async ({
  shop,
  console,
  page,
}) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await page.locator('.cm-line', { hasText: 'processes = 2' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('cheaper-alg');
  const offered = page.locator('.cm-tooltip-autocomplete').getByRole('option');
  // The list takes Enter only when it was seen for a moment, a click at once.
  await offered.filter({ hasText: 'cheaper-algo' }).first().click();
  await offered.filter({ hasText: 'busyness' }).click();
  await expect(page.locator('.cm-content')).toContainText('cheaper-algo = busyness');

  await page.keyboard.press('Enter');
  await page.keyboard.type('harakirri = 20');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Shift+m');
  const problems = page.getByRole('region', { name: 'Problems' });
  await expect(problems).toContainText('harakirri');
  // By keys only: the worst one is chosen, Mod+. applies its fix.
  await page.keyboard.press('ControlOrMeta+.');
  await expect(page.locator('.cm-content')).toContainText('harakiri = 20');
});

test('a placeholder gets another name everywhere in one step, and an included file can be looked at', async ({
  shop,
  console,
  page,
}) => {
  await writeFile(join(dirname(shop.iniPath), 'common.ini'), '[uwsgi]\nvacuum = true\n');
  await console.openInstance(shop.name);
  await console.openTab('Config');
  const content = page.locator('.cm-content');
  await page.locator('.cm-line', { hasText: 'processes = 2' }).click();
  await page.keyboard.press('End');
  await page.keyboard.type('\nsite = shop\nenv = SITE=%(site)\ninclude = common.ini');
  await page.keyboard.press('Escape');
  await page.locator('.cm-line', { hasText: 'site = shop' }).click();
  await page.keyboard.press('Home');
  await page.keyboard.press('F2');
  await page.getByLabel('New name for %(site)').fill('place');
  await page.keyboard.press('Enter');
  await expect(content).toContainText('place = shop');
  await expect(content).toContainText('env = SITE=%(place)');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(content).toContainText('env = SITE=%(site)');

  await page.locator('.cm-line', { hasText: 'include = common.ini' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('F12');
  const peek = page.getByRole('dialog', { name: /common\.ini/ });
  await expect(peek).toContainText('vacuum = true');
  await page.keyboard.press('Escape');
  await expect(peek).toBeHidden();

  // By the outline to a commented group further down.
  await page.keyboard.press('End');
  await page.keyboard.insertText('\n\n; The nightly part\nlisten = many');
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ControlOrMeta+Shift+o');
  await expect(page.getByRole('dialog', { name: 'Outline' })).toBeVisible();
  await page.keyboard.type('nightly');
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-activeLine')).toHaveText('; The nightly part');

  // The list of problems of one kind, and from it to the line.
  await page.keyboard.press('ControlOrMeta+Shift+m');
  const problems = page.getByRole('region', { name: 'Problems' });
  await problems.getByRole('radio', { name: /Errors/ }).click();
  const wrong = problems.getByRole('option', { name: /listen/ });
  await expect(wrong).toBeVisible();
  await expect(problems.getByRole('option', { name: /Warning/ })).toHaveCount(0);
  await wrong.click();
  await expect(page.locator('.cm-activeLine')).toHaveText('listen = many');
});

test('the card of an option says what it does, and what a placeholder is here', async ({ shop, console, page }) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await page.locator('.cm-ini-option', { hasText: 'processes' }).first().hover();
  const card = page.locator('.cm-tooltip .cm-option-card');
  await expect(card).toContainText('Works here and on uWSGI');
  await expect(card).toContainText('default 1');
});
