/** A rolling reload over real uWSGIs: it stops at the first that fails, outlives the console, and is resumed. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RollingRun } from '../../contract/actions-model.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

let bench: CoreBench;

beforeEach(async (context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
  bench = await CoreBench.make();
});

afterEach(async () => {
  await bench?.dispose();
});

async function startServer(name: string): Promise<string> {
  await bench.write(`${name}/app.py`, APP);
  const lines = ['plugins = python3', 'master = true', 'wsgi-file = %d/app.py', 'socket = %d/s.sock'];
  const ways = ['stats = %d/stats.sock', 'master-fifo = %d/m.fifo', 'logto = %d/uwsgi.log'];
  const ini = await bench.write(`${name}/uwsgi.ini`, `[uwsgi]\n${[...lines, ...ways].join('\n')}\n`);
  await bench.startUwsgi(['--ini', ini]);
  const statsAddress = join(bench.folder, name, 'stats.sock');
  let id = '';
  await waitUntil('uWSGI to answer', async () => {
    id = await bench.client.call('instances.attach', { statsAddress, name }).then(
      (instance) => instance.id,
      () => '',
    );
    return id !== '';
  });
  await waitUntil('figures', async () => (await bench.instance(id)).masterPid !== null);
  return id;
}

async function until(status: RollingRun['status']): Promise<RollingRun> {
  let found: RollingRun | undefined;
  await waitUntil(
    `the rolling reload to be ${status}`,
    async () => {
      found = (await bench.client.call('rolling.list', {})).runs[0];
      return found?.status === status;
    },
    60_000,
  );
  if (found === undefined) throw new Error('there is none');
  return found;
}

describe('a rolling reload', () => {
  it('stops at the first that fails, is on record in the next session, and goes on from there', async () => {
    await bench.startCore();
    const instanceIds = [await startServer('one'), await startServer('two'), await startServer('three')];
    const { members } = await bench.client.call('rolling.plan', { instanceIds });
    expect(members.map(({ method, troubles }) => [method, troubles])).toEqual(
      Array.from({ length: 3 }, () => ['Full reload', []]),
    );
    await bench.write('two/app.py', 'import nothing_of_that_name\n');
    const events = bench.collect('rolling.changed');
    const options = { instanceIds, canary: true, waveSize: 1, gateMs: 500, slowerTimes: 3, confirmedNames: [] };
    await bench.client.call('rolling.start', options);
    await expect(bench.client.call('rolling.start', options)).rejects.toThrow('part of a rolling reload');
    const stopped = await until('stopped');
    expect(stopped.members.map(({ status }) => status)).toEqual(['done', 'failed', 'waiting']);
    expect(stopped.reason).toContain('two: No application is loaded any more');
    expect(events.some((run) => run.members[0]?.status === 'gate')).toBe(true);

    await bench.startCore();
    const [kept] = (await bench.client.call('rolling.list', {})).runs;
    expect(kept).toEqual(stopped);
    await bench.write('two/app.py', APP);
    await waitUntil('the links', async () => {
      const { instances } = await bench.client.call('instances.list', {});
      return instances.every(({ masterPid, figures }) => masterPid !== null && figures !== null);
    });
    await bench.client.call('settings.set', { readOnlyTags: ['prod'] });
    await bench.client.call('instances.tag', { instanceIds: instanceIds.slice(0, 2), add: ['prod'], remove: [] });
    const resume = async (confirmedNames: string[]) =>
      bench.client.call('rolling.resume', { rollingId: stopped.id, confirmedNames });
    await expect(resume([])).rejects.toThrow('two is read-only');
    await resume(['two']);
    const done = await until('done');
    expect(done.members.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(done.members[0]?.reloadId).toBe(stopped.members[0]?.reloadId);
  });
});
