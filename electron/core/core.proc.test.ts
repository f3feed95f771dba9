/** The core against a real uWSGI: attach, watch, reload with proof, lose and find it again, edit its file. */
import { utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_COLUMNS } from '../contract/model.ts';
import { RpcError } from '../rpc/errors.ts';
import { APP, CoreBench, hasUwsgi } from './testing/core-bench.ts';
import { waitUntil } from './testing/wait-until.ts';

let bench: CoreBench;

beforeEach(async () => {
  bench = await CoreBench.make();
});

afterEach(async () => {
  await bench.dispose();
});

async function failure(promise: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof RpcError) return error;
  throw new Error('the call did not fail');
}

async function startShop(
  more: string[] = [],
): Promise<{ stats: string; config: string; url: string; kill: () => void }> {
  const port = await bench.freePort();
  const stats = join(bench.folder, 'shop.stats');
  await bench.write('app.py', APP);
  const lines = [
    '[uwsgi]',
    'plugins = python3',
    `http-socket = 127.0.0.1:${port}`,
    'wsgi-file = app.py',
    'master = true',
    'processes = 2',
    `stats = ${stats}`,
    'master-fifo = shop.fifo',
    'touch-reload = %d/touch.me',
    'harakiri = 40',
    'worker-reload-mercy = 20',
    'logto = shop.log',
    ...more,
  ];
  await bench.write('touch.me', '');
  const config = await bench.write('shop.ini', `${lines.join('\n')}\n`);
  const child = await bench.startUwsgi(['--ini', config]);
  return { stats, config, url: `http://127.0.0.1:${port}`, kill: () => child.kill('SIGKILL') };
}

async function attach(stats: string): Promise<string> {
  const instance = await waitUntil('the server to answer', async () =>
    bench.client.call('instances.attach', { statsAddress: stats }).catch(() => null),
  );
  await waitUntil('the link', async () => (await bench.instance(instance.id)).link.status === 'attached');
  return instance.id;
}

async function reload(instanceId: string, method: string) {
  const runs = bench.collect('reload.changed');
  await bench.client.call('reload.start', { instanceId, method });
  return waitUntil('the verdict', () => runs.find((run) => run.phase === 'finished'));
}

