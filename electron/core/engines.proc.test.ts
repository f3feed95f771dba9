/** The core with the bundled engine: the first start, running one's own file, failing well, and leaving nothing behind. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instance } from '../contract/model.ts';
import { RpcError } from '../rpc/errors.ts';
import { readProcess } from './discover/processes.ts';
import { APP, CoreBench } from './testing/core-bench.ts';
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

async function writeShop(more: string[] = [], app = APP): Promise<{ config: string; url: string; port: number }> {
  const port = await bench.freePort();
  await bench.write('shop/app.py', app);
  const lines = [
    '[uwsgi]',
    `http-socket = 127.0.0.1:${port}`,
    'wsgi-file = app.py',
    'processes = 2',
    'need-app = true',
    ...more,
  ];
  const config = await bench.write('shop/uwsgi.ini', `${lines.join('\n')}\n`);
  return { config, url: `http://127.0.0.1:${port}`, port };
}

async function until(id: string, what: string, look: (instance: Instance) => boolean): Promise<Instance> {
  return waitUntil(what, async () => {
    const instance = await bench.instance(id);
    return look(instance) ? instance : null;
  });
}

async function runShop(config: string): Promise<Instance> {
  const { id } = await bench.client.call('engine.run', { path: config });
  return until(
    id,
    'the engine to serve',
    (one) => one.engine?.status === 'running' && (one.figures?.workers ?? 0) > 0 && one.runtime !== null,
  );
}

/** Never to pid 0: that is the test itself. */
function signalTo(pid: number | null | undefined, signal: NodeJS.Signals): void {
  if (pid === null || pid === undefined || pid <= 1) throw new Error('there is no such process');
  process.kill(pid, signal);
}

async function reload(instanceId: string) {
  const runs = bench.collect('reload.changed');
  await bench.client.call('reload.start', { instanceId, method: 'fifo-graceful' });
  return waitUntil('the verdict', () => runs.find((run) => run.phase === 'finished'));
}

describe('the first start', () => {
  it('runs the sample under its own gentle load, on ports that are free', async () => {
    const client = await bench.startCore({ autoStart: true });
    const sample = await waitUntil('the sample', async () => (await client.call('instances.list', {})).instances[0]);
    expect(sample).toMatchObject({ name: 'hello', kind: 'engine', sample: true });
    const live = await until(sample.id, 'requests on the sample', (one) => (one.figures?.reqPerSec ?? 0) > 1);
    expect(live).toMatchObject({ health: { level: 'ok', word: 'running' }, harakiriMs: 30_000 });
    expect(live.runtime).toMatch(/^Python 3\./);
    expect((await fetch(live.url ?? '')).status).toBe(200);
    const slow = await client.call('sample.slow', { seconds: 3 });
    expect(slow.url).toBe(`${live.url}/slow?s=3`);
    await until(sample.id, 'the slow request', (one) => (one.figures?.busy ?? 0) > 0);
    await client.call('sample.load', { on: false });
    await until(sample.id, 'the load to end', (one) => one.figures?.reqPerSec === 0);
    expect((await client.call('settings.get', {})).sampleLoad).toBe(false);
  });

  it('takes other ports when another program took one of them before the engine could', async () => {
    const thief = createServer();
    const stolen: number[] = [];
    const client = await bench.startCore({
      autoStart: true,
      beforeSpawn: ({ cwd }) => {
        if (stolen.length > 0) return;
        const text = readFileSync(join(cwd, 'uwsgi.ini'), 'utf8');
        const port = Number(/^http-socket = 127\.0\.0\.1:(\d+)$/m.exec(text)?.[1]);
        stolen.push(port);
        thief.listen(port, '127.0.0.1');
      },
    });
    try {
      const sample = await waitUntil('the sample', async () => (await client.call('instances.list', {})).instances[0]);
      const running = await until(sample.id, 'the sample to run', (one) => one.engine?.status === 'running');
      expect(new URL(running.url ?? '').port).not.toBe(String(stolen[0]));
    } finally {
      thief.close();
    }
  });

  it('with no python3 runs the JavaScript sample', async () => {
    const client = await bench.startCore({ autoStart: true, env: { PATH: join(bench.folder, 'nothing') } });
    const sample = await waitUntil('the sample', async () => (await client.call('instances.list', {})).instances[0]);
    expect(await readFile(sample.configPath ?? '', 'utf8')).toContain('js-app');
  });

  it('is only once: the next start finds everything and starts what ran', async () => {
    let client = await bench.startCore({ autoStart: true });
    const sample = await waitUntil('the sample', async () => (await client.call('instances.list', {})).instances[0]);
    await until(sample.id, 'the sample to run', (one) => one.engine?.status === 'running');
    await client.call('settings.set', { theme: 'light' });
    client = await bench.startCore({ autoStart: true });
    expect((await client.call('settings.get', {})).theme).toBe('light');
    await until(sample.id, 'the sample to run again', (one) => one.engine?.status === 'running');
    expect((await client.call('instances.list', {})).instances).toHaveLength(1);
    await client.call('engine.stop', { instanceId: sample.id });
    client = await bench.startCore({ autoStart: true });
    expect((await bench.instance(sample.id)).engine?.status).toBe('stopped');
  });
});

