/** The first window: a sample that is live, and four next steps that each do something. */
import { expect, test } from '../fixtures/test.ts';

test('the first start shows the sample live: charts, workers, its file, its log', async ({ console, page }) => {
  await expect(console.heading('hello')).toBeVisible();
  await console.waitForChart('Requests', (now) => now > 0);
  await expect(page.getByText('wsgi-file')).toBeVisible();
  await expect(page.getByText('A server is running')).toBeVisible();
  await console.openTab('Workers');
  await expect.poll(async () => (await console.workerRows()).length).toBe(4);
});

test('the switch ends the load of the sample', async ({ console, page }) => {
  await console.waitForChart('Requests', (now) => now > 0);
  await page.getByRole('switch', { name: /sample load/i }).click();
  await console.waitForChart('Requests', (now) => now === 0);
});

test('each of the next steps works', async ({ console, page }) => {
  await expect(console.heading('hello')).toBeVisible();
  await console.button('Open a folder…').click();
  await expect(console.dialog('Open a folder')).toBeVisible();
  await page.keyboard.press('Escape');
  await console.button('Attach…').click();
  await expect(console.dialog('Attach to a server')).toBeVisible();
  await page.keyboard.press('Escape');
  await console.button('Send it').click();
  await console.openTab('Requests');
  await expect(page.getByRole('row').filter({ hasText: '/slow' })).toContainText('GET');
  await console.openTab('Overview');
  await console.button('Edit uwsgi.ini').click();
  await expect(console.editor).toContainText('processes = 4');
});

test('the list of next steps stays closed', async ({ console, page }) => {
  await console.button('Close this list').click();
  await expect(page.getByText('A server is running')).toBeHidden();
  await page.reload();
  await expect(console.heading('hello')).toBeVisible();
  await expect(page.getByText('A server is running')).toBeHidden();
});