describe('a real uWSGI', () => {
  beforeEach((context) => context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed'));

  it('is attached by its stats address and known by its process and configuration', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    const instance = await bench.instance(id);
    expect(instance).toMatchObject({
      name: 'shop',
      kind: 'attached',
      configPath: shop.config,
      harakiriMs: 40_000,
      url: shop.url,
      cwd: bench.folder,
      health: { level: 'ok', word: 'serving' },
    });
    const upSinceMs = await waitUntil('its age', async () => (await bench.instance(id)).upSinceMs);
    expect(Math.abs(Date.now() - upSinceMs)).toBeLessThan(60_000);
    const again = await bench.client.call('instances.attach', { statsAddress: shop.stats });
    expect(again.id).toBe(id);
    const discovered = await bench.client.call('instances.discover', {});
    expect(discovered.filter((found) => found.instanceId === id)).toHaveLength(1);
  });

  it('is polled once a second into rates that fit what was asked of it', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    const ticks = bench.collect('tick');
    await bench.client.call('instances.watch', { instanceId: id });
    await waitUntil('a first tick', () => ticks.length > 0);
    for (let i = 0; i < 20; i += 1) await (await fetch(shop.url)).text();
    const column = SAMPLE_COLUMNS.indexOf('reqPerSec');
    const sum = (): number =>
      ticks.reduce((total, tick, i) => {
        const seconds = (tick.atMs - (ticks[i - 1]?.atMs ?? tick.atMs)) / 1000;
        return total + (tick.row?.[column] ?? 0) * seconds;
      }, 0);
    await waitUntil('the rates to add up to 20 requests', () => sum() > 18 && sum() < 22);
    expect(ticks.map((tick) => tick.seq)).toEqual(ticks.map((_, i) => i + 1));
    await bench.client.call('instances.unwatch', { instanceId: id });
    const count = ticks.length;
    const before = (await bench.instance(id)).figures?.atMs ?? 0;
    await waitUntil('another poll', async () => ((await bench.instance(id)).figures?.atMs ?? 0) > before);
    expect(ticks).toHaveLength(count);
  });

  it('shows the request that runs with its deadline, and hides its secrets', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    const ticks = bench.collect('tick');
    await bench.client.call('instances.watch', { instanceId: id });
    const asked = fetch(`${shop.url}/slow?4`, { headers: { cookie: 'session=abc', authorization: 'Bearer xyz' } });
    const tick = await waitUntil('the running request', () => ticks.find((one) => one.requests.length > 0));
    expect(tick.requests[0]).toMatchObject({ method: 'GET', path: '/slow', remoteAddr: '127.0.0.1' });
    expect(tick.requests[0]?.leftMs).toBeGreaterThan(30_000);
    expect(tick.states).toContain('b');
    expect(JSON.stringify(tick)).not.toMatch(/abc|xyz/);
    expect(tick.workers.find((worker) => worker.status === 'busy')?.nowServing).toBe('GET /slow');
    expect((await asked).status).toBe(200);
  });

  it.each(['fifo-graceful', 'fifo-workers', 'touch', 'signal'])(
    'is reloaded by %s with the verdict done',
    async (method) => {
      const shop = await startShop();
      await bench.startCore();
      const id = await attach(shop.stats);
      const plan = await bench.client.call('reload.plan', { instanceId: id });
      expect(plan.recommended).toBe('fifo-graceful');
      expect(plan.checks.map((check) => `${check.id} ${check.status}`)).toEqual([
        'fifo pass',
        'fifo-reader pass',
        'config pass',
        'lazy-apps pass',
        'mercy pass',
        'queue pass',
        'longest pass',
      ]);
      const run = await reload(id, method);
      expect(run.verdict).toMatchObject({ status: 'done', title: expect.stringContaining('All 2 workers are new.') });
      expect(run.workers.every((worker) => worker.newPid !== null && worker.newPid !== worker.oldPid)).toBe(true);
      expect((await bench.client.call('reload.list', { instanceId: id })).map((kept) => kept.id)).toEqual([run.id]);
      const instance = await bench.instance(id);
      expect(instance.lastReloadAtMs).toBe(run.startedAtMs);
      expect(instance.link.status).toBe('attached');
      expect((await bench.client.call('reload.plan', { instanceId: id })).acceptedBefore).toBe(
        method === 'fifo-graceful',
      );
    },
  );

  it('is reloaded with more workers than before after its file was edited and saved', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    const file = await bench.client.call('config.read', { instanceId: id });
    expect(file).toMatchObject({ path: shop.config, writable: true });
    const text = file.text.replace('processes = 2', 'processes = 4');
    const saved = await bench.client.call('config.save', { instanceId: id, text, baseVersion: file.version });
    expect(saved).toMatchObject({ status: 'saved', reloadsOnSave: false });
    const stale = await bench.client.call('config.save', { instanceId: id, text: 'mine', baseVersion: file.version });
    expect(stale).toMatchObject({ status: 'conflict', disk: { text } });
    const run = await reload(id, 'fifo-graceful');
    expect(run.verdict).toMatchObject({ status: 'done', detail: expect.stringContaining('There were 2 before.') });
    expect(run.workers.map((worker) => worker.oldPid > 0)).toEqual([true, true, false, false]);
  });

  it('that waits for a request shows the worker as stuck until it ends, and is done then', async () => {
    // Half of the mercy is what counts as stuck.
    const shop = await startShop(['worker-reload-mercy = 10']);
    await bench.startCore();
    const id = await attach(shop.stats);
    const asked = fetch(`${shop.url}/slow?8`);
    await waitUntil('the request to run', async () => (await bench.instance(id)).figures?.busy === 1);
    const runs = bench.collect('reload.changed');
    await bench.client.call('reload.start', { instanceId: id, method: 'fifo-workers' });
    const stuck = await waitUntil('the worker to be called stuck', () =>
      runs.find((run) => run.verdict?.status === 'stuck'),
    );
    expect(stuck.verdict?.detail).toMatch(/Worker \d is still in GET \/slow after \d\.\d s; mercy ends in \d/);
    expect((await asked).status).toBe(200);
    const end = await waitUntil('the verdict', () => runs.find((run) => run.phase === 'finished'));
    expect(end.verdict?.status).toBe('done');
    expect(end.cutOff).toBe(0);
  });

  it('whose file is broken is not sent into a full reload', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    await writeFile(shop.config, '[uwsgi]\nini = /does/not/exist.ini\n');
    const plan = await bench.client.call('reload.plan', { instanceId: id });
    expect(plan.methods.filter((method) => method.enabled).map((method) => method.id)).not.toContain('fifo-graceful');
    expect(plan.checks.find((check) => check.id === 'config')?.status).toBe('fail');
    const error = await failure(bench.client.call('reload.start', { instanceId: id, method: 'signal' }));
    expect(error.code).toBe('reload-method');
  });

  it('that disappears is lost with the reason and the next try, and comes back by itself', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    const ticks = bench.collect('tick');
    await bench.client.call('instances.watch', { instanceId: id });
    await waitUntil('a tick', () => ticks.length > 1);
    shop.kill();
    const lost = await waitUntil('the loss', async () => {
      const instance = await bench.instance(id);
      return instance.link.status === 'waiting' && instance.link.tries.length >= 3 ? instance : null;
    });
    expect(lost.health).toMatchObject({ level: 'lost', word: 'link lost' });
    expect(lost.link.code).toMatch(/^stats-(refused|no-socket)$/);
    expect(lost.link.nextTryAtMs).toBeGreaterThan(Date.now() - 1000);
    expect(lost.figures).not.toBeNull();
    await bench.startUwsgi(['--ini', shop.config]);
    await waitUntil('the server to come back', async () => {
      await bench.client.call('instances.retry', { instanceId: id });
      return (await bench.instance(id)).link.status === 'attached';
    });
    await waitUntil('samples after a gap', () => ticks.some((tick) => tick.row === null) && ticks.at(-1)?.row !== null);
    await waitUntil('the gap among the events', () =>
      ticks.some((tick) => tick.events.some((event) => event.type === 'gap')),
    );
  });

  it('that is given up is not tried until it is asked for', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    shop.kill();
    const lost = await waitUntil('the loss', async () => {
      const instance = await bench.instance(id);
      return instance.link.status === 'waiting' ? instance : null;
    });
    await bench.client.call('instances.pause', { instanceId: id });
    const paused = await bench.instance(id);
    expect(paused.link).toMatchObject({ status: 'idle', nextTryAtMs: null, reason: lost.link.reason });
    expect(paused.health).toMatchObject({ level: 'off', word: 'not attached' });
    await bench.startUwsgi(['--ini', shop.config]);
    await waitUntil('the server to come back', async () => {
      await bench.client.call('instances.retry', { instanceId: id });
      return (await bench.instance(id)).link.status === 'attached';
    });
  });

  it('is there again after Reeve was started anew, with its name', async () => {
    const shop = await startShop();
    await bench.startCore();
    const id = await attach(shop.stats);
    await bench.client.call('instances.rename', { instanceId: id, name: 'the shop' });
    await bench.startCore();
    await waitUntil('the link', async () => (await bench.instance(id)).link.status === 'attached');
    expect((await bench.instance(id)).name).toBe('the shop');
    await bench.client.call('instances.remove', { instanceId: id });
    expect((await failure(bench.client.call('instances.watch', { instanceId: id }))).code).toBe('instance-unknown');
  });
});

