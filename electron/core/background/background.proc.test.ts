/** What runs beside the requests of a real uWSGI, seen here and over SSH, and changes of its tasks. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Background, SpoolList, TaskRow } from '../../contract/background-model.ts';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { taskBytes, writeTask } from './testing/task-file.ts';

/** Tasks with `hold` run until its file is there; those with `fail` are kept. */
const APP = `import os, time, uwsgi

def run(env):
    hold = env.get(b'hold')
    while hold and not os.path.exists(hold):
        time.sleep(0.02)
    return uwsgi.SPOOL_RETRY if env.get(b'fail') else uwsgi.SPOOL_OK

uwsgi.spooler = run

def application(environ, start_response):
    uwsgi.cache_get(environ['QUERY_STRING'], 'pages')
    start_response('200 OK', [])
    return [b'']
`;

describe.each(['local', 'ssh'] as const)('a real uWSGI with work beside its requests, %s', (way) => {
  let bench: CoreBench;
  let web: Sshd | null = null;
  let standIns: CoreBench;
  let id = '';
  let queue = '';
  let port = 0;
  let seen: Background | null = null;

  beforeAll(async () => {
    bench = await CoreBench.make();
    standIns = await CoreBench.make();
    if (way === 'ssh') {
      web = await Sshd.start({ path: standIns.folder });
      await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web }]);
    }
    queue = join(bench.folder, 'q');
    await mkdir(queue);
    await mkdir(join(bench.folder, 'far'));
    port = await bench.freePort();
    await bench.write('app.py', APP);
    const ini = await bench.write('uwsgi.ini', INI.replace('PORT', String(port)));
    await bench.startUwsgi(['--plugin', 'python3', '--ini', ini]);
    const stats = join(bench.folder, 'app.stats');
    await waitUntil('the stats socket', () => existsSync(stats));
    const client = await bench.startCore();
    const instance = await client.call('instances.attach', {
      statsAddress: way === 'ssh' ? `ssh://web1${stats}` : stats,
    });
    id = instance.id;
    client.on('background.changed', ({ background }) => {
      seen = background;
    });
    const { background } = await client.call('background.watch', { instanceId: id });
    seen ??= background;
    await waitUntil('its configuration', () => (seen?.mules.length ?? 0) > 0);
  });

  afterAll(async () => {
    await bench?.dispose();
    await web?.dispose();
    await standIns?.dispose();
  });

  beforeEach(async () => {
    await waitUntil('an empty queue', async () => (await readdir(queue)).length === 0);
  });

  const list = async (folder = queue): Promise<SpoolList> =>
    bench.client.call('spool.list', { instanceId: id, folder });

  async function tasksIn(folder = queue): Promise<TaskRow[]> {
    const found = await list(folder);
    return found.status === 'read' ? found.tasks : [];
  }

  async function running(folder: string, name: string): Promise<TaskRow> {
    return waitUntil('the task to run', async () =>
      (await tasksIn(folder)).find((task) => task.name === name && task.state === 'running'),
    );
  }

  it('tells of its spoolers, crons, mules, caches, daemons and metrics with each poll', async () => {
    await waitUntil('reads of the cache', async () => {
      await fetch(`http://127.0.0.1:${port}/?k`);
      return (seen?.caches[0]?.missesPerSec ?? 0) > 0;
    });
    expect(seen).toMatchObject({
      spools: [
        { path: queue, processes: [{ isRunning: false }, { isRunning: false }], counted: null },
        { path: join(bench.folder, 'far'), processes: [] },
      ],
      crons: [{ minute: 0, hour: 3, command: 'echo night', pid: null, runs: null }],
      mules: [{ id: 1, command: '', farms: 'crew', pid: null }],
      caches: [{ name: 'pages', mostItems: 40, items: 0 }],
      daemons: [{ command: 'sleep 600', pid: expect.any(Number) }],
      alarms: [{ name: 'note', action: 'cmd:cat', raised: null }],
      spoolEveryMs: 1_000,
      tellsOfSignals: false,
    });
    expect(seen?.metrics.find(({ name }) => name === 'worker.1.requests')).toMatchObject({ type: 'counter' });
    expect(seen?.crons[0]?.nextAtMs).toBeGreaterThan(Date.now());
    const { sections } = await bench.instance(id);
    expect(sections).toEqual(['spooler', 'background']);
  });

  it('lists its tasks: what runs by the lock that its process holds, what is for later, what nobody looks at', async () => {
    const gate = join(bench.folder, 'gate-1');
    const held = await writeTask(queue, taskBytes([['hold', gate]]));
    const later = await writeTask(queue, taskBytes([['k', 'v']]), { dueAtMs: Date.now() + 3_600_000 });
    const lost = await writeTask(queue, taskBytes([['k', 'v']]), { place: 'x' });
    const priority = await writeTask(queue, taskBytes([['k', 'v']]), { place: '5' });
    const found = await running(queue, held);
    expect(seen?.spools[0]?.processes.map(({ pid }) => pid)).toContain(found.runningPid);
    const tasks = await tasksIn();
    const states = new Map(tasks.map(({ name, state }) => [name, state]));
    expect([later, lost, priority].map((name) => states.get(name))).toEqual(['later', 'ignored', 'ignored']);
    expect(found).toMatchObject({ host: 'web_1', pid: 77, queuedAtMs: expect.any(Number) });

    const refused = await bench.client.call('spool.delete', {
      instanceId: id,
      folder: queue,
      tasks: [{ place: '', name: held }],
    });
    expect(refused.results).toMatchObject([{ status: 'running' }]);
    await writeFile(gate, '');
    await waitUntil('the task to be done', async () => !(await readdir(queue)).includes(held));
    const { results } = await bench.client.call('spool.delete', {
      instanceId: id,
      folder: queue,
      tasks: [
        { place: '', name: held },
        { place: '', name: later },
        { place: 'x', name: lost },
        { place: '5', name: priority },
      ],
    });
    expect(results.map(({ status }) => status)).toEqual(['gone', 'done', 'done', 'done']);
    expect(await tasksIn()).toEqual([]);
    const { entries } = await bench.client.call('audit.list', { most: 5 });
    const recorded = entries.map(({ action, result }) => `${action} ${result}`);
    expect(recorded).toEqual(expect.arrayContaining(['spool.delete refused', 'spool.delete done']));
    for (const place of ['x', '5']) await rmdir(join(queue, place));
  });

  it('runs a task of later when it is told to, and puts one back that was given up', async () => {
    const later = await writeTask(queue, taskBytes([['k', 'v']]), { dueAtMs: Date.now() + 3_600_000 });
    const given = await writeTask(join(bench.folder, 'far'), taskBytes([['k', 'v']]), { place: 'failed' });
    const retry = async (folder: string, place: string, name: string) =>
      bench.client.call('spool.retry', { instanceId: id, folder, tasks: [{ place, name }] });
    expect((await tasksIn(join(bench.folder, 'far'))).map(({ state }) => state)).toEqual(['failed']);
    expect((await retry(queue, '', later)).results).toMatchObject([{ status: 'done' }]);
    expect((await retry(join(bench.folder, 'far'), 'failed', given)).results).toMatchObject([{ status: 'done' }]);
    await waitUntil('the task to be done', async () => (await readdir(queue)).length === 0);
    expect((await tasksIn(join(bench.folder, 'far'))).map(({ state, place }) => [state, place])).toEqual([
      ['waiting', ''],
    ]);
    await bench.client.call('spool.delete', {
      instanceId: id,
      folder: join(bench.folder, 'far'),
      tasks: [{ place: '', name: given }],
    });
  });

  it('shows what a task says, its secrets only on asking, which goes on record', async () => {
    const body = Buffer.concat([Buffer.from([0, 255]), Buffer.from('BODY')]);
    const bytes = taskBytes(
      [
        ['to', 'ann'],
        ['password', 'hunter2'],
      ],
      body,
    );
    const name = await writeTask(queue, bytes, { dueAtMs: Date.now() + 3_600_000 });
    const task = { place: '', name };
    const read = async (reveal: boolean) =>
      bench.client.call('spool.task', { instanceId: id, folder: queue, task, reveal });
    expect(await read(false)).toMatchObject({
      status: 'read',
      sizeBytes: bytes.length,
      vars: [
        { key: 'to', value: { kind: 'text', text: 'ann' } },
        { key: 'password', value: { kind: 'hidden', sizeBytes: 7 } },
      ],
      body: { kind: 'bytes', hex: '00ff424f4459', sizeBytes: 6 },
      damage: null,
      hasSecrets: true,
      untilMs: 0,
    });
    expect(await read(true)).toMatchObject({ vars: [{}, { value: { text: 'hunter2' } }] });
    const { entries } = await bench.client.call('audit.list', { most: 1 });
    expect(entries).toMatchObject([{ action: 'spool.show', instance: (await bench.instance(id)).name }]);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
    const deleted = await bench.client.call('spool.delete', { instanceId: id, folder: queue, tasks: [task] });
    expect(deleted.results).toMatchObject([{ status: 'done' }]);
    expect(await read(false)).toEqual({ status: 'gone' });
  });

  it('leads nowhere out of its folders', async () => {
    const outside = join(bench.folder, 'outside');
    const name = 'uwsgi_spoolfile_on_web_1_77_1_1_1795329700_1';
    await writeTask(outside, taskBytes([['k', 'v']]));
    await writeFile(join(outside, name), 'kept');
    const far = join(bench.folder, 'far');
    await symlink(outside, join(far, 'link'));
    await symlink(join(outside, name), join(far, name));
    const remove = async (place: string) =>
      bench.client.call('spool.delete', { instanceId: id, folder: far, tasks: [{ place, name }] });
    expect(await tasksIn(far)).toEqual([]);
    expect((await remove('link')).results).toMatchObject([{ status: 'gone' }]);
    expect((await remove('')).results).toMatchObject([{ status: 'failed' }]);
    const task = { place: '', name };
    const read = await bench.client.call('spool.task', { instanceId: id, folder: far, task, reveal: false });
    expect(read.status).toBe('unreadable');
    await expect(remove('..')).rejects.toThrow();
    await expect(list(outside)).rejects.toMatchObject({ code: 'spool-unknown' });
    expect(await readFile(join(outside, name), 'utf8')).toBe('kept');
  });

  it('asks for the name of a read-only instance before a task is changed', async () => {
    const { client } = bench;
    await client.call('settings.set', { readOnlyTags: ['prod'] });
    await client.call('instances.tag', { instanceIds: [id], add: ['prod'], remove: [] });
    const tasks = [{ place: '', name: 'uwsgi_spoolfile_on_nobody' }];
    const remove = async (confirmedName: string) =>
      client.call('spool.delete', { instanceId: id, folder: queue, tasks, confirmedName });
    await expect(remove('another')).rejects.toMatchObject({ code: 'name-needed' });
    const { name } = await bench.instance(id);
    expect((await remove(name)).results).toMatchObject([{ status: 'gone' }]);
    await client.call('settings.set', { readOnlyTags: [] });
  });
});

const INI = `[uwsgi]
master = true
http-socket = 127.0.0.1:PORT
wsgi-file = app.py
stats = app.stats
spooler = q
spooler-external = far
spooler-processes = 2
spooler-frequency = 1
cron = 0 3 -1 -1 -1 echo night
cache2 = name=pages,items=40
attach-daemon = sleep 600
mule = true
farm = crew:1
enable-metrics = true
alarm = note cmd:cat
`;
