/** Reloads and small actions of a real uWSGI, each with the verdict that it has to get. */
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instance } from '../../contract/model.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

let bench: CoreBench;
let port = 0;

beforeEach(async (context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
  bench = await CoreBench.make();
  port = await bench.freePort();
});

afterEach(async () => {
  await bench?.dispose();
});

async function start(app: string, ...options: string[]): Promise<Instance> {
  await bench.write('app.py', app);
  const lines = [
    'plugins = python3',
    'master = true',
    'processes = 2',
    `http-socket = 127.0.0.1:${port}`,
    'wsgi-file = %d/app.py',
    'stats = %d/stats.sock',
    'logto = %d/uwsgi.log',
    ...options,
  ];
  const ini = await bench.write('shop.ini', `[uwsgi]\n${lines.join('\n')}\n`);
  await bench.startUwsgi(['--ini', ini]);
  const client = await bench.startCore();
  const statsAddress = join(bench.folder, 'stats.sock');
  let id = '';
  await waitUntil('uWSGI to answer', async () => {
    id = await client.call('instances.attach', { statsAddress }).then(
      (instance) => instance.id,
      () => '',
    );
    return id !== '';
  });
  await waitUntil('figures', async () => (await bench.instance(id)).masterPid !== null);
  return bench.instance(id);
}

async function reload(instance: Instance, method: string, during?: () => void | Promise<void>): Promise<ReloadRun> {
  const { id } = await bench.client.call('reload.start', { instanceId: instance.id, method });
  await during?.();
  await waitUntil('the verdict', async () => {
    const run = await bench.client.call('reload.get', { reloadId: id });
    return run.phase === 'finished' && (!/died|failed/.test(run.verdict?.status ?? '') || run.logTail.length > 0);
  });
  return bench.client.call('reload.get', { reloadId: id });
}

