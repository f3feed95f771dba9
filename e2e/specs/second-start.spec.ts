/** Settings and instances outlive the program; two programs do not share a data folder. */

import { makeProject } from '../fixtures/project.ts';
import { REEVE_COMMAND, startReeve } from '../fixtures/reeve.ts';
import { openRpcSession } from '../fixtures/rpc-session.ts';
import { workerPids } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/test.ts';
import { answers } from '../fixtures/uwsgi.ts';

test('a second start finds settings and instances, and takes no port that is in use', async ({ folder, programs }) => {
  const first = await startReeve(programs, folder);
  const before = await openRpcSession(await first.takeLink());
  await before.client.call('settings.set', { theme: 'light', sampleLoad: false });
  const project = await makeProject(folder, 'shop');
  await before.client.call('engine.run', { path: project.iniPath });
  const { instances } = await before.client.call('instances.list', {});
  before.close();
  expect(await first.program.stop()).toBe(0);

  const second = await startReeve(programs, folder);
  const after = await openRpcSession(await second.takeLink());
  expect(await after.client.call('settings.get', {})).toMatchObject({ theme: 'light', sampleLoad: false });
  const list = await after.client.call('instances.list', {});
  expect(list.instances.map(({ name }) => name).toSorted()).toEqual(instances.map(({ name }) => name).toSorted());
  after.close();
});

test('the end of reeve is the end of the servers that it started', async ({ reeve, rpc, folder, programs }) => {
  const project = await makeProject(folder, 'shop');
  await rpc.call('engine.run', { path: project.iniPath });
  await answers(project.url);
  expect(await workerPids(project.statsPort)).toHaveLength(2);
  expect(await reeve.program.stop('SIGTERM')).toBe(0);
  await expect.poll(() => programs.alive()).toEqual([]);
});

test('a second reeve serve on the same data folder points to the first', async ({ reeve, programs, folder, page }) => {
  const second = programs.start(process.execPath, [...REEVE_COMMAND, 'serve', '--no-open'], {
    env: { REEVE_DATA: reeve.dataFolder, HOME: folder },
  });
  expect(await second.exited).toBe(0);
  expect(second.output()).toContain(`runs already (pid ${reeve.program.pid})`);
  const [link = ''] = /http:\S+#token=\S+/.exec(second.output()) ?? [];
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'hello', exact: true })).toBeVisible();
});
