/** The main job: change a number, save, reload under load, and see each worker become new. */
import { startLoad } from '../fixtures/load.ts';
import { readStats, workerPids } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/shared-console.ts';

test('processes from 2 to 4: edited, saved, reloaded under load, four new workers, no request lost', async ({
  shop,
  console,
}) => {
  const before = await workerPids(shop.statsPort);
  expect(before).toHaveLength(2);
  const load = startLoad({ url: shop.url, kept: 4, fresh: 4, pauseMs: 20 });

  await console.openInstance(shop.name);
  await console.openTab('Config');
  await console.replaceLine('processes = 2', 'processes = 4');
  await console.button('Save').click();
  await expect(console.button('Save')).toBeDisabled();
  await console.startReload();
  await expect(console.verdict).toContainText('Done in');

  const { lost, answered } = await load.stop();
  expect(lost).toEqual([]);
  expect(answered).toBeGreaterThan(100);
  const after = await workerPids(shop.statsPort);
  expect(after).toHaveLength(4);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  await console.openTab('Workers');
  await expect.poll(async () => (await console.workerRows()).length).toBe(4);
});

test('a broken application changes nothing: the reload fails, the old workers serve on', async ({
  shop,
  console,
  page,
}) => {
  const before = await workerPids(shop.statsPort);
  await shop.breakApp();
  const load = startLoad({ url: shop.url, kept: 2, fresh: 2, pauseMs: 50 });
  await console.openInstance(shop.name);
  await console.startReload();
  await expect(console.verdict).toContainText('could not be loaded. The old ones serve on');
  expect((await load.stop()).lost).toEqual([]);
  expect(await workerPids(shop.statsPort)).toEqual(before);
  await console.openTab('Logs');
  await expect(page.getByText(/ModuleNotFoundError/).first()).toBeVisible();
});

test('a worker that is killed comes back, and the page shows it', async ({ shop, console, page }) => {
  await console.openInstance(shop.name);
  await console.waitForChart('Requests', (now) => now >= 0);
  const [victim = 0] = await workerPids(shop.statsPort);
  process.kill(victim, 'SIGKILL');
  await expect.poll(async () => (await readStats(shop.statsPort)).workers[0]?.respawn_count ?? 0).toBeGreaterThan(1);
  const [reborn = 0] = await workerPids(shop.statsPort);
  expect(reborn).not.toBe(victim);
  await expect(page.getByText(new RegExp(`pid ${victim}|pid ${reborn}`)).first()).toBeVisible();
  await console.openTab('Workers');
  await expect(page.getByRole('gridcell', { name: String(reborn) })).toBeVisible();
});