describe("one's own file on the bundled engine", () => {
  it('is inspected, run, restarted and stopped, and its file is never touched', async () => {
    const { config, url } = await writeShop();
    const before = await readFile(config, 'utf8');
    const client = await bench.startCore();
    const inspection = await client.call('engine.inspect', { path: join(bench.folder, 'shop') });
    expect(inspection).toMatchObject({
      path: config,
      app: 'wsgi-file = app.py',
      commands: [],
      statsAddress: null,
      listeners: [`http-socket = ${url.replace('http://', '')}`],
    });
    const shop = await runShop(config);
    expect(shop).toMatchObject({ name: 'shop', url, link: { status: 'attached' } });
    expect((await fetch(url)).status).toBe(200);
    const log = await client.call('log.read', { instanceId: shop.id, most: 100 });
    expect(log.map((line) => line.seq)).toEqual(log.map((_, i) => i + 1));
    await waitUntil('the request among the lines', async () =>
      (await client.call('log.read', { instanceId: shop.id, most: 100 })).some((line) => line.level === 'request'),
    );
    await client.call('engine.restart', { instanceId: shop.id });
    const again = await until(
      shop.id,
      'another engine',
      (one) => one.engine?.status === 'running' && one.engine.pid !== shop.engine?.pid,
    );
    await client.call('engine.stop', { instanceId: shop.id });
    expect(await bench.instance(shop.id)).toMatchObject({
      engine: { status: 'stopped' },
      health: { level: 'off' },
      link: { status: 'idle' },
    });
    expect(await readProcess(again.engine?.pid ?? 0)).toBeNull();
    expect(await readFile(config, 'utf8')).toBe(before);
  });

  it('is reloaded with proof through the FIFO that Reeve added', async () => {
    const { config } = await writeShop();
    await bench.startCore();
    const shop = await runShop(config);
    const file = await bench.client.call('config.read', { instanceId: shop.id });
    const text = file.text.replace('processes = 2', 'processes = 4');
    await bench.client.call('config.save', { instanceId: shop.id, text, baseVersion: file.version });
    const run = await reload(shop.id);
    expect(run.verdict).toMatchObject({ status: 'done', detail: expect.stringContaining('There were 2 before.') });
    expect(run.workers).toHaveLength(4);
    expect((await bench.instance(shop.id)).figures?.workers).toBe(4);
  });

  it('is followed to another stats address when its file names one and it is reloaded', async () => {
    const first = join(bench.folder, 'first.stats');
    const second = join(bench.folder, 'second.stats');
    const { config } = await writeShop([`stats = ${first}`]);
    await bench.startCore();
    const shop = await runShop(config);
    expect(shop.statsAddress).toBe(first);
    await writeFile(config, (await readFile(config, 'utf8')).replace(first, second));
    const run = await reload(shop.id);
    expect(run.verdict?.status).toBe('done');
    expect(await bench.instance(shop.id)).toMatchObject({ statsAddress: second, link: { status: 'attached' } });
  });

  it('with logto has failed with the reason that is in that file', async () => {
    const { config } = await writeShop(['logto = shop.log'], 'import no_such_module\n');
    await bench.startCore();
    const { id } = await bench.client.call('engine.run', { path: config });
    const failed = await until(id, 'the failure', (one) => one.engine?.status === 'failed');
    expect(failed.engine?.error).toContain('no_such_module');
  });

  it.each(['logto', 'daemonize'])('with %s shows that file as its log, and stays its engine', async (option) => {
    const { config } = await writeShop([`${option} = shop.log`]);
    await bench.startCore();
    const shop = await runShop(config);
    await waitUntil('a line of the file', async () =>
      (await bench.client.call('log.read', { instanceId: shop.id, most: 100 })).some((line) =>
        /spawned worker/.test(line.text),
      ),
    );
  });

  it('that can not be imported has failed, with its traceback', async () => {
    const { config } = await writeShop([], 'import no_such_module\n');
    const client = await bench.startCore();
    const { id } = await client.call('engine.run', { path: config });
    const failed = await until(id, 'the failure', (one) => one.engine?.status === 'failed');
    expect(failed.engine?.error).toMatch(/Traceback[^]*ModuleNotFoundError: No module named 'no_such_module'/);
    expect(failed.health).toMatchObject({ level: 'crit', word: 'failed' });
  });

  it('that can not be imported and need not be says that there is no application, until it is mended', async () => {
    const { config } = await writeShop(['need-app = false'], 'import nothing_of_this_name\n');
    await bench.startCore();
    const { id } = await bench.client.call('engine.run', { path: config });
    const { health } = await until(id, 'the word', (one) => one.health.word === 'no application');
    expect(health.level).toBe('crit');
    expect(health.sentence).toContain('(wsgi-file = app.py)');
    await bench.write('shop/app.py', APP);
    await reload(id);
    await until(id, 'all to be well', (one) => one.health.word === 'running');
  });

  it('on a port that is in use has failed and says which', async () => {
    const { config, port } = await writeShop();
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(port, '127.0.0.1', resolve);
    });
    const client = await bench.startCore();
    const { id } = await client.call('engine.run', { path: config });
    const failed = await until(id, 'the failure', (one) => one.engine?.status === 'failed');
    expect(failed.engine?.error).toContain(String(port));
    await new Promise((resolve) => other.close(resolve));
    await client.call('engine.start', { instanceId: id });
    await until(id, 'the engine to run', (one) => one.engine?.status === 'running');
  });

  it('with an option that does not exist has failed and names it with its line', async () => {
    const { config } = await writeShop(['procesess = 4']);
    const client = await bench.startCore();
    const { id } = await client.call('engine.run', { path: config });
    const failed = await until(id, 'the failure', (one) => one.engine?.status === 'failed');
    expect(failed.engine?.error).toContain('procesess');
    expect(failed.engine?.error).toContain(':6');
  });

  it('whose new code does not load serves on with the old, and the reload says so', async () => {
    const { config, url } = await writeShop();
    await bench.startCore();
    const shop = await runShop(config);
    await writeFile(join(bench.folder, 'shop/app.py'), 'raise RuntimeError("broken on purpose")\n');
    const run = await reload(shop.id);
    expect(run.verdict).toMatchObject({
      status: 'failed',
      title: 'The new workers could not be loaded. The old ones serve on.',
    });
    expect(run.verdict?.detail).toContain('broken on purpose');
    expect((await fetch(url)).status).toBe(200);
    expect((await bench.instance(shop.id)).health.level).toBe('ok');
  });

  it('that is stopped goes on to tick, without data', async () => {
    const { config } = await writeShop();
    await bench.startCore();
    const shop = await runShop(config);
    const ticks = bench.collect('tick');
    await bench.client.call('instances.watch', { instanceId: shop.id });
    await bench.client.call('engine.stop', { instanceId: shop.id });
    const seen = ticks.length;
    await waitUntil('ticks of a stopped engine', () => ticks.length >= seen + 2);
    expect(ticks.slice(seen).every((tick) => tick.row === null && tick.states === '')).toBe(true);
  });

  it('that is killed is shown as failed, and a worker that is killed as respawned', async () => {
    const { config } = await writeShop();
    await bench.startCore();
    const shop = await runShop(config);
    const ticks = bench.collect('tick');
    const { workers } = await bench.client.call('instances.watch', { instanceId: shop.id });
    signalTo(workers[0]?.pid, 'SIGKILL');
    const event = await waitUntil('the respawn', () =>
      ticks.flatMap((tick) => tick.events).find((one) => one.type === 'respawn'),
    );
    expect(event.title).toMatch(/^Worker \d respawned, pid \d+ is now \d+$/);
    signalTo(shop.engine?.pid, 'SIGKILL');
    const failed = await until(shop.id, 'the failure', (one) => one.engine?.status === 'failed');
    expect(failed.link.status).toBe('idle');
  });

  it('that runs commands is run only after they were accepted, and asked about again when they change', async () => {
    const marker = join(bench.folder, 'hook-has-run');
    const { config } = await writeShop([`hook-asap = exec:touch ${marker}`]);
    const client = await bench.startCore();
    const inspection = await client.call('engine.inspect', { path: config });
    expect(inspection.commands).toMatchObject([{ option: 'hook-asap', line: 6 }]);
    expect(inspection.trusted).toBe(false);
    expect((await failure(client.call('engine.run', { path: config }))).code).toBe('trust-needed');
    expect((await client.call('instances.list', {})).instances).toEqual([]);
    expect(existsSync(marker)).toBe(false);
    const { id } = await client.call('engine.run', { path: config, trustDigest: inspection.digest });
    await until(id, 'the start', (one) => one.engine?.status === 'running');
    expect(existsSync(marker)).toBe(true);
    await client.call('engine.stop', { instanceId: id });
    expect((await client.call('engine.inspect', { path: config })).trusted).toBe(true);
    await writeFile(config, `${await readFile(config, 'utf8')}hook-asap = exec:false\n`);
    expect((await failure(client.call('engine.start', { instanceId: id }))).code).toBe('trust-needed');
  });
});

