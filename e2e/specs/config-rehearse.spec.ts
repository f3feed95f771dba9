/** Rehearsals and live figures: the edited text tried out beside the server that runs, and what its options come to. */
import { readFile } from 'node:fs/promises';
import { startLoad } from '../fixtures/load.ts';
import { workerPids } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/shared-console.ts';

test('an edited file is rehearsed, its problems lead to their lines, and the server that runs serves on', async ({
  shop,
  console,
  page,
}) => {
  await console.openInstance(shop.name);
  await console.openTab('Config');
  const report = page.getByRole('region', { name: 'Rehearsal on the bundled engine' });
  await page.getByRole('button', { name: 'Rehearse here' }).click();
  await expect(report.getByRole('status')).toContainText('Done');
  await expect(report.getByRole('status')).toContainText('GET / was answered with 200');
  await expect(report.getByText('Moved aside')).toBeVisible();

  await console.replaceLine('processes = 2', 'chroot = /jail');
  await report.getByRole('button', { name: 'Rehearse again' }).click();
  await expect(report.getByRole('status')).toContainText('Done, with 1 line that the engine cannot rehearse');
  await expect(report.getByText('The engine cannot rehearse these')).toBeVisible();
  const line = report.getByRole('row', { name: /chroot/ }).getByRole('button');
  const number = await line.innerText();
  await line.click();
  await expect(page.locator('.cm-activeLine')).toHaveText('chroot = /jail');
  await expect(page.locator('.cm-activeLineGutter', { hasText: number }).first()).toBeVisible();

  await console.replaceLine('wsgi-file = app.py', 'module = nothere');
  await report.getByRole('button', { name: 'Rehearse again' }).click();
  await expect(report.getByRole('status')).toContainText('Would not start');
  await expect(report.getByRole('region', { name: 'Log of the rehearsal' })).toContainText('nothere');
  expect((await fetch(shop.url)).status).toBe(200);
  await report.getByRole('button', { name: 'Close the rehearsal' }).click();
  await expect(report).toHaveCount(0);
});

test('figures of a real uWSGI under load stand beside its options, and rehearsals leave it alone', async ({
  real,
  console,
  page,
}) => {
  const before = await workerPids(real.statsPort);
  const onDisk = await readFile(real.iniPath, 'utf8');
  await console.openInstance(real.name);
  await console.openTab('Config');
  const figure = (label: string) => page.locator('.cm-live-figure', { hasText: label });
  // Two requests at a time, a second each: both workers are busy, and one waits as long as that.
  const load = startLoad({ url: `${real.url}slow?s=1`, kept: 0, fresh: 2, pauseMs: 10 });
  await expect(figure('peak busy')).toContainText('2 of 2');
  await expect(figure('slowest')).toContainText(/^slowest ?[1-9]\d*\.\d s/);

  await page.getByRole('button', { name: 'Rehearse here' }).click();
  const question = page.getByRole('dialog', { name: 'Load this application here?' });
  await expect(question).toContainText('wsgi-file');
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await page.getByRole('button', { name: 'Rehearse here' }).click();
  await question.getByRole('button', { name: 'Load and rehearse' }).click();
  const report = page.getByRole('region', { name: 'Rehearsal on the bundled engine' });
  await expect(report.getByRole('status')).toContainText('GET / was answered with 200');

  await console.replaceLine('processes = 2', 'cheaper = 8');
  await report.getByRole('button', { name: 'Rehearse again' }).click();
  await expect(report.getByRole('status')).toContainText('Would not start');
  expect((await load.stop()).lost).toEqual([]);
  expect(await workerPids(real.statsPort)).toEqual(before);
  expect(await readFile(real.iniPath, 'utf8')).toBe(onDisk);
});
