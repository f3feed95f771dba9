/** A save over what somebody else saved meanwhile: both together, theirs, or mine, and never without a question. */
import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from '../fixtures/shared-console.ts';

test('two changes are merged, theirs is taken, or mine is saved; what was overwritten is in the history', async ({
  shop,
  console,
  page,
}) => {
  const disk = () => readFile(shop.iniPath, 'utf8');
  const theirs = async (from: string, to: string) => writeFile(shop.iniPath, (await disk()).replace(from, to));
  const conflict = console.dialog(/changed on the disk/);
  await console.openInstance(shop.name);
  await console.openTab('Config');

  await console.replaceLine('harakiri = 30', 'harakiri = 20');
  await theirs('processes = 2', 'processes = 3');
  await console.button('Save').click();
  await expect(conflict).toContainText('do not overlap');
  await expect(conflict.locator('.compare')).toContainText('processes = 3');
  await conflict.getByRole('button', { name: 'Merge and save' }).click();
  await expect(conflict).toBeHidden();
  await expect(console.editor).toContainText('processes = 3');
  await expect(console.editor).toContainText('harakiri = 20');
  await expect.poll(disk).toContain('harakiri = 20');
  expect(await disk()).toContain('processes = 3');

  await console.replaceLine('processes = 3', 'processes = 5');
  await theirs('processes = 3', 'processes = 4');
  await page.keyboard.press('ControlOrMeta+s');
  await expect(conflict).toContainText('touch the same places');
  await conflict.getByRole('button', { name: 'Take theirs, drop mine' }).click();
  await expect(console.editor).toContainText('processes = 4');
  await expect(console.button('Save')).toBeDisabled();
  expect(await disk()).toContain('processes = 4');

  await console.replaceLine('processes = 4', 'processes = 6');
  await theirs('processes = 4', 'processes = 7');
  await page.keyboard.press('ControlOrMeta+s');
  await expect(conflict).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(conflict).toBeHidden();
  expect(await disk()).toContain('processes = 7');
  await page.keyboard.press('ControlOrMeta+s');
  await conflict.getByRole('button', { name: 'Save mine over theirs' }).click();
  await expect.poll(disk).toContain('processes = 6');

  await console.runCommand('history of the configuration');
  const history = page.getByRole('region', { name: 'Versions and effect of the file' });
  const overwritten = history.getByRole('row', { name: /processes 4 → 7/ });
  await expect(overwritten).toContainText('another program');
  await overwritten.getByRole('button', { name: 'Restore' }).click();
  await expect(console.editor).toContainText('processes = 7');
});

/** Root may write every file, but not one on a read-only mount. */
async function protect(path: string): Promise<() => Promise<void>> {
  const run = promisify(execFile);
  if (process.getuid?.() !== 0) {
    await chmod(path, 0o444);
    return async () => undefined;
  }
  await run('mount', ['--bind', path, path]);
  await run('mount', ['-o', 'remount,bind,ro', path]);
  return async () => void (await run('umount', [path]));
}

test('a file that can only be read is shown, and no way to change it is offered', async ({ shop, console, page }) => {
  const unprotect = await protect(shop.iniPath).catch(() => null);
  test.skip(unprotect === null, 'mounts are not permitted here, and root may write every file');
  try {
    await console.openInstance(shop.name);
    await console.openTab('Config');
    await expect(page.getByText('Reeve may not write this file')).toBeVisible();
    await console.editor.locator('.cm-line', { hasText: 'processes = 2' }).click();
    await page.keyboard.type('9');
    await page.keyboard.press('ControlOrMeta+s');
    await expect(console.button('Save')).toBeDisabled();
    await expect(
      page.getByRole('complementary', { name: 'Form' }).getByLabel('processes', { exact: true }),
    ).toHaveJSProperty('readOnly', true);
    expect(await console.editorText()).toContain('\nprocesses = 2\n');
  } finally {
    await unprotect?.();
  }
});
