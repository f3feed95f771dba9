/**
 * What the editor of configuration files costs: how large it is, how long from a click on Config until one can type, and
 * what a key costs the page's main thread in a file of 5,000 lines. The console is the real one, in a real browser.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from '@playwright/test';
import { freePort } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { startReeve } from '../fixtures/reeve.ts';
import { openRpcSession } from '../fixtures/rpc-session.ts';
import { BROWSER } from '../tools/browser.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { percentile } from './statistics.ts';
import { eventsOf, type TraceEvent } from './trace.ts';

export interface EditorFigures {
  /** Of the page that has the editor in it, and of the option table, as they are sent. */
  bundleBytes: number;
  bundleGzBytes: number;
  /** From a click on Config to the text on the screen, first visit and later ones. */
  firstReadyMs: number;
  laterReadyMs: number;
  lines: number;
  /** Main thread of the page from a key until its letter is painted. */
  keyMedianMs: number;
  keyWorstMs: number;
  /** Longest single task after typing, when the check of the text and the form follow. */
  settledTaskMs: number;
}

const LINES = 5_000;
const KEYS = 60;
const KEY_EVERY_MS = 80;

export async function benchEditor(programs: Programs, folder: string): Promise<EditorFigures> {
  const browser = await chromium.launch(BROWSER);
  try {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'large.ini');
    await writeFile(path, await largeFile());
    const reeve = await startReeve(programs, join(folder, 'data'));
    const { client, close } = await openRpcSession(await reeve.takeLink());
    const { digest } = await client.call('engine.inspect', { path });
    await client.call('engine.run', { path, trustDigest: digest });
    close();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(await reeve.takeLink());
    await page.getByRole('tree', { name: 'Instances' }).getByText('large', { exact: true }).click();
    const firstReadyMs = await openConfig(page);
    await page.getByRole('tab', { name: 'Overview' }).click();
    const laterReadyMs = await openConfig(page);
    return { ...(await bundleSize()), firstReadyMs, laterReadyMs, lines: LINES, ...(await measureKeys(browser, page)) };
  } finally {
    await browser.close();
  }
}

async function largeFile(): Promise<string> {
  const head = ['[uwsgi]', 'master = true', `http-socket = 127.0.0.1:${await freePort()}`, 'base = %d'];
  const rest = Array.from({ length: LINES - head.length }, (_, index) =>
    index % 10 === 0 ? `; part ${index}` : `env = NAME_${index}=%(base)value-${index}`,
  );
  return `${[...head, ...rest].join('\n')}\n`;
}

/** Milliseconds until the text is on the screen. */
async function openConfig(page: Page): Promise<number> {
  const tab = page.getByRole('tab', { name: /^Config/ });
  await tab.waitFor();
  return tab.evaluate(async (element) => {
    const began = performance.now();
    if (element instanceof HTMLElement) element.click();
    while (document.querySelector('.cm-content .cm-line') === null)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - began;
  });
}

async function measureKeys(
  browser: Browser,
  page: Page,
): Promise<Pick<EditorFigures, 'keyMedianMs' | 'keyWorstMs' | 'settledTaskMs'>> {
  await page.locator('.cm-line').nth(5).click();
  await page.keyboard.press('End');
  // The first keys compile what the rest runs.
  await page.keyboard.type('warm up', { delay: KEY_EVERY_MS });
  await page.waitForTimeout(1_000);
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'blink.user_timing'] });
  for (let key = 0; key < KEYS; key += 1) {
    await page.evaluate((index) => performance.mark(`key-${index}`), key);
    await page.keyboard.press('x');
    await page.waitForTimeout(KEY_EVERY_MS);
  }
  await page.evaluate(() => performance.mark('typed'));
  await page.waitForTimeout(1_500);
  const trace: unknown = JSON.parse((await browser.stopTracing()).toString('utf8'));
  return readTrace(trace);
}

function readTrace(trace: unknown): Pick<EditorFigures, 'keyMedianMs' | 'keyWorstMs' | 'settledTaskMs'> {
  const events = eventsOf(trace);
  const marks = events.filter(({ name }) => /^key-\d+$/.test(name)).sort((a, b) => a.ts - b.ts);
  const typed = events.find(({ name }) => name === 'typed');
  const [first] = marks;
  if (!first || !typed) throw new Error('the trace has no keys in it');
  const onThread = (event: TraceEvent): boolean => event.pid === first.pid && event.tid === first.tid;
  const tasks = events.filter((event) => event.name.endsWith('RunTask') && event.ph === 'X' && onThread(event));
  const inputs = events.filter((event) => event.name === 'EventDispatch' && event.type === 'input' && onThread(event));
  const paints = events.filter((event) => event.name === 'Paint' && onThread(event)).sort((a, b) => a.ts - b.ts);
  const perKey = marks.map((mark, index) => {
    const next = marks[index + 1]?.ts ?? typed.ts;
    const input = inputs.find(({ ts }) => ts > mark.ts && ts < next);
    const painted = paints.find(({ ts }) => ts > (input?.ts ?? next))?.ts ?? next;
    const during = tasks.filter(({ ts }) => ts >= mark.ts && ts < painted);
    return during.reduce((total, { cpu }) => total + cpu, 0) / 1000;
  });
  const after = tasks.filter(({ ts }) => ts >= typed.ts).map(({ cpu }) => cpu / 1000);
  return {
    keyMedianMs: percentile(perKey, 50),
    keyWorstMs: percentile(perKey, 95),
    settledTaskMs: Math.max(0, ...after),
  };
}

async function bundleSize(): Promise<Pick<EditorFigures, 'bundleBytes' | 'bundleGzBytes'>> {
  const folder = join(PROJECT_ROOT, 'out', 'renderer', 'assets');
  const names = (await readdir(folder)).filter((name) => /^(?:ConfigPage|option-table)-.*\.js$/.test(name));
  const files = await Promise.all(names.map(async (name) => readFile(join(folder, name))));
  return {
    bundleBytes: files.reduce((total, bytes) => total + bytes.length, 0),
    bundleGzBytes: files.reduce((total, bytes) => total + gzipSync(bytes).length, 0),
  };
}
