/** Attached behind a bastion and reloaded with proof, by keyboard alone. */
import { expect, test } from '../fixtures/remote-console.ts';
import { workerPids } from '../fixtures/server.ts';

test('by keyboard alone: a host, a server found there, its workers, and a reload that is done', async ({
  startServer,
  console,
  page,
}) => {
  const server = await startServer('keys');
  const before = await workerPids(server.statsPort);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  const keys = page.keyboard;
  await keys.press('a');
  const dialog = console.dialog('Attach to a server');
  await expect(dialog.getByRole('combobox', { name: 'Host or user@host' })).toBeFocused();
  await keys.type('web2');
  await keys.press('Enter');
  const box = dialog.getByRole('checkbox', { name: `Attach to ${server.iniPath}` });
  await expect(box).toBeVisible();
  // Other servers of this machine may stand before it.
  for (let presses = 0; presses < 80 && !(await isFocused()); presses += 1) await keys.press('Tab');
  async function isFocused(): Promise<boolean> {
    return box.evaluate((element) => element === document.activeElement);
  }
  await keys.press('Space');
  await expect(box).toBeChecked();
  await keys.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.locator('.ihead')).toContainText('web2 via bastion');

  await keys.press('2');
  await expect.poll(async () => (await console.workerRows()).length).toBe(2);
  await keys.press('r');
  await expect(console.button('Start reload')).toBeFocused();
  await keys.press('Enter');
  await expect(console.verdict).toContainText('Done in');
  const after = await workerPids(server.statsPort);
  expect(after).toHaveLength(2);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
});
