/**
 * Several servers on three hosts behind a bastion: brought in by a list or by what ssh knows, filtered, chosen, and
 * reloaded one after another; one that fails stops the rest, which go on when it is asked for.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { type AttachedServer, expect, type RemoteHost, test } from '../fixtures/remote-console.ts';
import { workerPids } from '../fixtures/server.ts';

async function openFleet(page: Page): Promise<Locator> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name: /^Fleet/ })
    .click();
  const grid = page.getByRole('grid');
  await expect(grid).toBeVisible();
  return grid;
}

function rowOf(grid: Locator, name: string): Locator {
  return grid.getByRole('row', { name: new RegExp(`^${name}, `) });
}

async function pidsOf(servers: readonly AttachedServer[]): Promise<number[][]> {
  return Promise.all(servers.map(({ statsPort }) => workerPids(statsPort)));
}

test('filtered and chosen over three hosts; a rolling reload stops at the one that fails, and goes on when asked to', async ({
  attachServer,
  console,
  page,
}) => {
  const attach = (host: RemoteHost, name: string, tags: string[]) =>
    attachServer(host, name, { processes: 1, lines: ['need-app = false', 'lazy-apps = false'] }, tags);
  const members: AttachedServer[] = [
    await attach('web1', 'cart', ['prod']),
    await attach('web2', 'search', ['prod']),
    await attach('web3', 'users', ['prod']),
  ];
  const staging = await attach('web1', 'trial', ['staging']);
  const before = await pidsOf([...members, staging]);
  const [, failing] = members;
  const whole = await readFile(join(failing?.folder ?? '', 'app.py'), 'utf8');
  await failing?.breakApp();

  const grid = await openFleet(page);
  for (const { name } of [...members, staging]) await expect(rowOf(grid, name)).toBeVisible();
  const filter = page.getByLabel('Filter', { exact: true });
  await filter.fill('tag:prod host:web*');
  await expect(rowOf(grid, 'trial')).toBeHidden();
  await expect(rowOf(grid, 'cart')).toBeVisible();
  await filter.fill('tag:prod host:web2');
  await expect(rowOf(grid, 'search')).toBeVisible();
  await expect(rowOf(grid, 'cart')).toBeHidden();
  await filter.fill('tag:prod');
  for (const { name } of members) await rowOf(grid, name).getByRole('checkbox').click();
  const selection = page.getByRole('region', { name: 'Selection' });
  await expect(selection).toContainText('3 selected');
  await expect(selection).toContainText('3 hosts');
  await selection.getByRole('button', { name: 'Rolling reload…' }).click();

  const dialog = console.dialog('Rolling reload of 3 instances');
  const lines = dialog.getByRole('listitem');
  await expect(lines).toHaveCount(3);
  await expect(lines.filter({ hasText: 'cart' })).toContainText('write "r"');
  // The order is made sure of, so that the one that fails stands between the others.
  await expect(async () => {
    const names = await lines.locator('.md').allInnerTexts();
    if (names[0] !== 'cart') await dialog.getByRole('button', { name: 'Move cart up' }).click();
    else if (names[2] !== 'users') await dialog.getByRole('button', { name: 'Move users down' }).click();
    expect(await lines.locator('.md').allInnerTexts()).toEqual(['cart', 'search', 'users']);
  }).toPass();
  await dialog.getByLabel('At a time').fill('1');
  await dialog.getByLabel('Watch each wave, s').fill('1');
  await dialog.getByRole('button', { name: 'Reload 3 instances' }).click();

  const run = page.getByRole('region', { name: 'Rolling reload' });
  await expect(run.getByRole('status')).toContainText('Stopped', { timeout: 60_000 });
  await expect(run.getByRole('group', { name: 'Canary' })).toContainText('cart');
  await expect(run.getByRole('group', { name: 'Canary' })).toContainText('Done in');
  await expect(run.getByRole('group', { name: 'Wave 1' })).toContainText('search');
  await expect(run.getByRole('group', { name: 'Wave 1' })).toContainText('failed');
  await expect(run.getByRole('group', { name: 'Wave 2' })).toContainText('users');
  await expect(run.getByRole('group', { name: 'Wave 2' })).toContainText('waiting');
  const stopped = await pidsOf(members);
  expect(stopped[0]).not.toEqual(before[0]);
  expect(stopped[2]).toEqual(before[2]);

  await writeFile(join(failing?.folder ?? '', 'app.py'), whole);
  await run.getByRole('button', { name: 'Go on with the others' }).click();
  await expect(run.getByRole('status')).toContainText('Done', { timeout: 60_000 });
  await expect(run.getByRole('status')).toContainText('3 of 3 done');
  const after = await pidsOf([...members, staging]);
  expect(after[0]).toEqual(stopped[0]);
  expect(after[1]).not.toEqual(before[1]);
  expect(after[2]).not.toEqual(before[2]);
  expect(after[3]).toEqual(before[3]);
});

test('a CSV is read line by line, and what is sound of it becomes instances with their tags', async ({
  startServer,
  console,
  page,
  rpc,
}) => {
  const [one, two] = [await startServer('one'), await startServer('two')];
  const grid = await openFleet(page);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import a list…' }).click();
  const dialog = console.dialog('Import a list');
  await dialog.getByText('CSV or Ansible').click();
  await dialog
    .getByLabel('List', { exact: true })
    .fill(
      [
        'name,address,tags',
        `checkout,ssh://web1/${one.statsAddress},prod-eu;shop`,
        'broken,no address at all,',
        `basket,ssh://web2/${two.statsAddress},prod-eu`,
        '',
      ].join('\n'),
    );
  const lines = dialog.getByRole('list', { name: 'What would be added' }).getByRole('listitem');
  await expect(lines.filter({ hasText: 'checkout' })).toContainText('new');
  await expect(lines.filter({ hasText: /^3/ })).toBeVisible();
  await dialog.getByRole('button', { name: 'Add 2 instances' }).click();
  await expect(dialog).toBeHidden();
  await expect(rowOf(grid, 'checkout')).toBeVisible();
  await expect(rowOf(grid, 'basket')).toBeVisible();
  await expect
    .poll(async () => {
      const { instances } = await rpc.call('instances.list', {});
      const imported = instances.filter(({ machine }) => machine !== 'local');
      return imported.map(({ name, tags, link }) => `${name} [${tags.join(' ')}] ${link.status}`).sort();
    })
    .toEqual(['basket [prod-eu] attached', 'checkout [prod-eu shop] attached']);
});

test('hosts that ssh knows are looked at when asked to, and what runs there is added', async ({
  startServer,
  console,
  page,
}) => {
  const server = await startServer('found');
  const grid = await openFleet(page);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import a list…' }).click();
  const dialog = console.dialog('Import a list');
  await dialog.getByRole('checkbox', { name: 'Take web3' }).click();
  await dialog.getByRole('button', { name: 'Look for servers on 1 host' }).click();
  const lines = dialog.getByRole('list', { name: 'What would be added' }).getByRole('listitem');
  const found = lines.filter({ hasText: `ssh://web3/${server.statsAddress}` });
  await expect(found).toContainText('new');
  // Others that run on this machine are not wanted.
  const taken = dialog.getByRole('checkbox', { checked: true });
  while ((await taken.count()) > 0) await taken.first().click();
  await found.getByRole('checkbox').click();
  await dialog.getByRole('button', { name: 'Add 1 instance' }).click();
  await expect(dialog).toBeHidden();
  await expect(grid.getByRole('row').filter({ hasText: 'web3' }).first()).toBeVisible();
});
