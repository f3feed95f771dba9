/** History, drift, effective options and drafts of the core, with the bundled engine and with a real uWSGI. */
import { chmod, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigDrift } from '../../contract/desk-model.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

let bench: CoreBench;

beforeEach(async () => {
  bench = await CoreBench.make();
});

afterEach(async () => {
  await bench.dispose();
});

async function read(instanceId: string) {
  return bench.client.call('config.read', { instanceId });
}

async function save(instanceId: string, edit: (text: string) => string) {
  const { text, version } = await read(instanceId);
  const outcome = await bench.client.call('config.save', { instanceId, text: edit(text), baseVersion: version });
  expect(outcome.status).toBe('saved');
  return outcome;
}

async function versions(instanceId: string) {
  return (await bench.client.call('config.history', { instanceId })).versions;
}

async function drift(instanceId: string): Promise<ConfigDrift> {
  return bench.client.call('config.drift', { instanceId });
}

async function attached(instanceId: string): Promise<void> {
  await waitUntil('the link', async () => {
    const { link, upSinceMs } = await bench.instance(instanceId);
    return link.status === 'attached' && upSinceMs !== null;
  });
}

async function attach(statsAddress: string): Promise<string> {
  const { id } = await waitUntil('the server to answer', async () =>
    bench.client.call('instances.attach', { statsAddress }).catch(() => null),
  );
  await attached(id);
  return id;
}

/** Since when another program's process runs is known to the second only: a save within it may be of before the start. */
async function afterItsStart(id: string): Promise<void> {
  const startedAtMs = (await bench.instance(id)).upSinceMs ?? 0;
  await waitUntil('the second of its start to be over', () => Date.now() > startedAtMs + 1_100);
}

async function reload(instanceId: string, method: string) {
  const runs = bench.collect('reload.changed');
  await bench.client.call('reload.start', { instanceId, method });
  return waitUntil('the verdict', () => runs.find((run) => run.phase === 'finished'));
}

/** Its files are older than any start: what the clock of the file system says of them is not in doubt. */
async function makeOld(...paths: string[]): Promise<void> {
  const old = new Date(Date.now() - 60_000);
  for (const path of paths) await utimes(path, old, old);
}

async function writeShop(more: string[]): Promise<string> {
  await bench.write('shop/app.py', APP);
  const port = await bench.freePort();
  const lines = ['[uwsgi]', `http-socket = 127.0.0.1:${port}`, 'wsgi-file = app.py', 'processes = 2', ...more, ''];
  const path = await bench.write('shop/uwsgi.ini', lines.join('\n'));
  await makeOld(path);
  return path;
}