describe('at the end', () => {
  it('an engine that outlived a killed Reeve is ended by the next one, and no other process with its pid', async () => {
    const engine = spawn('sleep', ['1000']);
    const bystander = spawn('sleep', ['1000']);
    const ended = new Promise((resolve) => engine.once('exit', (_code, signal) => resolve(signal)));
    try {
      const info = await waitUntil('the process', async () => readProcess(engine.pid ?? -1));
      await bench.write('data/run/a.pid', JSON.stringify({ pid: engine.pid, startedAtMs: info.startedAtMs }));
      await bench.write('data/run/a.fifo', '');
      await bench.write('data/run/b.pid', JSON.stringify({ pid: bystander.pid, startedAtMs: 12_345 }));
      await bench.startCore();
      expect(await ended).toBe('SIGINT');
      expect(bystander.exitCode).toBeNull();
      expect(await readdir(join(bench.folder, 'data/run'))).toEqual([]);
    } finally {
      engine.kill('SIGKILL');
      bystander.kill('SIGKILL');
    }
  });

  it('nothing of an engine is left, not even one that does not want to end', async () => {
    const { config } = await writeShop();
    await bench.startCore();
    const shop = await runShop(config);
    const { workers } = await bench.client.call('instances.watch', { instanceId: shop.id });
    signalTo(shop.engine?.pid, 'SIGSTOP');
    const started = performance.now();
    await bench.stopCore();
    expect(performance.now() - started).toBeLessThan(15_000);
    for (const pid of [shop.engine?.pid ?? 0, ...workers.map((worker) => worker.pid)]) {
      await waitUntil(`process ${pid} to be gone`, async () => (await readProcess(pid)) === null);
    }
  });
});
