/** Who gets in: one browser for each link, and nobody without one. */
import { expect, test } from '../fixtures/test.ts';

test('a wrong token is refused in words, and shows nothing of the servers', async ({ reeve, page }) => {
  await page.goto(`${reeve.origin}#token=wrong-wrong-wrong-wrong-wrong-wrong`);
  await expect(page.getByText(/not one that the running Reeve has made/)).toBeVisible();
  await expect(page.getByText(/reeve serve/).first()).toBeVisible();
  await expect(page.getByText('hello', { exact: true })).toBeHidden();
});

test('a link works once: a second browser is told to take the newest', async ({ reeve, page, browser }) => {
  const link = await reeve.takeLink();
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(link);
  await expect(stranger.getByText(/was used already/)).toBeVisible();
  await stranger.goto(await reeve.takeLink());
  await expect(stranger.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
  await other.close();
});

test('the page outlives a reload without its token in the address', async ({ reeve, page }) => {
  await page.goto(await reeve.takeLink());
  await expect(page.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
  expect(page.url()).not.toContain('token');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
});

test('requests of other sites and other names are refused', async ({ reeve }) => {
  const session = new URL('/session', reeve.origin);
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(session, { method: 'POST', headers, body: JSON.stringify({ token: 'x' }) });
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await post({})).status).toBe(403);
  const page = await fetch(reeve.origin);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('the page says so when reeve has ended, and when it tries again', async ({ reeve, page }) => {
  await page.goto(await reeve.takeLink());
  await expect(page.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
  await reeve.program.stop();
  await expect(page.getByRole('alert')).toContainText(/No link to Reeve itself.*(next try|trying now)/);
});
