import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../contract/logs-model.ts';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { APP, CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

const SECRET = 'basket-Pq7310';

describe('what is done to a server behind SSH', () => {
  let web: Sshd;
  let bench: CoreBench;

  beforeAll(async () => {
    web = await Sshd.start();
  });
  afterAll(async () => web?.dispose());
  beforeEach(async () => {
    bench = await CoreBench.make();
    await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web, known: false }]);
  });
  afterEach(async () => bench.dispose());

  it('is on record with its host key, and secrets are shown for a minute only to who asked', async () => {
    const port = await bench.freePort();
    const stats = join(bench.folder, 'app.stats');
    const log = join(bench.folder, 'app.log');
    await bench.write('app.py', APP);
    const served = `[uwsgi]\nplugins = python3\nwsgi-file = app.py\nmaster = true\nhttp-socket = 127.0.0.1:${port}\n`;
    const ini = await bench.write('app.ini', `${served}stats = ${stats}\nlogto = ${log}\n`);
    await bench.startUwsgi(['--ini', ini]);
    await waitUntil('the stats socket', () => existsSync(stats));
    const client = await bench.startCore();
    client.on('ssh.questions', ({ questions }) => {
      for (const { id } of questions)
        void client.call('ssh.answer', { questionId: id, answer: { kind: 'trust', until: 'keep' } });
    });
    await client.call('hosts.connect', { destination: 'web1' });
    await waitUntil('web1', async () => {
      const { entries } = await client.call('hosts.list', {});
      return entries.find(({ id }) => id === 'web1')?.state?.status === 'ready';
    });
    const { id: instanceId } = await client.call('instances.attach', { statsAddress: `ssh://web1${stats}` });

    const { text, version } = await waitUntil('the configuration', async () =>
      client.call('config.read', { instanceId }).catch(() => null),
    );
    const changed = `${text}# note\n`;
    await client.call('config.save', { instanceId, text: changed, baseVersion: version });
    await client.call('config.save', { instanceId, text: `${text}# other\n`, baseVersion: version });

    const lines: LogLine[] = [];
    client.on('log.lines', (payload) => lines.push(...payload.lines));
    const source = `file:${log}`;
    lines.push(...(await client.call('log.follow', { instanceId, source, most: 100 })).lines);
    await fetch(`http://127.0.0.1:${port}/cart?basket=${SECRET}`);
    const line = await waitUntil(
      'the request',
      () => lines.find((one) => one.request?.uri.startsWith('/cart')) ?? null,
    );
    expect(line).toMatchObject({ hasSecrets: true, request: { uri: '/cart?basket=••••••' } });
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    const asked = { instanceId, source, sinceSeq: 0 };
    expect(await client.call('log.reveal', { ...asked, begin: false })).toEqual({ untilMs: 0, lines: [] });
    const shown = await client.call('log.reveal', { ...asked, begin: true });
    expect(shown.lines).toContainEqual(expect.objectContaining({ seq: line.seq, uri: `/cart?basket=${SECRET}` }));
    expect((await client.call('log.reveal', { ...asked, begin: false })).untilMs).toBe(shown.untilMs);
    expect(await client.call('requests.reveal', { instanceId, begin: false })).toEqual({ untilMs: 0, requests: [] });
    await client.call('requests.reveal', { instanceId, begin: true });

    const { entries } = await client.call('audit.list', { most: 100 });
    const hostKey = expect.stringMatching(/^SHA256:/);
    expect(
      entries.map(({ action, result, instance }) => `${action} ${result} ${instance ?? '-'}`).toReversed(),
    ).toEqual([
      'host-key.trust done -',
      'ssh.sign-in done -',
      `config.save done ${(await bench.instance(instanceId)).name}`,
      `config.save refused ${(await bench.instance(instanceId)).name}`,
      `log.show begun ${(await bench.instance(instanceId)).name}`,
      `requests.show begun ${(await bench.instance(instanceId)).name}`,
    ]);
    expect(entries).toEqual(entries.map(() => expect.objectContaining({ machine: 'web1', hostKey })));
    const { keys } = await client.call('hosts.keys', {});
    for (const { name, keyType } of keys) await client.call('hosts.forgetKey', { name, keyType });
    await client.call('hosts.disconnect', { machine: 'web1' });
    const file = await readFile(join(bench.folder, 'data/audit.log'), 'utf8');
    expect(file).not.toContain(SECRET);
    expect((await client.call('audit.list', { most: 1 })).entries[0]).toMatchObject({
      action: 'host-key.forget',
      hostKey: keys[0]?.fingerprint,
    });
  });
});
