/**
 * What hosts behind SSH cost: memory and time of a connection, polling 100 instances on 20 hosts, the Fleet page that
 * shows them, and how soon a chart shows something after Attach. Real sshd, real Reeve, real browser; the servers that
 * are polled are simulated (simulated-uwsgi.ts).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import type { RpcClient } from '../../electron/rpc/client.ts';
import { chartHasPoints } from '../fixtures/chart.ts';
import { Console } from '../fixtures/console.ts';
import type { Programs } from '../fixtures/program.ts';
import { type Reeve, startReeve } from '../fixtures/reeve.ts';
import { openRpcSession } from '../fixtures/rpc-session.ts';
import { until } from '../fixtures/until.ts';
import { BROWSER } from '../tools/browser.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { processCpuSeconds, treeUsage } from './process-usage.ts';
import type { ConnectionsLine } from './ssh-connections.ts';
import { hostName, type ManyHosts, startManyHosts } from './ssh-hosts.ts';
import { percentile } from './statistics.ts';
import { eventsOf } from './trace.ts';

export interface SshFigures {
  connections: ConnectionsLine[];
  instances: number;
  hosts: number;
  /** Of the console's process while no page is open, per cent of one core. */
  pollingCpuPercent: number;
  /** Of the server's side of all connections together: sshd, its sessions and the readers. */
  serverCpuPercent: number;
  consoleRssBytes: number;
  fleet: FleetFigures;
  /** From the click on Attach, with no connection yet, to a point of a chart; each try with another host. */
  firstPointMs: number[];
}

export interface FleetFigures {
  consoleCpuPercent: number;
  pageCpuPercent: number;
  /** Of the page's main thread: all of a second, and the longest tasks. */
  mainThreadMsPerSecond: number;
  taskMs: { p95: number; longest: number };
  bytesPerSecond: number;
}

const CONNECTIONS = [1, 20, 100];
const HOSTS = 20;
const INSTANCES = 100;
const WORKERS = 8;
const ATTACH_TRIES = 3;
const SETTLE_SECONDS = 5;

export async function benchSsh(programs: Programs, folder: string, seconds: number): Promise<SshFigures> {
  const connections: ConnectionsLine[] = [];
  for (const count of CONNECTIONS) connections.push(await measureConnections(programs, folder, count));
  const home = join(folder, 'polling');
  const sockets = join(home, 'sockets');
  await mkdir(sockets, { recursive: true });
  const servers = await startManyHosts(home, HOSTS + ATTACH_TRIES);
  const browser = await chromium.launch(BROWSER);
  try {
    const paths = await simulate(programs, sockets);
    const reeve = await startReeve(programs, home);
    const { client, close } = await openRpcSession(await reeve.takeLink());
    await removeAll(client);
    const firstPointMs: number[] = [];
    for (let index = 0; index < ATTACH_TRIES; index += 1) {
      firstPointMs.push(await measureAttach(browser, reeve, `ssh://${hostName(HOSTS + index)}${paths[index]}`));
    }
    await removeAll(client);
    await attachAll(client, paths);
    close();
    return {
      connections,
      instances: INSTANCES,
      hosts: HOSTS,
      ...(await measurePolling(reeve, servers, seconds)),
      fleet: await measureFleet(browser, reeve, seconds),
      firstPointMs,
    };
  } finally {
    await browser.close();
    await servers.dispose();
  }
}

async function measureConnections(programs: Programs, parent: string, count: number): Promise<ConnectionsLine> {
  const home = join(parent, `connections-${count}`);
  await mkdir(join(home, 'data'), { recursive: true });
  const servers = await startManyHosts(home, count);
  try {
    const program = programs.start(process.execPath, [
      '--expose-gc',
      '--disable-warning=ExperimentalWarning',
      join(PROJECT_ROOT, 'e2e', 'bench', 'ssh-connections.ts'),
      home,
      join(home, 'data'),
      String(count),
    ]);
    const [text] = await program.waitForOutput(/^\{"count".*\}$/m, 60_000);
    await program.exited;
    const line: ConnectionsLine = JSON.parse(text);
    return line;
  } finally {
    await servers.dispose();
  }
}

async function simulate(programs: Programs, sockets: string): Promise<string[]> {
  const simulator = programs.start(process.execPath, [
    join(PROJECT_ROOT, 'e2e', 'bench', 'simulated-uwsgi.ts'),
    String(INSTANCES),
    String(WORKERS),
    sockets,
  ]);
  const [line] = await simulator.waitForOutput(/^\[.*\]$/m);
  const paths: unknown = JSON.parse(line);
  if (!Array.isArray(paths)) throw new Error('the simulator printed no sockets');
  return paths.map(String);
}

