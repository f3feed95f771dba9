/** The Config tab of a uWSGI behind a real sshd: what the pages ask, as they ask it. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { APP, CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

describe('the configuration of a server behind SSH', () => {
  let web: Sshd;
  let bench: CoreBench;
  let id = '';
  let path = '';

  beforeAll(async () => {
    web = await Sshd.start();
  });

  afterAll(async () => {
    await web.dispose();
  });

  beforeEach(async () => {
    await web.restart();
    bench = await CoreBench.make();
    await bench.write('app.py', APP);
    await bench.write('common.ini', '[uwsgi]\nharakiri = 30\n');
    const stats = join(bench.folder, 'app.stats');
    path = await bench.write(
      'shop.ini',
      `[uwsgi]\nplugins = python3\nmaster = true\nprocesses = 1\nsocket = %d/app.sock\nwsgi-file = %d/app.py\ninclude = %d/common.ini\nstats = ${stats}\ntouch-reload = %p\n`,
    );
    await bench.startUwsgi(['--ini', path]);
    await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web }]);
    await bench.startCore();
    const attached = await waitUntil('the server to answer over SSH', async () =>
      bench.client.call('instances.attach', { statsAddress: `ssh://web1${stats}` }).catch(() => null),
    );
    id = attached.id;
  });

  afterEach(async () => {
    await bench.dispose();
  });

  const save = async (change: (text: string) => string) => {
    const { text, version } = await bench.client.call('config.read', { instanceId: id });
    return bench.client.call('config.save', { instanceId: id, text: change(text), baseVersion: version });
  };

  it('is found, read, checked by its own program, looked into, and named apart from files of this machine', async () => {
    const file = await bench.client.call('config.read', { instanceId: id });
    expect(file).toMatchObject({ path, writable: true });
    expect(file.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const target = await bench.client.call('config.target', { instanceId: id });
    expect(target).toMatchObject({ server: 'uwsgi', binary: 'known' });
    const { text } = file;
    const context = await bench.client.call('config.context', { instanceId: id, text });
    expect(context.files).toEqual([path, join(bench.folder, 'common.ini')]);
    const paths = await bench.client.call('config.paths', {
      instanceId: id,
      text,
      option: 'include',
      typed: `${bench.folder}/com`,
    });
    expect(paths.entries.map(({ name }) => name)).toContain('common.ini');
    const peek = await bench.client.call('config.peek', {
      instanceId: id,
      text,
      option: 'include',
      value: '%d/common.ini',
    });
    expect(peek.text).toContain('harakiri = 30');
    const effective = await bench.client.call('config.effective', { instanceId: id, text: null });
    expect(effective.options.find(({ name }) => name === 'harakiri')?.origin.file).toBe(
      join(bench.folder, 'common.ini'),
    );
    const { saveReloads } = await bench.client.call('config.desk', { instanceId: id });
    expect(saveReloads).toContain('touch-reload');
    const figures = await bench.client.call('config.figures', { instanceId: id });
    expect(figures.atMs).not.toBeNull();
    await expect(bench.client.call('rehearse.start', { instanceId: id, text })).rejects.toThrow('web1');
  });

  it('is not saved without the name where that would reload a read-only server', async () => {
    await bench.client.call('settings.set', { readOnlyTags: ['prod'] });
    await bench.client.call('instances.tag', { instanceIds: [id], add: ['prod'], remove: [] });
    const { text, version } = await bench.client.call('config.read', { instanceId: id });
    const { name } = await bench.instance(id);
    const change = { instanceId: id, text: `${text}# changed\n`, baseVersion: version };
    for (const confirmed of [{}, { confirmedName: 'other' }]) {
      await expect(bench.client.call('config.save', { ...change, ...confirmed })).rejects.toThrow('has to be typed');
    }
    expect(await readFile(path, 'utf8')).toBe(text);
    const saved = await bench.client.call('config.save', { ...change, confirmedName: name });
    expect(saved).toMatchObject({ status: 'saved', reloadsOnSave: true });
  });

  it('is saved there, kept in the history of that machine, reloaded by the watched file, and drift is told', async () => {
    await bench.client.call('config.history', { instanceId: id });
    const saved = await save((text) => text.replace('processes = 1', 'processes = 2'));
    expect(saved).toMatchObject({ status: 'saved', reloadsOnSave: true });
    expect(await readFile(path, 'utf8')).toContain('processes = 2');
    const { versions } = await bench.client.call('config.history', { instanceId: id });
    expect(versions.map(({ kind, summary }) => [kind, summary])).toEqual([
      ['saved', 'processes 1 → 2'],
      ['seen', null],
    ]);
    const reloaded = await waitUntil('the reload that the save began', async () => {
      const drift = await bench.client.call('config.drift', { instanceId: id }).catch(() => null);
      return drift?.status === 'same' ? drift : null;
    });
    expect(reloaded.changes).toEqual([]);
    const left = { type: 'version', instanceId: id, versionId: versions[1]?.id ?? 0 } as const;
    const compared = await bench.client.call('config.compare', { left, right: { type: 'disk', instanceId: id } });
    expect(compared.summary).toBe('processes 1 → 2');
  });

  it('that another program changed there meanwhile is a conflict, and a file that is gone is told', async () => {
    const { text, version } = await bench.client.call('config.read', { instanceId: id });
    await writeFile(path, `${text}# theirs\n`);
    const answer = await bench.client.call('config.save', {
      instanceId: id,
      text: `${text}# mine\n`,
      baseVersion: version,
    });
    expect(answer).toMatchObject({ status: 'conflict', disk: { text: `${text}# theirs\n` } });
    await rename(path, `${path}.away`);
    const gone = await bench.client.call('config.save', { instanceId: id, text, baseVersion: version });
    expect(gone).toEqual({ status: 'gone' });
    await rm(`${path}.away`);
  });

  it('is checked on while the link is down; a save says why it was not carried out, and the draft is kept', async () => {
    const { text, version } = await bench.client.call('config.read', { instanceId: id });
    await bench.client.call('config.context', { instanceId: id, text });
    await web.kill();
    await waitUntil('the lost link to be seen', async () => (await bench.instance(id)).link.status !== 'attached');
    const edited = text.replace('processes = 1', 'proceses = 2');
    const found = await bench.client.call('config.check', { instanceId: id, text: edited });
    expect(found.map(({ message }) => message).join('\n')).toContain('proceses');
    await bench.client.call('config.keepDraft', { instanceId: id, text: edited, baseSha256: version.sha256 });
    const { draft } = await bench.client.call('config.desk', { instanceId: id });
    expect(draft?.text).toBe(edited);
    const failure = bench.client.call('config.save', { instanceId: id, text: `${text}\n`, baseVersion: version });
    await expect(failure).rejects.toThrow(/shop\.ini was not saved: /);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('of a vassal is saved with a word about its emperor; it is compared with a file of this machine', async () => {
    const stats = join(bench.folder, 'vassal.stats');
    const common = `[uwsgi]\nplugins = python3\nmaster = true\nsocket = v.sock\nwsgi-file = ${bench.folder}/app.py\n`;
    await bench.write('vassals/blog.ini', `${common}processes = 1\nstats = ${stats}\n`);
    await bench.startUwsgi(['--emperor', join(bench.folder, 'vassals')]);
    const vassal = await waitUntil('the vassal to answer over SSH', async () =>
      bench.client.call('instances.attach', { statsAddress: `ssh://web1${stats}` }).catch(() => null),
    );
    const { saveReloads } = await bench.client.call('config.desk', { instanceId: vassal.id });
    expect(saveReloads).toContain('An emperor watches');
    const here = await bench.write('here.ini', `${common}processes = 3\nstats = ${stats}\n`);
    const compared = await bench.client.call('config.compare', {
      left: { type: 'disk', instanceId: vassal.id },
      right: { type: 'file', path: here },
    });
    expect(compared.summary).toBe('processes 1 → 3');
  });

  it('is read with what it includes and saved also by a user who may use SFTP and run no command', async () => {
    const sftpOnly = await Sshd.start({ config: ['ForceCommand internal-sftp'] });
    try {
      await writeSshHome(bench.folder, [
        { alias: 'web1', sshd: web },
        { alias: 'files1', sshd: sftpOnly },
      ]);
      const statsAddress = `ssh://files1${join(bench.folder, 'app.stats')}`;
      id = (await bench.client.call('instances.attach', { statsAddress })).id;
      const file = await bench.client.call('config.read', { instanceId: id });
      expect(file).toMatchObject({ path, writable: true });
      expect(await bench.client.call('config.target', { instanceId: id })).toMatchObject({ binary: 'unknown' });
      const context = await bench.client.call('config.context', { instanceId: id, text: file.text });
      expect(context.files).toEqual([path, join(bench.folder, 'common.ini')]);
      expect(await bench.client.call('config.drift', { instanceId: id })).toMatchObject({ status: 'same' });
      expect((await bench.client.call('config.history', { instanceId: id })).versions).toHaveLength(1);
      const saved = await save((text) => text.replace('processes = 1', 'processes = 2'));
      expect(saved).toMatchObject({ status: 'saved', reloadsOnSave: true });
      expect(await readFile(path, 'utf8')).toContain('processes = 2');
    } finally {
      await sftpOnly.dispose();
    }
  });
});
