/** The log of a server behind SSH: followed, rotated by uWSGI itself and by moving it away, sshd ended in between. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Project } from '../fixtures/project.ts';
import { expect, test } from '../fixtures/remote-console.ts';

async function ask(project: Project, path: string): Promise<void> {
  expect((await fetch(`${project.url}${path}`)).status).toBe(200);
}

function linesWith(page: Page, text: string) {
  return page.getByRole('log', { name: 'Log lines' }).locator('.log-row', { hasText: text });
}

test('a remote log is followed through a rotation and the end of sshd: each line once', async ({
  attachServer,
  bench,
  console,
  page,
}) => {
  const server = await attachServer('web2', 'logged', {
    lines: ['logto = server.log'],
  });
  await console.openInstance(server.name);
  await console.openTab('Logs');
  await ask(server, 'before-rotation');
  await expect(linesWith(page, '/before-rotation')).toHaveCount(1);
  await expect(page.getByText('over SSH from web2')).toBeVisible();

  await rename(join(server.folder, 'server.log'), join(server.folder, 'server.log.1'));
  await ask(server, 'after-the-move');
  await console.runCommand('reopen the log');
  const dialog = console.dialog(/logged$/);
  await expect(dialog).toContainText('write "l"');
  await dialog.getByRole('button', { name: /^Reopen/ }).click();
  await expect(dialog.getByRole('status')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();
  await ask(server, 'after-reopening');
  await expect(linesWith(page, '/after-reopening')).toHaveCount(1);
  await expect(linesWith(page, '/after-the-move')).toHaveCount(1);

  await bench.webs.web2.kill();
  await expect(page.getByText('waiting', { exact: true })).toBeVisible();
  await ask(server, 'while-it-was-away');
  await bench.webs.web2.restart();
  await expect(linesWith(page, '/while-it-was-away')).toHaveCount(1);
  await ask(server, 'when-it-was-back');
  await expect(linesWith(page, '/when-it-was-back')).toHaveCount(1);
  for (const text of ['/before-rotation', '/after-the-move', '/after-reopening', '/while-it-was-away']) {
    await expect(linesWith(page, text)).toHaveCount(1);
  }
});
