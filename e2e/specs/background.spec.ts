/** Work beside requests, on Debian's uWSGI and on the bundled engine alike: the tasks of a spooler, and what else runs. */
import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { makeProject, type Project } from '../fixtures/project.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { until } from '../fixtures/until.ts';
import { answers, startUwsgi } from '../fixtures/uwsgi.ts';

/** Tasks run until the file that they name as `hold` is there. */
const APP = `import os
import time
import uwsgi


def run(env):
    hold = env.get(b"hold")
    while hold and not os.path.exists(hold):
        time.sleep(0.05)
    return uwsgi.SPOOL_OK


uwsgi.spooler = run


def application(environ, start_response):
    uwsgi.cache_update("k", b"v", 0, "pages")
    uwsgi.cache_get("k", "pages")
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;

const LINES = [
  'spooler = q',
  'spooler-frequency = 1',
  'cache2 = name=pages,items=40',
  'cron = 0 3 -1 -1 1 echo night',
  'mules = 1',
];

async function makeSpooling(parent: string): Promise<Project> {
  const project = await makeProject(parent, 'shop', { lines: LINES });
  await writeFile(join(project.folder, 'app.py'), APP);
  await mkdir(join(project.folder, 'q'));
  return project;
}

function sized(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length, 0]), Buffer.from(text)]);
}

/** Returns its name, without what all names begin with. */
async function addTask(
  { folder }: Project,
  number: number,
  vars: readonly (readonly [string, string])[],
  dueInMs = 0,
): Promise<string> {
  const block = Buffer.concat(vars.flat().map(sized));
  const bytes = Buffer.concat([
    Buffer.from([17, block.length & 255, block.length >> 8, 0]),
    block,
    Buffer.from('BODY'),
  ]);
  const name = `web_77_${number}_123_1795329700_000123`;
  // Whole and with its time before a spooler can see it.
  const hidden = join(folder, 'q', `.${name}`);
  await writeFile(hidden, bytes);
  const at = (Date.now() + dueInMs) / 1000;
  await utimes(hidden, at, at);
  await rename(hidden, join(folder, 'q', `uwsgi_spoolfile_on_${name}`));
  return name;
}

function taskRow(page: Page, name: string) {
  return page.getByRole('grid', { name: 'Tasks' }).getByRole('row').filter({ hasText: name });
}

async function namesIn({ folder }: Project): Promise<string[]> {
  return (await readdir(join(folder, 'q'))).filter((name) => name.startsWith('uwsgi_spoolfile_on_'));
}

for (const server of ['uWSGI', 'the engine'] as const) {
  test(`tasks of a spooler are seen, run and deleted, on ${server}`, async ({ console, programs, folder, page }) => {
    const project = await makeSpooling(folder);
    if (server === 'uWSGI') {
      await startUwsgi(programs, project);
      await console.attach(project.statsAddress);
    } else {
      await console.openProject(project.folder);
      await page.getByRole('button', { name: /run it$/ }).click();
      await expect(console.heading('shop')).toBeVisible();
      await answers(project.url);
    }
    const gate = join(project.folder, 'gate');
    const held = await addTask(project, 1, [['hold', gate]]);
    const later = await addTask(
      project,
      2,
      [
        ['to', 'ann'],
        ['password', 'hunter2'],
      ],
      3_600_000,
    );
    const unwanted = await addTask(project, 3, [['to', 'bob']], 7_200_000);
    await console.openTab('Spooler');
    await expect(taskRow(page, held)).toContainText('running');
    await expect(taskRow(page, later)).toContainText('in 5');
    await expect(page.getByRole('grid', { name: 'Spooler folders' })).toContainText('1 of 1');

    await taskRow(page, later).click();
    const inspector = page.getByRole('complementary', { name: `Task ${later}` });
    await expect(inspector).toContainText('ann');
    await expect(inspector).toContainText('hidden, 7 B');
    await expect(inspector).toContainText('BODY');
    await inspector.getByRole('button', { name: 'Show for 1 min…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Show for 1 min', exact: true }).click();
    await expect(inspector).toContainText('hunter2');
    await inspector.getByRole('button', { name: 'Hide now' }).click();
    await expect(inspector).not.toContainText('hunter2');

    // One that runs can't be changed.
    await taskRow(page, held).click();
    const busy = page.getByRole('complementary', { name: `Task ${held}` });
    await expect(busy.getByRole('button', { name: 'Delete…' })).toHaveAttribute('aria-disabled', 'true');
    await writeFile(gate, '');
    await expect(busy).toContainText('while it was open here');

    await taskRow(page, unwanted).getByRole('checkbox').click();
    await page.getByRole('region', { name: 'Ticked tasks' }).getByRole('button', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(unwanted);
    await dialog.getByRole('button', { name: 'Delete the task' }).click();
    await expect(dialog.getByRole('status')).toContainText('1 task deleted.');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(taskRow(page, unwanted)).toHaveCount(0);

    await taskRow(page, later).click();
    await inspector.getByRole('button', { name: 'Run now…' }).click();
    await dialog.getByRole('button', { name: 'Run the task' }).click();
    await expect(dialog.getByRole('status')).toContainText('is due now');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await until('the task to be done', async () => ((await namesIn(project)).length === 0 ? true : null));
    await expect(page.getByText('Nothing waits in this folder.')).toBeVisible();
  });

  test(`crons, caches and mules have their panels, on ${server}`, async ({ console, programs, folder, page }) => {
    const project = await makeSpooling(folder);
    if (server === 'uWSGI') {
      await startUwsgi(programs, project);
      await console.attach(project.statsAddress);
    } else {
      await console.openProject(project.folder);
      await page.getByRole('button', { name: /run it$/ }).click();
      await expect(console.heading('shop')).toBeVisible();
      await answers(project.url);
    }
    await console.openTab('Background');
    const cron = page.getByRole('table', { name: 'Crons' }).getByRole('row').filter({ hasText: 'echo night' });
    await expect(cron).toContainText('at 03:00 on Monday');
    await expect(cron).toContainText('03:00');
    await expect(page.getByRole('table', { name: 'Mules' })).toContainText('waits for messages and signals');
    const cache = page.getByRole('table', { name: 'Caches' }).getByRole('row').filter({ hasText: 'pages' });
    await expect(cache).toContainText('/40');
    await fetch(project.url);
    await expect(cache).toContainText('1/40');

    await page.getByRole('radio', { name: /^Daemons/ }).click();
    await expect(page.getByRole('heading', { name: 'No daemons' })).toBeVisible();
    await page.getByRole('button', { name: 'Add the option' }).click();
    await expect(console.editor).toContainText('attach-daemon');
  });
}

test('a server without either has no such tabs', async ({ console, programs, folder, page }) => {
  const project = await makeProject(folder, 'plain');
  await startUwsgi(programs, project);
  await console.attach(project.statsAddress);
  await expect(page.getByRole('tab', { name: 'Workers' })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Spooler' })).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'Background' })).toHaveCount(0);
});
