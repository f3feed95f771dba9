/**
 * What the console costs: how long from `reeve serve` to the first point of a chart in the browser, the CPU of polling
 * and storing many instances, and the CPU of a page with all charts. The console is the real one, in a real browser.
 */

import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { chartHasPoints } from '../fixtures/chart.ts';
import type { Programs } from '../fixtures/program.ts';
import { startReeve } from '../fixtures/reeve.ts';
import { openRpcSession } from '../fixtures/rpc-session.ts';
import { until } from '../fixtures/until.ts';
import { BROWSER } from '../tools/browser.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { fillHistory } from './full-history.ts';
import { processCpuSeconds } from './process-usage.ts';

export interface ConsoleFigures {
  /** From starting `reeve serve` with an empty data folder; the browser is up already. */
  firstChartPointMs: number;
  /** Of the process that polls, per cent of one core. */
  pollingCpuPercent: number;
  polledInstances: number;
  /** Of the page's process with all charts full, per cent of one core. */
  overviewCpuPercent: number;
  /** Of all processes of the browser, which draws without a graphics card here. */
  browserCpuPercent: number;
}

const INSTANCES = 50;
const WORKERS = 8;

export async function benchConsole(programs: Programs, folder: string, seconds: number): Promise<ConsoleFigures> {
  const browser = await chromium.launch(BROWSER);
  try {
    const { page, firstChartPointMs } = await measureStart(browser, programs, join(folder, 'start'));
    const overview = await measureOverview(browser, page, seconds);
    await page.close();
    const pollingCpuPercent = await measurePolling(programs, join(folder, 'polling'), seconds);
    return { firstChartPointMs, ...overview, pollingCpuPercent, polledInstances: INSTANCES };
  } finally {
    await browser.close();
  }
}

async function measureStart(
  browser: Browser,
  programs: Programs,
  folder: string,
): Promise<{ page: Page; firstChartPointMs: number }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  const reeve = await startReeve(programs, folder);
  await page.goto(await reeve.takeLink());
  await page.waitForFunction(chartHasPoints, undefined, { polling: 'raf', timeout: 30_000 });
  return { page, firstChartPointMs: performance.now() - began };
}

/** Every chart of the overview with a quarter of an hour in it, which nobody waits for here. */
async function measureOverview(
  browser: Browser,
  page: Page,
  seconds: number,
): Promise<{ overviewCpuPercent: number; browserCpuPercent: number }> {
  await page.getByRole('button', { name: 'Close this list' }).click();
  await page.routeWebSocket(/\/rpc\//, fillHistory);
  await page.reload();
  await page.getByRole('radio', { name: '15 m' }).click();
  await page.getByRole('img', { name: /^Bytes out, last 15 min: now/ }).waitFor();
  const session = await browser.newBrowserCDPSession();
  const read = async (): Promise<{ atMs: number; page: number; all: number }> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const cpuOf = (processes: typeof processInfo): number =>
      processes.reduce((total, { id }) => total + processCpuSeconds(id), 0);
    const pages = processInfo.filter(({ type }) => type === 'renderer');
    return { atMs: performance.now(), page: cpuOf(pages), all: cpuOf(processInfo) };
  };
  await pause(3);
  const before = await read();
  await pause(seconds);
  const after = await read();
  const elapsedSeconds = (after.atMs - before.atMs) / 1000;
  return {
    overviewCpuPercent: ((after.page - before.page) / elapsedSeconds) * 100,
    browserCpuPercent: ((after.all - before.all) / elapsedSeconds) * 100,
  };
}

async function measurePolling(programs: Programs, folder: string, seconds: number): Promise<number> {
  const simulator = programs.start(process.execPath, [
    join(PROJECT_ROOT, 'e2e', 'bench', 'simulated-uwsgi.ts'),
    String(INSTANCES),
    String(WORKERS),
  ]);
  const [line] = await simulator.waitForOutput(/^\[.*\]$/m);
  const ports: unknown = JSON.parse(line);
  if (!Array.isArray(ports)) throw new Error('the simulator printed no ports');
  const reeve = await startReeve(programs, folder);
  const { client, close } = await openRpcSession(await reeve.takeLink());
  const { instances } = await client.call('instances.list', {});
  for (const { id } of instances) await client.call('instances.remove', { instanceId: id });
  for (const port of ports) await client.call('instances.attach', { statsAddress: `127.0.0.1:${port}` });
  await until('all instances to have figures', async () => {
    const list = await client.call('instances.list', {});
    return list.instances.length === INSTANCES && list.instances.every(({ figures }) => figures !== null);
  });
  close();
  await pause(3);
  const began = performance.now();
  const before = processCpuSeconds(reeve.program.pid);
  await pause(seconds);
  const used = processCpuSeconds(reeve.program.pid) - before;
  return (used / ((performance.now() - began) / 1000)) * 100;
}

/** A measurement lasts a given time; there is nothing to wait for. */
async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
