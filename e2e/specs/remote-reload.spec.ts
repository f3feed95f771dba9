/**
 * The main job on a real uWSGI behind a bastion: the stuck request found, a number edited there, reloaded under load
 * with no request lost; a worker that hangs named; and sshd killed in the middle of each, with the state told.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import type { Console } from '../fixtures/console.ts';
import { startLoad } from '../fixtures/load.ts';
import { startNginx } from '../fixtures/nginx.ts';
import type { ProjectOptions } from '../fixtures/project.ts';
import { type AttachedServer, expect, instanceNamed, test } from '../fixtures/remote-console.ts';
import { readStats, workerPids } from '../fixtures/server.ts';
import { until } from '../fixtures/until.ts';

// The longest file of all, and the last: its tests are shared out, each worker has hosts of its own.
test.describe.configure({ mode: 'parallel' });

/** Each worker imports the application itself, which takes a moment. */
const LAZY: ProjectOptions = {
  importMs: 400,
  lines: ['lazy-apps = true', 'worker-reload-mercy = 60', 'harakiri = 300'],
};

async function masterPid(statsPort: number): Promise<number> {
  return (await readStats(statsPort)).pid;
}

/** A worker that a request holds until it is released: its number. */
async function holdWorker(server: AttachedServer): Promise<{ wid: number; answer: Promise<Response> }> {
  const answer = fetch(`${server.url}hold?token=s3cr3t-of-the-client`);
  const wid = await until('a worker to be held', async () => {
    const { workers } = await readStats(server.statsPort);
    // Others may be busy with the load.
    return workers.find(({ cores }) => cores.some(({ vars }) => vars.includes('PATH_INFO=/hold')))?.id;
  });
  return { wid, answer };
}

async function startReload(console: Console, method: RegExp): Promise<void> {
  await console.button('Reload').first().click();
  await expect(console.page.getByRole('heading', { name: method })).toBeVisible();
  await console.button('Start reload').click();
}

/** The band of a reload: its verdict, and what is behind it. */
function statusOf(page: Page): Locator {
  return page.getByRole('status').filter({ has: page.getByRole('heading', { level: 2 }) });
}

function lostLink(page: Page): Locator {
  return page.getByRole('alert').filter({ hasText: 'No link to web1' });
}