describe('what is no uWSGI', () => {
  let servers: Server[] = [];

  afterEach(async () => {
    await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))));
    servers = [];
  });

  async function serve(text: string): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(text);
    });
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
  }

  it('is not attached, and the error says what it is and what to do', async () => {
    await bench.startCore();
    const ssh = await failure(
      bench.client.call('instances.attach', { statsAddress: await serve('SSH-2.0-OpenSSH_9\r\n') }),
    );
    expect(ssh).toMatchObject({ code: 'stats-ssh-server', hint: expect.stringContaining('stats') });
    const garbage = await serve('x'.repeat(5 * 1024 * 1024));
    expect((await failure(bench.client.call('instances.attach', { statsAddress: garbage }))).code).toBe(
      'stats-not-json',
    );
    const nobody = await failure(bench.client.call('instances.attach', { statsAddress: join(bench.folder, 'none') }));
    expect(nobody.code).toBe('stats-no-socket');
    expect((await bench.client.call('instances.list', {})).instances).toEqual([]);
  });

  it('has no files that are read and no addresses that are opened', async () => {
    await bench.startCore();
    const url = await failure(bench.client.call('shell.openUrl', { url: 'http://example.com/' }));
    expect(url.code).toBe('url-not-known');
    const list = await bench.client.call('files.list', { path: '' });
    expect(list.path).toBe(bench.folder);
    const inspect = await failure(bench.client.call('engine.inspect', { path: bench.folder }));
    expect(inspect.code).toBe('config-not-found');
    await utimes(bench.folder, new Date(), new Date());
  });
});