describe('the bundled engine', () => {
  it('has a history of its file with what became of each version, and says what is not in effect', async () => {
    await bench.startCore();
    const path = await writeShop(['include = more.ini', 'master-fifo = shop.fifo', 'listen = 100']);
    const more = await bench.write('shop/more.ini', '[uwsgi]\nharakiri = 30\n');
    await makeOld(more);
    const { id } = await bench.client.call('engine.run', { path });
    await attached(id);
    expect(await drift(id)).toMatchObject({ status: 'same', changes: [], notes: [] });
    expect(await versions(id)).toMatchObject([{ kind: 'seen', summary: null, result: { text: 'started' } }]);

    await save(id, (text) =>
      text.replace('processes = 2', 'workers = 3\n; three').replace('listen = 100', 'listen = 200'),
    );
    await writeFile(more, '[uwsgi]\nharakiri = 20\n');
    const found = await drift(id);
    expect(found.status).toBe('drift');
    expect(found.changes).toMatchObject([
      {
        name: 'processes',
        before: [{ value: '2' }],
        after: [{ key: 'workers', value: '3', origin: { file: path, line: 4 } }],
      },
      { name: 'listen', before: [{ value: '100' }], after: [{ value: '200' }], needs: 'reload' },
      { name: 'harakiri', before: [{ value: '30' }], after: [{ value: '20', origin: { file: more, line: 2 } }] },
    ]);
    const [newest] = await versions(id);
    expect(newest).toMatchObject({ kind: 'saved', summary: 'processes 2 → 3, listen 100 → 200' });
    expect(newest?.result).toMatchObject({ status: 'waiting', text: 'not in effect' });

    expect((await reload(id, 'fifo-graceful')).verdict?.status).toMatch(/^done/);
    expect((await versions(id))[0]?.result).toMatchObject({ text: expect.stringMatching(/^reloaded/) });
    // The engine's reload takes over what only a restart of uWSGI does, as the length of the queue.
    expect(await drift(id)).toMatchObject({ status: 'same', changes: [] });
  });

  it('keeps versions over a restart of Reeve, shows what other programs wrote, and gives texts back', async () => {
    await bench.startCore();
    const path = await writeShop([]);
    const { id } = await bench.client.call('engine.run', { path });
    await attached(id);
    const first = (await read(id)).text;
    await save(id, (text) => `${text}; a comment\n`);
    await bench.startCore();
    await writeFile(path, `${first}threads = 2\n`);
    const kept = await versions(id);
    expect(kept.map(({ kind, summary }) => [kind, summary])).toEqual([
      ['seen', 'threads added'],
      ['saved', 'comments only'],
      ['seen', null],
    ]);
    const [, , oldest] = kept;
    if (oldest === undefined) throw new Error('there is no oldest version');
    expect(await bench.client.call('config.version', { instanceId: id, versionId: oldest.id })).toEqual({
      text: first,
    });
    const [left, right] = [
      { type: 'version', instanceId: id, versionId: oldest.id } as const,
      { type: 'text', instanceId: id, text: first.replace('processes = 2', 'processes = 5') } as const,
    ];
    expect(await bench.client.call('config.compare', { left, right })).toMatchObject({ summary: 'processes 2 → 5' });
    await bench.client.call('instances.remove', { instanceId: id });
    const gone = bench.client.call('config.compare', { left: { type: 'file', path }, right: left });
    await expect(gone).rejects.toThrow('There is no instance');
  });

  it('has effective options with the way each came in, of the text that is not saved, too', async () => {
    await bench.startCore();
    const path = await writeShop(['include = more.ini']);
    const more = await bench.write('shop/more.ini', '[uwsgi]\nharakiri = 30\nprocesses = 8\n');
    const { id } = await bench.client.call('engine.run', { path });
    const { options, files, ini } = await bench.client.call('config.effective', { instanceId: id, text: null });
    const rows = options.map(({ name, value, status, origin: { file, line } }) => [name, value, status, file, line]);
    expect(rows).toContainEqual(['processes', '2', 'overridden', path, 4]);
    expect(rows).toContainEqual(['processes', '8', 'in effect', more, 3]);
    expect(files).toEqual([path, more]);
    expect(ini).toContain('harakiri = 30');
    const edited = await bench.client.call('config.effective', { instanceId: id, text: '[uwsgi]\nprocesses = 5\n' });
    expect(edited.options.map(({ value }) => value)).toEqual(['5']);
    const broken = await bench.client.call('config.effective', { instanceId: id, text: '[uwsgi]\nini = none.ini\n' });
    expect(broken.problems).toEqual([expect.stringContaining('none.ini')]);
  });

  it('whose file was removed gets it anew only when that is asked for, as readable as it was', async () => {
    await bench.startCore();
    const path = await writeShop([]);
    await chmod(path, 0o640);
    const { id } = await bench.client.call('engine.run', { path });
    const { text, version } = await read(id);
    await rm(path);
    await expect(read(id)).rejects.toMatchObject({ code: 'config-gone' });
    const change = { instanceId: id, text: `${text}threads = 2\n`, baseVersion: version };
    expect(await bench.client.call('config.save', change)).toEqual({ status: 'gone' });
    const made = await bench.client.call('config.save', { ...change, makeAnew: true });
    expect(made).toMatchObject({ status: 'saved', file: { text: change.text, writable: true } });
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await versions(id)).toMatchObject([{ kind: 'saved', summary: 'threads added' }, { kind: 'seen' }]);
  });

  it('whose file is no INI is read, and a save is refused', async () => {
    await bench.startCore();
    await bench.write('shop/app.py', APP);
    const port = await bench.freePort();
    const path = await bench.write('shop/shop.yaml', `uwsgi:\n  http-socket: 127.0.0.1:${port}\n  wsgi-file: app.py\n`);
    const { id } = await bench.client.call('engine.run', { path });
    const { text, version, writable } = await read(id);
    expect(writable).toBe(false);
    const saving = bench.client.call('config.save', { instanceId: id, text: `${text}# more\n`, baseVersion: version });
    await expect(saving).rejects.toMatchObject({ code: 'config-format' });
    expect((await read(id)).text).toBe(text);
  });

  it('whose file includes another one since knows that this is new', async () => {
    await bench.startCore();
    const path = await writeShop([]);
    const { id } = await bench.client.call('engine.run', { path });
    await attached(id);
    await bench.write('shop/new.ini', '[uwsgi]\nthreads = 2\n');
    await save(id, (text) => `${text}include = new.ini\n`);
    expect(await drift(id)).toMatchObject({
      status: 'drift',
      changes: [{ name: 'threads', after: [{ origin: { line: 2, via: [{ option: 'include', file: path }] } }] }],
    });
  });

  it('whose file has another FIFO by now is reloaded through the one that it has', async () => {
    await bench.startCore();
    const fifo = (name: string) => join(bench.folder, 'shop', name);
    const { id } = await bench.client.call('engine.run', { path: await writeShop([`master-fifo = ${fifo('old')}`]) });
    await attached(id);
    await save(id, (text) => `${text.replace(fifo('old'), fifo('new'))}touch-reload = app.py\n`);
    const { methods, recommended } = await bench.client.call('reload.plan', { instanceId: id });
    expect(recommended).toBe('fifo-graceful');
    expect(methods.find(({ id }) => id === 'fifo-graceful')?.action[0]).toBe(`open ${fifo('old')}`);
    expect(methods.find(({ id }) => id === 'touch')?.whyNot).toContain("no 'touch-reload'");
    expect((await reload(id, 'fifo-graceful')).verdict?.status).toMatch(/^done/);
    const after = await bench.client.call('reload.plan', { instanceId: id });
    expect(after.methods.find(({ id }) => id === 'fifo-graceful')?.action[0]).toBe(`open ${fifo('new')}`);
  });

  it('that did not start with a version says so there', async () => {
    await bench.startCore();
    const path = await writeShop([]);
    const { id } = await bench.client.call('engine.run', { path });
    await attached(id);
    await bench.client.call('engine.stop', { instanceId: id });
    await save(id, (text) => text.replace('wsgi-file = app.py', 'wsgi-file = none.py\nneed-app = true'));
    await bench.client.call('engine.start', { instanceId: id });
    const engine = async () => (await bench.instance(id)).engine?.status;
    await waitUntil('the engine to fail', async () => (await engine()) === 'failed');
    const [newest, first] = await versions(id);
    expect(newest).toMatchObject({ summary: 'wsgi-file app.py → none.py, need-app on' });
    expect(newest?.result).toMatchObject({ status: 'failed', text: 'did not start' });
    expect(first?.result).toMatchObject({ status: 'done', text: 'started' });
    expect(await drift(id)).toMatchObject({ status: 'stopped', changes: [] });
  });

  it('keeps a text that was not saved over a restart of Reeve, until it is forgotten', async () => {
    await bench.startCore();
    const { id } = await bench.client.call('engine.run', { path: await writeShop([]) });
    await bench.client.call('config.keepDraft', { instanceId: id, text: '[uwsgi]\nhalf', baseSha256: 'x' });
    await bench.startCore();
    expect((await bench.client.call('config.desk', { instanceId: id })).draft?.text).toBe('[uwsgi]\nhalf');
    await bench.client.call('config.keepDraft', { instanceId: id, text: null, baseSha256: '' });
    expect(await bench.client.call('config.desk', { instanceId: id })).toEqual({ saveReloads: null, draft: null });
  });
});

