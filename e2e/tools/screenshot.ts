/**
 * Takes the README's picture: the overview of a project on the bundled engine, five minutes under a changing load
 * with a reload, a few errors and slow requests in it. `node e2e/tools/screenshot.ts [FILE]`, after `npm run build`.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { Console } from '../fixtures/console.ts';
import { startLoad } from '../fixtures/load.ts';
import { createPrograms } from '../fixtures/program.ts';
import { makeProject } from '../fixtures/project.ts';
import { startReeve } from '../fixtures/reeve.ts';
import { openRpcSession } from '../fixtures/rpc-session.ts';
import { answers } from '../fixtures/uwsgi.ts';
import { BROWSER } from './browser.ts';
import { PROJECT_ROOT } from './tree.ts';

const PHASES: [kept: number, fresh: number, pauseMs: number, seconds: number][] = [
  [2, 1, 60, 70],
  [6, 3, 50, 60],
  [3, 1, 40, 60],
  [8, 4, 60, 70],
  [4, 2, 50, 45],
];

const target = process.argv[2] ?? join(PROJECT_ROOT, 'resources', 'screenshots', 'overview.png');
const folder = await mkdtemp(join(tmpdir(), 'reeve-picture-'));
const programs = createPrograms();
const browser = await chromium.launch(BROWSER);
try {
  const reeve = await startReeve(programs, folder);
  const { client, close } = await openRpcSession(await reeve.takeLink());
  const project = await makeProject(folder, 'shop', { processes: 8 });
  const { id, name } = await client.call('engine.run', { path: project.iniPath });
  await answers(project.url);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  await page.goto(await reeve.takeLink());
  await new Console(page).openInstance(name);
  for (const [index, [kept, fresh, pauseMs, seconds]] of PHASES.entries()) {
    const load = startLoad({ url: `${project.url}slow?s=0.0${index + 1}`, kept, fresh, pauseMs });
    if (index === 1) await fetch(`${project.url}error`);
    if (index === 2) await client.call('reload.start', { instanceId: id, method: await recommended(id) });
    if (index === PHASES.length - 1) void fetch(`${project.url}slow?s=${seconds}`).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (index === PHASES.length - 1) await page.screenshot({ path: target });
    await load.stop();
  }
  close();

  async function recommended(instanceId: string): Promise<string> {
    const plan = await client.call('reload.plan', { instanceId });
    if (plan.recommended === null) throw new Error('the project can not be reloaded');
    return plan.recommended;
  }
} finally {
  await browser.close();
  await programs.dispose();
  await rm(folder, { recursive: true, force: true });
}
