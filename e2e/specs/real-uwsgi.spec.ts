/** The same console on Debian's uWSGI: attached by its stats address, reloaded through its FIFO. */
import { startLoad } from '../fixtures/load.ts';
import { makeProject } from '../fixtures/project.ts';
import { workerPids } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { startUwsgi } from '../fixtures/uwsgi.ts';

test('a running uWSGI is attached by hand and shows the same pages', async ({ console, programs, folder, page }) => {
  const project = await makeProject(folder, 'shop');
  await startUwsgi(programs, project);
  await console.attach(project.statsAddress);
  const load = startLoad({ url: project.url, kept: 0, fresh: 4, pauseMs: 40 });
  await console.waitForChart('Requests', (now) => now > 20);
  await console.waitForChart('Memory, RSS', (now) => now > 1);
  await console.openTab('Workers');
  await expect.poll(async () => (await console.workerRows()).length).toBe(2);
  await load.stop();
  const held = fetch(`${project.url}hold`);
  await console.openTab('Requests');
  await expect(page.getByRole('row').filter({ hasText: '/hold' })).toContainText('GET');
  await project.release();
  expect((await held).status).toBe(200);
});

test('a running uWSGI is found by itself', async ({ console, programs, folder, page }) => {
  const project = await makeProject(folder, 'shop');
  const uwsgi = await startUwsgi(programs, project);
  await console.openAttach();
  await expect(page.getByRole('dialog').getByText(String(uwsgi.pid))).toBeVisible();
});

test('it is reloaded through its FIFO, and the verdict is done', async ({ console, programs, folder }) => {
  const project = await makeProject(folder, 'shop', { processes: 2 });
  const uwsgi = await startUwsgi(programs, project);
  const before = await workerPids(project.statsPort);
  await console.attach(project.statsAddress);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'processes = 4');
  await console.button('Save').click();
  await expect(console.button('Save')).toBeDisabled();
  await console.startReload();
  await expect(console.verdict).toContainText('Done in');
  const after = await workerPids(project.statsPort);
  expect(after).toHaveLength(4);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  expect(uwsgi.hasEnded()).toBe(false);
});

test('the target disappears and comes back', async ({ console, programs, folder, page }) => {
  const project = await makeProject(folder, 'shop');
  const first = await startUwsgi(programs, project);
  await console.attach(project.statsAddress);
  await console.waitForChart('Requests', (now) => now >= 0);
  await first.stop();
  await expect(page.getByText(/link lost|refused/i).first()).toBeVisible();
  await expect(page.getByText(/next try/i).first()).toBeVisible();
  await startUwsgi(programs, project);
  await expect(page.getByText('serving').first()).toBeVisible();
});
