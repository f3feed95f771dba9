/** Mistakes of all kinds in one file, each mended by the fix that is offered for it, until the file is the good one. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/shared-console.ts';

/** A good line, the same with a mistake, and the fix that has to be offered. */
const MISTAKES = [
  ['[uwsgi]', '[uwgsi]', "Change to '[uwsgi]'"],
  ['include   = common.ini', 'include   = comon.ini', "Change to 'common.ini'"],
  ['need-app = true', 'need-app = ture', "Change to 'true'"],
  ['die-on-term = true', 'die-on-trem = true', "Change to 'die-on-term'"],
  ['harakiri = 30', 'harakiri = 30s', "Change to '30'"],
  ['limit-post = 10485760', 'limit-post = 10M', "Change to '10485760'"],
  ['processes = 2', 'processes: 2', "Write 'processes = 2'"],
  ['  threads = 2', '  threads = 2 ; each', "Change to '2'"],
  ['env = PLACE=%(place)', 'env = PLACE=%(plaec)', "Change to '%(place)'"],
  ['chmod-socket=660', 'chmod-socket=666', "Change to '660'"],
  ['stats = 127.0.0.1:9191', 'stats = 0.0.0.0:9191', "Change to '127.0.0.1:9191'"],
  ['vacuum = true', 'vacuum = false\nvacuum = true', 'Remove this line'],
] as const;

const GOOD = `; The shop, as it has to be.
[uwsgi]
include   = common.ini
http-socket = 127.0.0.1:8000
wsgi-file = app.py
need-app = true
die-on-term = true

; Numbers
harakiri = 30
limit-post = 10485760
master = true
processes = 2
  threads = 2
place = shop
env = PLACE=%(place)

; Sockets
uwsgi-socket = shop.sock
chmod-socket=660
stats = 127.0.0.1:9191
vacuum = true
`;

test('a file with twelve mistakes becomes the good one, byte for byte, by the fixes that are offered', async ({
  shop,
  console,
  page,
}) => {
  const broken = MISTAKES.reduce((text, [good, bad]) => text.replace(`\n${good}\n`, `\n${bad}\n`), GOOD);
  await writeFile(join(shop.folder, 'common.ini'), '[uwsgi]\nbuffer-size = 16384\n');
  await writeFile(shop.iniPath, broken);
  await console.openInstance(shop.name);
  await console.openTab('Config');
  await expect(console.button('Save')).toBeDisabled();
  await page.getByRole('button', { name: /List of problems/ }).click();
  const problems = page.getByRole('region', { name: 'Problems' });

  // What is behind a mistake shows when that is mended: the list is worked through from the top.
  const applied: string[] = [];
  while (applied.length < MISTAKES.length) {
    const fix = problems.getByRole('option').locator('.problem-fix').first();
    const title = await fix.innerText();
    applied.push(title);
    await fix.click();
    await expect(problems.locator('.problem-fix', { hasText: title })).toHaveCount(0);
  }
  expect(applied.toSorted()).toEqual(MISTAKES.map(([, , title]) => title).toSorted());
  await expect(problems.getByText('No problems.')).toBeVisible();
  expect(await console.editorText()).toBe(GOOD);
  await page.keyboard.press('ControlOrMeta+s');
  await expect.poll(() => readFile(shop.iniPath, 'utf8')).toBe(GOOD);
});

test('for a running uWSGI its own traps are found, and mended while one types', async ({ real, console, page }) => {
  await console.openInstance(real.name);
  await console.openTab('Config');
  const line = page.locator('.problems');
  await console.replaceLine('memory-report = true', 'http = 127.0.0.1:0');
  await expect(line).toContainText('by the uwsgi protocol');
  await page.keyboard.press('ControlOrMeta+.');
  await expect.poll(() => console.editorText()).toContain('\nsocket = 127.0.0.1:0\nhttp');

  await console.replaceLine('harakiri = 30', 'listen = 1000000');
  await expect(line).toContainText("uWSGI does not start: 'listen = 1000000'");
  await line.getByRole('button', { name: /^Change to '\d+'$/ }).click();
  await expect(line).not.toContainText('does not start');

  // What uWSGI would ignore does not keep it from starting: it is told, and may be saved.
  await console.replaceLine('need-app = true', 'need-ap = true');
  await expect(line).toContainText("uWSGI has no option 'need-ap'");
  await expect(console.button('Save')).toBeEnabled();
  await page.keyboard.press('ControlOrMeta+.');
  await expect.poll(() => console.editorText()).toContain('\nneed-app = true');
});
