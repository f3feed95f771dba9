/** Charts follow what the server does. */
import { startLoad } from '../fixtures/load.ts';
import { expect, test } from '../fixtures/shared-console.ts';

test('load makes the charts move, and its end lets them fall', async ({ shop, console }) => {
  await console.openInstance(shop.name);
  await console.waitForChart('Requests', (now) => now < 5);
  const load = startLoad({ url: shop.url, kept: 4, fresh: 2, pauseMs: 50 });
  await console.waitForChart('Requests', (now) => now > 40);
  await console.waitForChart('Bytes out', (now) => now > 0);
  await console.waitForChart('Memory, RSS', (now) => now > 1);
  const { lost } = await load.stop();
  expect(lost).toEqual([]);
  await console.waitForChart('Requests', (now) => now < 5);
});

test('exceptions of the application become marks and counts', async ({ shop, console, page }) => {
  await console.openInstance(shop.name);
  await console.waitForChart('Requests', (now) => now >= 0);
  expect((await fetch(`${shop.url}error`)).status).toBe(500);
  await expect(
    page
      .getByText(/exception/i)
      .filter({ hasText: /worker/i })
      .first(),
  ).toBeVisible();
});
