/** An emperor of a real uWSGI and one of the bundled engine, seen and ruled from the console, here and over SSH. */
import { existsSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emperor, VassalRow } from '../../contract/emperor-model.ts';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { APP, CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

const ENGINE = [join(import.meta.dirname, '../../../engine/main.ts')];

describe.each(['uWSGI', 'uWSGI over SSH', 'the engine'] as const)('an emperor of %s', (server) => {
  let bench: CoreBench;
  let web: Sshd | null = null;
  let id = '';
  let emperor: Emperor | null = null;
  let port = 0;

  beforeAll(async () => {
    bench = await CoreBench.make();
    const { folder } = bench;
    if (server === 'uWSGI over SSH') {
      web = await Sshd.start();
      await writeSshHome(folder, [{ alias: 'web1', sshd: web }]);
    }
    port = await bench.freePort();
    await bench.write('app.py', APP);
    const python = `plugins = python3\nmaster = true\nchdir = ${folder}\n`;
    await bench.write(
      'vassals/shop.ini',
      `[uwsgi]\n${python}wsgi-file = app.py\nhttp-socket = 127.0.0.1:${port}\nstats = ${folder}/shop.stats\n`,
    );
    await bench.write('vassals/broken.ini', `[uwsgi]\n${python}module = not_there\nneed-app = true\nsocket = b.sock\n`);
    await bench.write('vassals/lazy.ini', `[uwsgi]\n${python}wsgi-file = app.py\n`);
    await bench.write('vassals/lazy.ini.socket', `${folder}/lazy.sock`);
    await bench.write('below/api.ini', `[uwsgi]\n${python}wsgi-file = app.py\nsocket = ${folder}/api.sock\n`);
    await bench.write(
      'vassals/region.ini',
      `[uwsgi]\nmaster = true\nemperor = ${folder}/below\nemperor-freq = 1\nemperor-stats = ${folder}/region.stats\n`,
    );
    const options = [
      ['--emperor', `${folder}/vassals`],
      ['--emperor-on-demand-extension', '.socket'],
      ['--emperor-freq', '1'],
      ['--emperor-stats', `${folder}/emperor.stats`],
      ['--logto', `${folder}/emperor.log`],
    ].flat();
    if (server === 'the engine') await bench.startUwsgi([...ENGINE, ...options], folder, process.execPath);
    else await bench.startUwsgi(['--master', ...options]);
    await waitUntil('the emperor', () => existsSync(join(folder, 'emperor.stats')));
    const client = await bench.startCore();
    const instance = await client.call('instances.attach', { statsAddress: address('emperor.stats') });
    id = instance.id;
    client.on('emperor.changed', ({ instanceId, head, changed, order }) => {
      if (instanceId !== id) return;
      const rows = new Map([...(emperor?.vassals ?? []), ...changed].map((row) => [row.key, row]));
      const keys = order ?? (emperor?.vassals ?? []).map(({ key }) => key);
      emperor = { head, vassals: keys.flatMap((key) => rows.get(key) ?? []) };
    });
    emperor = (await client.call('emperor.watch', { instanceId: id })).emperor ?? emperor;
    await waitUntil('its vassals', () => (emperor?.vassals.length ?? 0) >= 4);
  });

  afterAll(async () => {
    await bench?.dispose();
    await web?.dispose();
  });

  const address = (name: string): string => `${server === 'uWSGI over SSH' ? 'ssh://web1' : ''}${bench.folder}/${name}`;

  async function vassal(name: string, what: string, is: (row: VassalRow) => boolean): Promise<VassalRow> {
    return waitUntil(`${name} to be ${what}`, () => {
      const row = emperor?.vassals.find((candidate) => candidate.id === name);
      return row !== undefined && is(row) ? row : null;
    });
  }

  it('is an instance of its own kind, whose trouble is that of its vassals', async () => {
    await vassal('broken.ini', 'throttled', ({ state }) => state === 'throttled');
    const row = await waitUntil('its health', async () => {
      const found = await bench.instance(id);
      return found.health.level === 'crit' ? found : null;
    });
    expect(row).toMatchObject({
      name: 'vassals',
      kind: 'emperor',
      sections: ['emperor'],
      figures: null,
      emperor: { vassals: 4 },
    });
    expect(row.health.word).toMatch(/^\d vassals? in trouble$/);
    expect(row.health.sentence).toContain('broken.ini is throttled');
    await expect(bench.client.call('reload.plan', { instanceId: id })).rejects.toMatchObject({
      code: 'reload-emperor',
    });
  });

  it('has its vassals with their state and its cause', async () => {
    const shop = await vassal('shop.ini', 'accepting', ({ state }) => state === 'accepting' || state === 'loyal');
    expect(shop).toMatchObject({ level: 'ok', configPath: join(bench.folder, 'vassals/shop.ini'), depth: 0 });
    await fetch(`http://127.0.0.1:${port}/`);
    await vassal('shop.ini', 'loyal', ({ state }) => state === 'loyal');
    const lazy = await vassal('lazy.ini', 'on demand', ({ state }) => state === 'on demand');
    expect(lazy).toMatchObject({ pid: null, onDemand: join(bench.folder, 'lazy.sock') });
    const broken = await vassal('broken.ini', 'tried twice', (row) => (row.blacklist?.attempts ?? 0) >= 2);
    expect(broken).toMatchObject({ configPath: join(bench.folder, 'vassals/broken.ini') });
    const throttled = await vassal('broken.ini', 'throttled', (row) => row.state === 'throttled');
    expect(throttled.cause).toMatch(/died before it was loyal, \d+ times in a row\.$/);
    expect(throttled.blacklist?.nextAtMs).toBeGreaterThan(0);
  });

  it('has what its log says about one of them', async () => {
    const { key } = await vassal('broken.ini', 'listed', () => true);
    const log = await waitUntil('its lines', async () => {
      const read = await bench.client.call('emperor.log', { instanceId: id, vassal: key });
      return read.lines.length > 0 ? read : null;
    });
    expect(log).toMatchObject({ path: join(bench.folder, 'emperor.log'), reason: null });
    expect(log.lines.join('\n')).toContain('broken.ini');
  });

  it('gives its vassals to the list of instances, where they have an address', async () => {
    const [shop, broken] = [
      await vassal('shop.ini', 'listed', () => true),
      await vassal('broken.ini', 'listed', () => true),
    ];
    const attach = async () =>
      (await bench.client.call('emperor.attach', { instanceId: id, vassals: [shop.key, broken.key] })).results;
    const [first, second] = await attach();
    expect(first).toMatchObject({ id: 'shop.ini', status: 'done' });
    expect(second).toMatchObject({
      id: 'broken.ini',
      status: 'failed',
      text: expect.stringContaining('Add "stats = '),
    });
    expect(await bench.instance(first?.instanceId ?? '')).toMatchObject({
      name: 'shop',
      kind: 'attached',
      statsAddress: address('shop.stats'),
      configPath: join(bench.folder, 'vassals/shop.ini'),
    });
    expect((await attach())[0]).toMatchObject({ status: 'already', instanceId: first?.instanceId });
    await vassal('shop.ini', 'attached', ({ instanceId }) => instanceId === first?.instanceId);
  });

  it('reloads one whose file is touched, which goes on record', async () => {
    const { key, respawns } = await vassal('shop.ini', 'listed', () => true);
    const { results } = await bench.client.call('emperor.touch', { instanceId: id, vassals: [key] });
    expect(results).toMatchObject([{ id: 'shop.ini', status: 'done' }]);
    await vassal('shop.ini', 'reloaded', (row) => row.respawns > respawns);
    const { entries } = await bench.client.call('audit.list', { most: 5 });
    expect(entries.find(({ action }) => action === 'emperor.touch')).toMatchObject({
      result: 'done',
      detail: expect.stringContaining('vassals/shop.ini'),
    });
  });

  it('shows the vassals of an emperor below it, where that is attached, too', async () => {
    const region = await vassal('region.ini', 'running', ({ pid }) => pid !== null);
    const { results } = await bench.client.call('emperor.attach', { instanceId: id, vassals: [region.key] });
    expect(results).toMatchObject([{ status: 'done' }]);
    const api = await vassal('api.ini', 'shown', ({ depth }) => depth === 1);
    expect(api).toMatchObject({ parentKey: region.key, emperorId: results[0]?.instanceId });
    expect((await vassal('region.ini', 'an emperor', (row) => row.isEmperor)).instanceId).toBe(results[0]?.instanceId);
  });

  it('forgets its blacklist at a signal that only an emperor gets', async () => {
    await vassal('broken.ini', 'listed', ({ blacklist }) => (blacklist?.attempts ?? 0) >= 2);
    const plan = await bench.client.call('action.plan', { instanceId: id, kind: 'clear-blacklist' });
    expect(plan).toMatchObject({ enabled: true, action: expect.arrayContaining([expect.stringContaining('URG')]) });
    const result = await bench.client.call('action.run', { instanceId: id, kind: 'clear-blacklist' });
    expect(result).toMatchObject({ status: 'done' });
    const stop = await bench.client.call('action.plan', { instanceId: id, kind: 'stop' });
    expect(stop).toMatchObject({ enabled: false, whyNot: expect.stringContaining('emperor') });
  });

  it('lets the file of one that does not run be mended in the editor', async () => {
    const { key } = await vassal('broken.ini', 'listed', () => true);
    const opened = await bench.client.call('emperor.open', { instanceId: id, vassal: key });
    expect(opened).toMatchObject({ kind: 'attached', configPath: join(bench.folder, 'vassals/broken.ini') });
    expect(opened.health.level).toBe('off');
    expect((await bench.client.call('emperor.open', { instanceId: id, vassal: key })).id).toBe(opened.id);
    const file = await bench.client.call('config.read', { instanceId: opened.id });
    const text = `${file.text.replace('module = not_there', 'wsgi-file = app.py')}stats = ${bench.folder}/b.stats\n`;
    const saved = await bench.client.call('config.save', { instanceId: opened.id, text, baseVersion: file.version });
    expect(saved.status).toBe('saved');
    expect(await readFile(join(bench.folder, 'vassals/broken.ini'), 'utf8')).toBe(text);
    await bench.client.call('action.run', { instanceId: id, kind: 'clear-blacklist' }).catch(() => null);
    await vassal('broken.ini', 'accepting', ({ state }) => state === 'accepting' || state === 'loyal');
    const { results } = await bench.client.call('emperor.attach', { instanceId: id, vassals: [key] });
    expect(results).toMatchObject([{ status: 'done', instanceId: opened.id }]);
    await waitUntil('its figures', async () => (await bench.instance(opened.id)).link.status === 'attached');
  });

  it('changes nothing of a read-only one without its name', async () => {
    await bench.client.call('settings.set', { readOnlyTags: ['prod'] });
    await bench.client.call('instances.tag', { instanceIds: [id], add: ['prod'], remove: [] });
    const { key } = await vassal('shop.ini', 'listed', () => true);
    await expect(bench.client.call('emperor.touch', { instanceId: id, vassals: [key] })).rejects.toMatchObject({
      code: 'name-needed',
    });
    const { name } = await bench.instance(id);
    const { results } = await bench.client.call('emperor.touch', {
      instanceId: id,
      vassals: [key],
      confirmedName: name,
    });
    expect(results[0]?.status).toBe('done');
  });

  it('knows a vassal no more whose file is gone', async () => {
    const { key } = await vassal('shop.ini', 'listed', () => true);
    await unlink(join(bench.folder, 'vassals/shop.ini'));
    await waitUntil('it to go', () => emperor?.vassals.every((row) => row.id !== 'shop.ini') ?? false);
    const { results } = await bench.client.call('emperor.touch', {
      instanceId: id,
      vassals: [key],
      confirmedName: (await bench.instance(id)).name,
    });
    expect(results).toMatchObject([{ status: 'failed', text: expect.stringContaining('shop.ini') }]);
  });
});