async function removeAll(client: RpcClient): Promise<void> {
  const { instances } = await client.call('instances.list', {});
  for (const { id } of instances) await client.call('instances.remove', { instanceId: id });
}

/** As many on each host; one at a time on each, as a person would. */
async function attachAll(client: RpcClient, paths: string[]): Promise<void> {
  const ofHosts = Array.from({ length: HOSTS }, (_unused, host) => paths.filter((_path, i) => i % HOSTS === host));
  await Promise.all(
    ofHosts.map(async (ofHost, host) => {
      for (const path of ofHost)
        await client.call('instances.attach', { statsAddress: `ssh://${hostName(host)}${path}` });
    }),
  );
  await until('all instances to have figures', async () => {
    const list = await client.call('instances.list', {});
    return list.instances.length === INSTANCES && list.instances.every(({ figures }) => figures !== null);
  });
}

async function measurePolling(
  reeve: Reeve,
  servers: ManyHosts,
  seconds: number,
): Promise<Pick<SshFigures, 'pollingCpuPercent' | 'serverCpuPercent' | 'consoleRssBytes'>> {
  await pause(SETTLE_SECONDS);
  const began = performance.now();
  const before = { reeve: processCpuSeconds(reeve.program.pid), servers: servers.cpuSeconds() };
  await pause(seconds);
  const share = 100 / ((performance.now() - began) / 1000);
  return {
    pollingCpuPercent: (processCpuSeconds(reeve.program.pid) - before.reeve) * share,
    serverCpuPercent: (servers.cpuSeconds() - before.servers) * share,
    consoleRssBytes: treeUsage(reeve.program.pid).rssBytes,
  };
}

async function measureFleet(browser: Browser, reeve: Reeve, seconds: number): Promise<FleetFigures> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  let bytes = 0;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (bytes += payload.length)));
  const link = new URL(await reeve.takeLink());
  link.searchParams.set('page', 'fleet');
  await page.goto(link.href);
  await page.getByRole('grid', { name: 'Instances' }).waitFor();
  await pause(SETTLE_SECONDS);
  const pageProcess = await rendererOf(browser);
  const read = () => ({
    atMs: performance.now(),
    bytes,
    page: processCpuSeconds(pageProcess),
    reeve: processCpuSeconds(reeve.program.pid),
  });
  const before = read();
  await pause(seconds);
  const after = read();
  const elapsed = (after.atMs - before.atMs) / 1000;
  const tasks = await mainThreadTasks(browser, page, seconds);
  await page.close();
  return {
    consoleCpuPercent: ((after.reeve - before.reeve) / elapsed) * 100,
    pageCpuPercent: ((after.page - before.page) / elapsed) * 100,
    bytesPerSecond: (after.bytes - before.bytes) / elapsed,
    mainThreadMsPerSecond: tasks.reduce((sum, ms) => sum + ms, 0) / seconds,
    taskMs: {
      p95: percentile(
        tasks.filter((ms) => ms > 1),
        95,
      ),
      longest: Math.max(0, ...tasks),
    },
  };
}

async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const [renderer] = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime);
  if (renderer === undefined) throw new Error('the page has no process');
  return renderer.id;
}

/** CPU milliseconds of each task, beside what recording them costs. */
async function mainThreadTasks(browser: Browser, page: Page, seconds: number): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await page.evaluate(() => performance.mark('begin'));
  await pause(seconds);
  const trace: unknown = JSON.parse((await browser.stopTracing()).toString('utf8'));
  const events = eventsOf(trace);
  const mark = events.find(({ name }) => name === 'begin');
  if (mark === undefined) throw new Error('the trace has no mark of the page');
  return events
    .filter(({ name, ph, pid, tid }) => name.endsWith('RunTask') && ph === 'X' && pid === mark.pid && tid === mark.tid)
    .map(({ cpu }) => cpu / 1000);
}

async function measureAttach(browser: Browser, reeve: Reeve, address: string): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(await reeve.takeLink());
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('a');
  const dialog = new Console(page).dialog('Attach to a server');
  await dialog.getByLabel('Stats address').fill(address);
  const attach = dialog.getByRole('button', { name: 'Attach', exact: true });
  await attach.waitFor();
  const began = performance.now();
  await attach.click();
  await page.waitForFunction(chartHasPoints, undefined, { polling: 'raf', timeout: 30_000 });
  const tookMs = performance.now() - began;
  await page.close();
  return tookMs;
}

/** A measurement lasts a given time; there is nothing to wait for. */
async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
