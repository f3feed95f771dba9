/** Reloading a vassal of a real emperor behind a real sshd: by touching its file, which its emperor looks at. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { APP, CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

describe('a vassal behind SSH', () => {
  let bench: CoreBench;
  let web: Sshd;

  beforeEach(async () => {
    bench = await CoreBench.make();
    web = await Sshd.start();
    await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web }]);
  });

  afterEach(async () => {
    await bench.dispose();
    await web.dispose();
  });

  it('is reloaded by touching its file, which is proposed with its reason and proven', async () => {
    const { folder } = bench;
    await bench.write('app.py', APP);
    await mkdir(join(folder, 'vassals'));
    const lines = [
      'plugins = python3',
      `chdir = ${folder}`,
      'wsgi-file = app.py',
      'master = true',
      'processes = 2',
      `socket = ${folder}/api.sock`,
      `stats = ${folder}/api.stats`,
    ];
    const file = await bench.write('vassals/api.ini', `[uwsgi]\n${lines.join('\n')}\n`);
    await bench.startUwsgi(['--master', '--plugins', 'python3', '--emperor', join(folder, 'vassals')]);
    const client = await bench.startCore();
    const statsAddress = `ssh://web1${folder}/api.stats`;
    let id = '';
    await waitUntil('the vassal to answer', async () => {
      id = await client.call('instances.attach', { statsAddress }).then(
        (instance) => instance.id,
        () => '',
      );
      return id !== '';
    });
    await waitUntil('figures', async () => (await bench.instance(id)).masterPid !== null);

    const plan = await client.call('reload.plan', { instanceId: id });
    expect(plan.recommended).toBe('emperor-touch');
    expect(plan.methods.find((method) => method.id === 'emperor-touch')?.action).toEqual([
      'on web1',
      `touch -c ${file}`,
    ]);
    const { id: reloadId } = await client.call('reload.start', { instanceId: id, method: 'emperor-touch' });
    const get = async () => client.call('reload.get', { reloadId });
    await waitUntil('the verdict', async () => (await get()).phase === 'finished');
    expect((await get()).verdict).toMatchObject({ status: 'done' });
  });
});
