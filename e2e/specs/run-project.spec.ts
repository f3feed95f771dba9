/** Running a project of one's own: what it would start is shown, commands are asked about, failures are explained. */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startLoad } from '../fixtures/load.ts';
import { makeProject } from '../fixtures/project.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { answers } from '../fixtures/uwsgi.ts';

test('a folder is opened and runs', async ({ console, folder }) => {
  const project = await makeProject(folder, 'shop');
  await console.runProject(project.folder);
  await expect(console.heading('shop')).toBeVisible();
  await answers(project.url);
  const load = startLoad({ url: project.url, kept: 1, fresh: 1, pauseMs: 100 });
  await console.waitForChart('Requests', (now) => now > 0);
  expect((await load.stop()).lost).toEqual([]);
  expect(await (await fetch(project.url)).text()).toContain('pid');
});

test('lines that run commands are shown before the first run, and nothing runs without consent', async ({
  console,
  folder,
  page,
}) => {
  const marker = join(folder, 'ran');
  const project = await makeProject(folder, 'shop', { lines: [`hook-asap = exec:touch ${marker}`] });
  await console.openProject(project.folder);
  await expect(page.getByRole('dialog').getByText(/touch/).first()).toBeVisible();
  expect(existsSync(marker)).toBe(false);
  await page.keyboard.press('Escape');
  expect(existsSync(marker)).toBe(false);

  await console.openProject(project.folder);
  await page.getByRole('button', { name: 'Trust this file and run it' }).click();
  await expect(console.heading('shop')).toBeVisible();
  await answers(project.url);
  expect(existsSync(marker)).toBe(true);
});

test('an application that can not be imported is shown with its traceback', async ({ console, folder, page }) => {
  const project = await makeProject(folder, 'shop');
  await project.breakApp();
  await console.runProject(project.folder);
  await expect(page.getByText(/ModuleNotFoundError: No module named/).first()).toBeVisible();
});

test('a missing application file is named', async ({ console, folder, page }) => {
  const project = await makeProject(folder, 'shop');
  await writeFile(
    project.iniPath,
    '[uwsgi]\nhttp-socket = 127.0.0.1:0\nmaster = true\nwsgi-file = gone.py\nneed-app = true\n',
  );
  await console.runProject(project.folder);
  await expect(page.getByText(/gone\.py/).first()).toBeVisible();
});

test('a port in use is named', async ({ console, folder, page }) => {
  const project = await makeProject(folder, 'shop');
  const other = createServer().listen(project.httpPort, '127.0.0.1');
  try {
    await console.runProject(project.folder);
    await expect(
      page.getByText(new RegExp(`${project.httpPort}.*in use|in use.*${project.httpPort}`)).first(),
    ).toBeVisible();
  } finally {
    other.close();
  }
});