test('attached through the bastion, the stuck request found, processes edited there, reloaded with no request lost', async ({
  console,
  startServer,
  programs,
  rpc,
  page,
}) => {
  const server = await startServer('shop', LAZY);
  const dialog = await console.openAttach();
  await dialog.getByRole('option', { name: /web1/ }).click();
  await dialog.getByRole('checkbox', { name: `Attach to ${server.iniPath}` }).check();
  await dialog.getByRole('button', { name: 'Attach', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.ihead')).toContainText('web1 via bastion');
  const { instances } = await rpc.call('instances.list', {});
  const attached = instances.find(({ machine }) => machine === 'web1');
  expect(attached?.statsAddress).toBe(`ssh://web1/${server.statsAddress}`);
  const load = startLoad({ url: await startNginx(programs, server), kept: 2, fresh: 4, pauseMs: 20 });
  await console.waitForChart('Requests', (now) => now > 20);

  const { wid, answer } = await holdWorker({ ...server, id: attached?.id ?? '', name: 'shop' });
  await console.openTab('Requests');
  await page.getByRole('grid', { name: 'Running requests' }).getByRole('row').filter({ hasText: '/hold' }).click();
  const request = page.getByRole('complementary', { name: `Request on worker ${wid}` });
  await expect(request).toContainText(`until harakiri kills worker ${wid}`);
  expect(await page.content()).not.toContain('s3cr3t-of-the-client');
  await server.release();
  expect((await answer).status).toBe(200);
  await expect(request).toContainText('This request has ended');

  const before = await workerPids(server.statsPort);
  const master = await masterPid(server.statsPort);
  expect(before).toHaveLength(2);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'processes = 4');
  await console.button('Save').click();
  await expect(console.button('Save')).toBeDisabled();
  await expect.poll(async () => readFile(server.iniPath, 'utf8')).toContain('\nprocesses = 4\n');
  // A chain does not read the configuration, so the full reload is proposed.
  await startReload(console, /^Full reload/);
  await expect(console.verdict).toContainText('Done in');
  const edited = await workerPids(server.statsPort);
  expect(edited).toHaveLength(4);
  expect(edited.filter((pid) => before.includes(pid))).toEqual([]);

  await console.button('Reload again').click();
  await expect(page.getByRole('heading', { name: /^Chain reload/ })).toBeVisible();
  await console.button('Start reload').click();
  await expect(console.verdict).toContainText('Done in');
  const chained = await workerPids(server.statsPort);
  expect(chained).toHaveLength(4);
  expect(chained.filter((pid) => edited.includes(pid))).toEqual([]);
  expect(await masterPid(server.statsPort)).toBe(master);

  const { lost, answered } = await load.stop();
  expect(lost).toEqual([]);
  expect(answered).toBeGreaterThan(100);
});

test('a worker that hangs: the verdict is stuck and names it, also after sshd was killed, and is done once it is let go', async ({
  attachServer,
  bench,
  console,
  page,
}) => {
  const server = await attachServer('web1', 'hanging', LAZY);
  await console.openInstance(server.name);
  const { wid, answer } = await holdWorker(server);
  const others = (await readStats(server.statsPort)).workers.filter(({ id }) => id !== wid);
  await startReload(console, /^Chain reload/);
  const status = statusOf(page);
  await expect(status).toContainText(`Worker ${wid} is still in GET /hold`);
  await expect(status).toContainText('mercy ends in');
  await expect(status).not.toContainText('s3cr3t');
  await expect(console.verdict).toContainText(/^\d of 2 workers are new/);
  for (const { id } of others) await expect(status).not.toContainText(`Worker ${id} is still`);

  await bench.webs.web1.kill();
  const happened = page.getByRole('region', { name: 'What happened' });
  await expect(happened).toContainText('Nothing can be seen until the link is back');
  await expect(status).not.toContainText('Done');
  await bench.webs.web1.restart();
  await expect(happened).toContainText('The link is back');
  await expect(status).toContainText(`Worker ${wid} is still in GET /hold`);

  await server.release();
  expect((await answer).status).toBe(200);
  await expect(console.verdict).toContainText(/^Done in .*All 2 workers are new/);
});

test('sshd killed while a chain runs: it is told, the chain goes on there, and the verdict is right once the link is back', async ({
  attachServer,
  bench,
  programs,
  console,
  page,
}) => {
  const server = await attachServer('web1', 'cut', LAZY);
  const before = await workerPids(server.statsPort);
  const load = startLoad({ url: await startNginx(programs, server), kept: 1, fresh: 1, pauseMs: 50 });
  await console.openInstance(server.name);
  await startReload(console, /^Chain reload/);
  await until('the first new worker', async () => {
    return (await workerPids(server.statsPort)).some((pid) => !before.includes(pid));
  });
  await bench.webs.web1.kill();
  await expect(page.getByRole('region', { name: 'What happened' })).toContainText(
    'Nothing can be seen until the link is back',
  );
  await expect(console.verdict).not.toContainText('Done');
  await bench.webs.web1.restart();
  await expect(console.verdict).toContainText('Done in', { timeout: 60_000 });
  expect((await workerPids(server.statsPort)).filter((pid) => before.includes(pid))).toEqual([]);
  expect((await load.stop()).lost).toEqual([]);
});

test('sshd killed in the middle of a save: the file stays whole, the text is kept, and it is saved once the link is back', async ({
  attachServer,
  bench,
  console,
  page,
  rpc,
}) => {
  const server = await attachServer('web1', 'saved', LAZY);
  const whole = await readFile(server.iniPath, 'utf8');
  const files = (await readdir(server.folder)).sort();
  await console.openInstance(server.name);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'processes = 3');
  // What is sent to it from now on is on its way when it ends.
  bench.webs.web1.freeze(true);
  await console.button('Save').click();
  await expect(console.button('Save')).toBeDisabled();
  await bench.webs.web1.kill();
  await expect(page.getByText('What you type is kept here')).toBeVisible();
  await expect(lostLink(page)).toBeVisible();
  expect(await readFile(server.iniPath, 'utf8')).toBe(whole);
  expect((await readdir(server.folder)).sort()).toEqual(files);
  await expect(console.editor).toContainText('processes = 3');
  await bench.webs.web1.restart();
  await lostLink(page).getByRole('button', { name: 'Try now' }).click();
  await until('the link', async () => (await instanceNamed(rpc, server.name))?.link.status === 'attached');
  await expect(lostLink(page)).toBeHidden();
  await page.keyboard.press('ControlOrMeta+s');
  await expect.poll(async () => readFile(server.iniPath, 'utf8')).toBe(whole.replace('processes = 2', 'processes = 3'));
  expect((await readdir(server.folder)).sort()).toEqual(files);
});

test('sshd killed as a reload is given: nothing is done there, it is said, and it can be given again', async ({
  attachServer,
  bench,
  console,
  page,
}) => {
  const server = await attachServer('web1', 'given', LAZY);
  const before = await workerPids(server.statsPort);
  await console.openInstance(server.name);
  await console.button('Reload').first().click();
  await expect(page.getByRole('heading', { name: /^Chain reload/ })).toBeVisible();
  bench.webs.web1.freeze(true);
  await console.button('Start reload').click();
  await expect(console.button('Start reload')).toBeDisabled();
  await bench.webs.web1.kill();
  await expect(lostLink(page)).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'Check again' })).toContainText('web1');
  await expect(console.button('Start reload')).toBeDisabled();
  expect(await workerPids(server.statsPort)).toEqual(before);
  await bench.webs.web1.restart();
  await lostLink(page).getByRole('button', { name: 'Try now' }).click();
  await expect(lostLink(page)).toBeHidden();
  await page.getByRole('button', { name: 'Check again' }).first().click();
  await console.button('Start reload').click();
  await expect(console.verdict).toContainText('Done in');
  expect((await workerPids(server.statsPort)).filter((pid) => before.includes(pid))).toEqual([]);
});