function ask(path: string): void {
  const socket = createConnection(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.0\r\n\r\n`));
  socket.on('error', () => {});
  socket.resume();
}

const plan = async (instance: Instance) => bench.client.call('reload.plan', { instanceId: instance.id });

describe('a reload of a real uWSGI', () => {
  it('without lazy-apps is a full one by its FIFO, and is proven', async () => {
    const instance = await start(APP, 'master-fifo = %d/m.fifo', 'touch-chain-reload = %d/chain');
    const planned = await plan(instance);
    expect(planned).toMatchObject({ recommended: 'fifo-graceful', needsName: false, sudo: false });
    expect(planned.why).toContain('without lazy-apps only a full reload brings new code');
    expect(planned.checks.find(({ id }) => id === 'fifo')?.value).toMatch(/^prw------- \w+/);
    expect(planned.methods.find(({ id }) => id === 'touch-chain')?.enabled).toBe(true);
    const run = await reload(instance, 'fifo-graceful');
    expect(run.verdict).toMatchObject({ status: 'done' });
    expect(run.verdict?.detail).toContain('idle and accepting');
    expect(run.subject).toMatchObject({ name: instance.name, hostName: expect.any(String) });
  });

  it('with lazy-apps is a chain, through which each worker comes to serve', async () => {
    const instance = await start(`import time; time.sleep(1)\n${APP}`, 'lazy-apps = true', 'master-fifo = %d/m.fifo');
    const planned = await plan(instance);
    expect(planned.recommended).toBe('fifo-chain');
    expect(planned.forecast.text).toContain('One of 2 workers at a time');
    const load = setInterval(() => ask('/'), 50);
    const run = await reload(instance, 'fifo-chain').finally(() => clearInterval(load));
    expect(run.verdict).toMatchObject({ status: 'done' });
    expect(run.verdict?.detail).toContain('has served since');
    expect(run.answered).toBeGreaterThan(5);
  });

  it('is stuck at the worker that hangs, and names it and what it runs', async () => {
    const instance = await start(APP, 'worker-reload-mercy = 10', 'master-fifo = %d/m.fifo');
    ask('/slow?60');
    await waitUntil('the slow request', async () => (await bench.instance(instance.id)).figures?.busy === 1);
    const { id } = await bench.client.call('reload.start', { instanceId: instance.id, method: 'fifo-graceful' });
    let status: ReloadRun['verdict'] = null;
    await waitUntil('the verdict stuck', async () => {
      status = (await bench.client.call('reload.get', { reloadId: id })).verdict;
      return status?.status === 'stuck';
    });
    expect(status).toMatchObject({ detail: expect.stringMatching(/Worker \d is still in GET \/slow after \d\.\d s/) });
  });

  it('has died when its master is killed, and has the last lines of its log', async () => {
    const instance = await start(APP, 'lazy-apps = true', 'master-fifo = %d/m.fifo');
    const run = await reload(instance, 'fifo-graceful', () => {
      process.kill(instance.masterPid ?? 0, 'SIGKILL');
    });
    expect(run.verdict).toMatchObject({ status: 'died' });
    // What it wrote last depends on when it was killed.
    expect(run.logTail.join('\n')).toMatch(/master disconnected|gracefully/i);
  });

  it('has failed when the application does not load any more, and says why', async () => {
    const instance = await start(APP, 'master-fifo = %d/m.fifo');
    await bench.write('app.py', 'import nothing_of_that_name\n');
    const run = await reload(instance, 'fifo-graceful');
    expect(run.verdict).toMatchObject({ status: 'failed' });
    expect(run.verdict?.title).toContain('No application is loaded any more');
    expect(run.logTail.join('\n')).toContain("No module named 'nothing_of_that_name'");
  });

  it('without a FIFO is a signal to its master', async () => {
    const instance = await start(APP);
    expect((await plan(instance)).recommended).toBe('signal');
    expect((await reload(instance, 'signal')).verdict?.status).toBe('done');
    await expect(reload(instance, 'fifo-graceful')).rejects.toThrow("no 'master-fifo'");
  });

  it('needs the name typed where a tag makes it read-only', async () => {
    const instance = await start(APP, 'master-fifo = %d/m.fifo');
    await bench.client.call('settings.set', { readOnlyTags: ['prod'] });
    await bench.client.call('instances.tag', { instanceIds: [instance.id], add: ['prod'], remove: [] });
    const params = { instanceId: instance.id, method: 'fifo-graceful' };
    expect((await plan(instance)).needsName).toBe(true);
    await expect(bench.client.call('reload.start', params)).rejects.toThrow('has to be typed');
    await expect(bench.client.call('reload.start', { ...params, confirmedName: 'other' })).rejects.toThrow();
    await expect(
      bench.client.call('action.run', { instanceId: instance.id, kind: 'stop', confirmedName: 'other' }),
    ).rejects.toThrow('has to be typed');
    const { phase } = await bench.client.call('reload.start', { ...params, confirmedName: instance.name });
    expect(phase).toBe('watching');
  });
});

describe('the small actions on a real uWSGI', () => {
  it('respawn a worker, pause, resume, rotate the log, scale and stop, each proven', async () => {
    const instance = await start(APP, 'master-fifo = %d/m.fifo', 'cheaper = 1', 'cheaper-algo = manual');
    const instanceId = instance.id;
    const run = async (kind: 'pause' | 'scale-up' | 'scale-down' | 'log-rotate' | 'stop' | 'respawn-worker') =>
      bench.client.call('action.run', { instanceId, kind, wid: 1 });
    expect(await bench.client.call('action.plan', { instanceId, kind: 'scale-down' })).toMatchObject({
      enabled: false,
      whyNot: 'Only one worker runs: nobody would serve.',
    });
    expect(await run('scale-up')).toMatchObject({ status: 'done', detail: expect.stringContaining('2 workers run') });
    await waitUntil('two workers', async () => (await bench.instance(instanceId)).figures?.workers === 2);
    expect(await run('respawn-worker')).toMatchObject({ status: 'done' });
    expect(await run('pause')).toMatchObject({ status: 'done', title: 'Pause: done.' });
    await waitUntil('the pause', async () => {
      const { title } = await bench.client.call('action.plan', { instanceId, kind: 'pause' });
      return title === 'Resume';
    });
    expect(await run('pause')).toMatchObject({ status: 'done', title: 'Resume: done.' });
    const planned = await bench.client.call('action.plan', { instanceId, kind: 'log-rotate' });
    expect(planned).toMatchObject({ acceptedBefore: false, action: expect.arrayContaining(['write "L", close']) });
    expect(await run('log-rotate')).toMatchObject({ status: 'done' });
    expect((await bench.client.call('action.plan', { instanceId, kind: 'log-rotate' })).acceptedBefore).toBe(true);
    expect(await run('stop')).toMatchObject({ status: 'done', detail: expect.stringContaining('The master ended') });
    expect(await readFile(join(bench.folder, 'uwsgi.log'), 'utf8')).not.toBe('');
  });
});
