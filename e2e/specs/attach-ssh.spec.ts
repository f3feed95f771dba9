/**
 * Attaching to a real uWSGI behind a real bastion: an unknown host key, an encrypted key, what runs there, the first
 * figures; by mouse, and by keyboard alone.
 */
import type { Locator, Page } from '@playwright/test';
import { makeProject } from '../fixtures/project.ts';
import { PASSPHRASE, type SshHosts, startSshHosts } from '../fixtures/sshd.ts';
import { test as base, expect } from '../fixtures/test.ts';
import { startUwsgi } from '../fixtures/uwsgi.ts';

const test = base.extend<{ ssh: SshHosts }>({
  ssh: [
    async ({ folder }, use) => {
      const ssh = await startSshHosts(folder);
      await use(ssh);
      await ssh.dispose();
    },
    { auto: true },
  ],
});

function found(dialog: Locator, iniPath: string): Locator {
  return dialog.getByRole('checkbox', { name: `Attach to ${iniPath}` });
}

async function showsFigures(page: Page): Promise<void> {
  await expect(page.locator('.ihead')).toContainText('web1 via bastion');
  await expect(page.getByText('serving').first()).toBeVisible();
}

test('by mouse: key compared, passphrase given, a server that was found, its first figures', async ({
  console,
  programs,
  folder,
  page,
  ssh,
}) => {
  const project = await makeProject(folder, 'shop');
  await startUwsgi(programs, project);
  const dialog = await console.openAttach();
  await dialog.getByRole('option', { name: /web1/ }).click();
  await expect(dialog.getByRole('heading', { name: 'Is this the key of web1?' })).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Way there' })).toContainText('Nothing has been sent to it');
  const expected = dialog.getByLabel('Expected fingerprint');
  await expected.fill('SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
  await expect(dialog.getByText('different')).toBeVisible();
  const trust = dialog.getByRole('button', { name: 'Trust key and sign in' });
  await expect(trust).toHaveAttribute('aria-disabled', 'true');
  await expected.fill(ssh.fingerprint);
  await expect(dialog.getByText('identical')).toBeVisible();
  expect(await ssh.knownHosts()).not.toContain(ssh.web.hostKey);
  await trust.click();
  const passphrase = dialog.locator('.ask input[type=password]');
  await passphrase.fill('not the passphrase');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  // Asked once more, with an empty field.
  await expect(passphrase).toHaveValue('');
  await passphrase.fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await found(dialog, project.iniPath).check();
  expect(await ssh.knownHosts()).toContain(ssh.web.hostKey);
  await dialog.getByLabel('Tags').fill('prod-eu');
  await dialog.getByRole('button', { name: 'Attach', exact: true }).click();
  await expect(dialog).toBeHidden();
  await showsFigures(page);
  await expect(page.locator('.ihead')).toContainText('prod-eu');
  await console.waitForChart('Requests', (now) => now >= 0);
  expect(await page.content()).not.toContain(PASSPHRASE);
});

test('by keyboard alone, from a key to the first figures', async ({ console, programs, folder, page, ssh }) => {
  const project = await makeProject(folder, 'shop');
  await startUwsgi(programs, project);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  const keys = page.keyboard;
  await keys.press('a');
  const dialog = console.dialog('Attach to a server');
  await expect(dialog.getByRole('combobox', { name: 'Host or user@host' })).toBeFocused();
  await keys.type('web1');
  await keys.press('Enter');
  await expect(dialog.getByLabel('Expected fingerprint')).toBeFocused();
  await keys.insertText(ssh.fingerprint);
  await keys.press('Enter');
  await expect(dialog.locator('.ask input[type=password]')).toBeFocused();
  await keys.insertText(PASSPHRASE);
  await keys.press('Enter');
  const box = found(dialog, project.iniPath);
  await expect(box).toBeVisible();
  // Other servers of this machine may stand before it.
  for (
    let presses = 0;
    presses < 60 && !(await box.evaluate((element) => element === document.activeElement));
    presses += 1
  ) {
    await keys.press('Tab');
  }
  await keys.press('Space');
  await keys.press('Enter');
  await expect(dialog).toBeHidden();
  await showsFigures(page);
});

test('a bastion that is gone is named on the way, and the link is back when it is', async ({
  console,
  programs,
  folder,
  page,
  rpc,
  ssh,
}) => {
  const project = await makeProject(folder, 'shop');
  await startUwsgi(programs, project);
  const dialog = await console.openAttach();
  await dialog.getByRole('option', { name: /web1/ }).click();
  await dialog.getByRole('button', { name: 'Trust key and sign in' }).click();
  await dialog.locator('.ask input[type=password]').fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByLabel('Stats address').fill(project.statsAddress);
  await dialog.getByRole('button', { name: 'Attach', exact: true }).click();
  await showsFigures(page);
  await ssh.bastion.kill();
  await expect(page.getByRole('alert')).toContainText('No link to web1');
  await expect(page.getByRole('alert')).toContainText('the link breaks before bastion');
  await expect(page.getByText(/^ssh -v/)).toContainText('bastion');
  await ssh.bastion.restart();
  await console.button('Try now').click();
  await expect(page.getByText('serving').first()).toBeVisible();
  const { questions } = await rpc.call('ssh.questions', {});
  expect(questions).toEqual([]);
});