describe('a real uWSGI', () => {
  beforeEach((context) => context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed'));

  it('that was started with a relative name and went elsewhere is compared with its own file', async () => {
    const stats = join(bench.folder, 'shop.stats');
    await mkdir(join(bench.folder, 'elsewhere'));
    const path = await writeShop(['plugins = python3', 'master = true', `stats = ${stats}`, 'chdir = elsewhere']);
    await bench.write('elsewhere/app.py', APP);
    await bench.write('more.ini', '[uwsgi]\nharakiri = 30\n');
    const command = `cd ${bench.folder} && exec uwsgi --ini shop/uwsgi.ini --set threads=2`;
    await bench.startUwsgi(['-c', command], bench.folder, 'sh');
    await bench.startCore();
    const id = await attach(stats);
    const { options } = await bench.client.call('config.effective', { instanceId: id, text: null });
    expect(options.find(({ name }) => name === 'threads')?.origin.file).toBe('command line');
    expect(await drift(id)).toMatchObject({ status: 'same' });
    // Whoever reads its file does so from the folder it was started in: the editor and the check, too.
    const text = '[uwsgi]\ninclude = more.ini\n';
    const context = await bench.client.call('config.context', { instanceId: id, text });
    expect(context).toMatchObject({ startFolder: bench.folder, files: [path, join(bench.folder, 'more.ini')] });
    const codes = (await bench.client.call('config.check', { instanceId: id, text })).map(({ code }) => code);
    expect(codes).not.toContain('file-not-read');
    await afterItsStart(id);
    await save(id, (text) => text.replace('processes = 2', 'processes = 3'));
    expect(await drift(id)).toMatchObject({
      status: 'drift',
      changes: [{ name: 'processes', after: [{ value: '3', origin: { file: path } }] }],
    });
  });

  it('whose file was changed before Reeve saw it is not known to differ, and it is said why', async () => {
    const stats = join(bench.folder, 'shop.stats');
    const path = await writeShop(['plugins = python3', 'master = true', `stats = ${stats}`]);
    await bench.startUwsgi(['--ini', path]);
    await bench.startCore();
    const client = bench.client;
    await waitUntil('the server to answer', async () =>
      client.call('instances.discover', {}).then((found) => found.some((server) => server.statsAddress === stats)),
    );
    const later = new Date(Date.now() + 5_000);
    await utimes(path, later, later);
    const id = await attach(stats);
    const found = await drift(id);
    expect(found).toMatchObject({ status: 'unknown', changes: [] });
    expect(found.basis).toContain('no version from before is kept');
  });

  it('is reloaded by a save where an emperor watches its folder, and that is said before', async () => {
    const stats = join(bench.folder, 'shop.stats');
    await bench.write('vassals/app.py', APP);
    const port = await bench.freePort();
    const lines = ['[uwsgi]', 'plugins = python3', 'master = true', `stats = ${stats}`, 'wsgi-file = app.py'];
    const path = await bench.write('vassals/shop.ini', `${lines.join('\n')}\nhttp-socket = 127.0.0.1:${port}\n`);
    await makeOld(path);
    await bench.startUwsgi(['--emperor', join(bench.folder, 'vassals')]);
    await bench.startCore();
    const id = await attach(stats);
    const { saveReloads } = await bench.client.call('config.desk', { instanceId: id });
    expect(saveReloads).toContain('emperor');
    await afterItsStart(id);
    const workersBefore = (await bench.instance(id)).figures?.workers;
    expect(workersBefore).toBe(1);
    const outcome = await save(id, (text) => `${text}processes = 2\n`);
    expect(outcome).toMatchObject({ reloadsOnSave: true });
    await waitUntil('the emperor to reload it', async () => (await bench.instance(id)).figures?.workers === 2);
    expect((await drift(id)).status).toBe('same');
    expect((await versions(id))[0]).toMatchObject({ kind: 'saved', result: { status: 'done', text: 'reloaded' } });
  });
});
