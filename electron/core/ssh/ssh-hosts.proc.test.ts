import { appendFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HostState } from '../../contract/hosts-model.ts';
import { CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { makeKey, Sshd, writeSshHome } from './testing/sshd.ts';

describe('ways to hosts', () => {
  let bastion: Sshd;
  let web: Sshd;
  let bench: CoreBench;
  let states: Map<string, HostState>;

  beforeAll(async () => {
    bastion = await Sshd.start({ user: 'nobody' });
    web = await Sshd.start();
  });

  afterAll(async () => {
    await bastion?.dispose();
    await web?.dispose();
  });

  beforeEach(async () => {
    bench = await CoreBench.make();
  });

  afterEach(async () => {
    await bench.dispose();
  });

  const startCore = async (hosts: Parameters<typeof writeSshHome>[1]): Promise<void> => {
    await writeSshHome(bench.folder, hosts);
    const client = await bench.startCore();
    states = new Map();
    client.on('hosts.changed', ({ hosts: changed }) => {
      for (const host of changed) states.set(host.id, host);
    });
  };

  const connect = async (destination: string): Promise<void> => {
    await bench.client.call('hosts.connect', { destination });
  };

  const reach = async (id: string, ...statuses: HostState['status'][]): Promise<HostState> =>
    waitUntil(`${id} to be ${statuses.join(' or ')}, not ${JSON.stringify(states.get(id))}`, () => {
      const state = states.get(id);
      return state !== undefined && statuses.includes(state.status) ? state : null;
    });

  const startServer = async (): Promise<string> => {
    const path = join(bench.folder, 'app.stats');
    await bench.startUwsgi([
      '--master',
      '--stats',
      path,
      '--socket',
      join(bench.folder, 'app.sock'),
      '--processes',
      '1',
    ]);
    return path;
  };

  test('a server behind a bastion is polled, over one connection each, whatever the number of hosts and instances', async () => {
    await startCore([
      { alias: 'bastion', sshd: bastion },
      { alias: 'web1', sshd: web, via: 'bastion' },
      { alias: 'web2', sshd: web, via: 'bastion' },
    ]);
    const before = bastion.connectionCount;
    const path = await startServer();
    await Promise.all([connect('web1'), connect('web2')]);
    const web1 = await reach('web1', 'ready', 'failed');
    expect(web1.status, web1.reason ?? '').toBe('ready');
    expect(web1.hops.map(({ name, user, status }) => [name, user, status])).toEqual([
      ['bastion', 'nobody', 'ready'],
      ['web1', web.user, 'ready'],
    ]);
    await reach('web2', 'ready');
    await waitUntil('the socket of uWSGI', async () => hasSocket(path));
    const attached = await bench.client.call('instances.attach', { statsAddress: `ssh://web1${path}`, tags: [] });
    await waitUntil('figures', async () => (await bench.instance(attached.id)).figures);
    expect(bastion.connectionCount - before).toBe(1);
    expect((await bench.client.call('app.info', {})).sshHosts).toBe(2);
  });

  test('a killed sshd holds its instances, names the hop, and both are back at once when it is', async () => {
    await startCore([{ alias: 'web1', sshd: web }]);
    const path = await startServer();
    await waitUntil('the socket of uWSGI', async () => hasSocket(path));
    await connect('web1');
    await reach('web1', 'ready');
    const { id } = await bench.client.call('instances.attach', { statsAddress: `ssh://web1${path}`, tags: [] });
    await waitUntil('figures', async () => (await bench.instance(id)).figures);
    await web.kill();
    const lost = await reach('web1', 'waiting');
    expect(lost).toMatchObject({ nextTryAtMs: expect.any(Number), hint: expect.any(String) });
    const held = await waitUntil('a held link', async () => {
      const { link } = await bench.instance(id);
      return link.code?.startsWith('ssh-') === true && link.nextTryAtMs !== null ? link : null;
    });
    expect(held.status).toBe('waiting');
    await connect('web1');
    const refused = await waitUntil('a refused try', () => {
      const state = states.get('web1');
      return state?.code === 'ssh-refused' ? state : null;
    });
    expect(refused.reason).toBe(`web1 refuses connections on port ${web.port}.`);
    expect(refused.hops).toMatchObject([{ name: 'web1', status: 'failed', text: refused.reason }]);
    await web.restart();
    await bench.client.call('instances.retry', { instanceId: id });
    await waitUntil('an attached link', async () => (await bench.instance(id)).link.status === 'attached');
  });

  test('a killed bastion is the hop that is named, and what is behind it comes back with it', async () => {
    await startCore([
      { alias: 'bastion', sshd: bastion },
      { alias: 'web1', sshd: web, via: 'bastion' },
    ]);
    await connect('web1');
    await reach('web1', 'ready');
    await bastion.kill();
    const lost = await reach('web1', 'waiting');
    expect(lost.reason).toMatch(/^(The connection to bastion broke off|bastion refuses)/);
    expect(lost.hops.map(({ name, status }) => [name, status])).toEqual([
      ['bastion', 'failed'],
      ['web1', 'not-reached'],
    ]);
    await bastion.restart();
    await connect('web1');
    await reach('web1', 'ready');
  });

  test('a question is taken back when its host waits no longer', async () => {
    const impatient = await Sshd.start({ config: ['LoginGraceTime 2'] });
    try {
      await startCore([{ alias: 'impatient', sshd: impatient, known: false }]);
      let asked = 0;
      bench.client.on('ssh.questions', ({ questions }) => {
        asked = questions.length;
      });
      await connect('impatient');
      await reach('impatient', 'asking');
      await waitUntil('the question', () => asked === 1);
      await reach('impatient', 'failed');
      await waitUntil('the question to be taken back', () => asked === 0);
      expect((await bench.client.call('ssh.questions', {})).questions).toEqual([]);
      expect(states.get('impatient')?.code).toBe('ssh-answer-late');
    } finally {
      await impatient.dispose();
    }
  });

  test('a host behind two others is reached through both, each with its own user and key', async () => {
    const inner = await Sshd.start({ user: 'nobody' });
    try {
      await startCore([
        { alias: 'bastion', sshd: bastion },
        { alias: 'inner', sshd: inner, via: 'bastion' },
        { alias: 'deep', sshd: web, via: 'inner' },
      ]);
      const before = [bastion, inner, web].map((sshd) => sshd.connectionCount);
      await connect('deep');
      const { hops } = await reach('deep', 'ready');
      expect(hops.map(({ user, port }) => [user, port])).toEqual(
        [bastion, inner, web].map(({ user, port }) => [user, port]),
      );
      expect([bastion, inner, web].map((sshd, i) => sshd.connectionCount - (before[i] ?? 0))).toEqual([1, 1, 1]);
      const path = await startServer();
      const { id } = await bench.client.call('instances.attach', { statsAddress: `ssh://deep${path}`, tags: [] });
      await waitUntil('figures', async () => (await bench.instance(id)).masterPid !== null);
    } finally {
      await inner.dispose();
    }
  });

  test('disconnecting holds until the user connects again', async () => {
    await startCore([{ alias: 'web1', sshd: web }]);
    await connect('web1');
    await reach('web1', 'ready');
    await bench.client.call('hosts.disconnect', { machine: 'web1' });
    expect(await reach('web1', 'idle')).toMatchObject({ code: 'ssh-stopped', hops: [] });
    await expect(bench.client.call('instances.discover', { machine: 'web1' })).rejects.toMatchObject({
      code: 'ssh-stopped',
    });
    await connect('web1');
    await reach('web1', 'ready');
  });

  test('a key that Reeve keeps is forgotten, and its host is asked about anew; so is a host nobody needs', async () => {
    await startCore([{ alias: '127.0.0.1', sshd: web, known: false }]);
    const { client } = bench;
    let asked = 0;
    client.on('ssh.questions', ({ questions }) => {
      for (const { id } of questions) {
        asked += 1;
        void client.call('ssh.answer', { questionId: id, answer: { kind: 'trust', until: 'keep' } });
      }
    });
    const id = web.destination;
    await connect(id);
    await reach(id, 'ready');
    const { keys } = await client.call('hosts.keys', {});
    expect(keys).toEqual([
      expect.objectContaining({
        name: `[127.0.0.1]:${web.port}`,
        keyType: 'ssh-ed25519',
        fingerprint: expect.stringMatching(/^SHA256:/),
      }),
    ]);
    await client.call('hosts.disconnect', { machine: id });
    await reach(id, 'idle');
    for (const { name, keyType } of keys) await client.call('hosts.forgetKey', { name, keyType });
    expect((await client.call('hosts.keys', {})).keys).toEqual([]);
    await connect(id);
    await reach(id, 'ready');
    expect(asked).toBe(2);

    const listed = async (): Promise<boolean> =>
      (await client.call('hosts.list', {})).entries.some((entry) => entry.id === id);
    const path = await startServer();
    const { id: instanceId } = await client.call('instances.attach', { statsAddress: `ssh://${id}${path}`, tags: [] });
    await expect(client.call('hosts.forget', { machine: id })).rejects.toMatchObject({ code: 'ssh-host-in-use' });
    await client.call('instances.remove', { instanceId });
    expect(await listed()).toBe(true);
    await client.call('hosts.forget', { machine: id });
    expect(await listed()).toBe(false);
  });

  test('a ProxyCommand is the connection, and what it says when it ends is the reason', async () => {
    const relay = `${process.execPath} -e "const s=require('net').connect(${web.port},'127.0.0.1');process.stdin.pipe(s).pipe(process.stdout)"`;
    const port = await bench.freePort();
    await startCore([
      {
        alias: 'web1',
        sshd: web,
        config: [`ProxyCommand ${relay}`, `Port ${port}`, `HostKeyAlias [127.0.0.1]:${web.port}`],
      },
      {
        alias: 'web2',
        sshd: web,
        config: ['ProxyCommand echo "no tunnel today" >&2; exit 3', 'HostName other.invalid'],
      },
    ]);
    await Promise.all([connect('web1'), connect('web2')]);
    const web1 = await reach('web1', 'ready', 'waiting', 'failed');
    expect(web1.status, web1.reason ?? '').toBe('ready');
    const web2 = await reach('web2', 'waiting', 'failed');
    expect(web2).toMatchObject({ code: 'ssh-proxy-command', status: 'waiting' });
    expect(web2.reason).toContain('no tunnel today');
  });

  test('what a ProxyCommand prints instead of a connection is told; lines before an SSH server’s own are none of it', async () => {
    const relay = await bench.write(
      'relay.cjs',
      `process.stdout.write('welcome\\r\\nto all\\r\\n');
       const s = require('net').connect(${web.port}, '127.0.0.1');
       process.stdin.pipe(s).pipe(process.stdout);`,
    );
    await startCore([
      {
        alias: 'garbage',
        sshd: web,
        config: ['ProxyCommand sh -c "echo HTTP/1.1 407 Sign in at the portal; exec sleep 60"'],
      },
      { alias: 'banner', sshd: web, config: [`ProxyCommand ${process.execPath} ${relay}`] },
    ]);
    await Promise.all([connect('garbage'), connect('banner')]);
    const garbage = await reach('garbage', 'waiting', 'failed');
    expect(garbage).toMatchObject({ code: 'ssh-proxy-command-words', status: 'failed' });
    expect(garbage.reason).toContain('it says: HTTP/1.1 407 Sign in at the portal');
    const banner = await reach('banner', 'ready', 'waiting', 'failed');
    expect(banner.status, banner.reason ?? '').toBe('ready');
  });

  test('two names of one machine share its connection, but not when they sign in with other keys', async () => {
    await startCore([
      { alias: 'one', sshd: web },
      { alias: 'two', sshd: web },
    ]);
    const stranger = await makeKey(join(bench.folder, 'stranger'));
    const lines = ['Host stranger', 'HostName 127.0.0.1', `Port ${web.port}`, `User ${web.user}`];
    const known = `UserKnownHostsFile ${join(bench.folder, '.ssh/known_hosts')}`;
    await appendFile(
      join(bench.folder, '.ssh/config'),
      `\n${[...lines, known, `IdentityFile ${stranger}`].join('\n')}\n`,
    );
    const before = web.connectionCount;
    await Promise.all([connect('one'), connect('two')]);
    await reach('one', 'ready');
    await reach('two', 'ready');
    expect(web.connectionCount - before).toBe(1);
    await connect('stranger');
    expect(await reach('stranger', 'ready', 'failed')).toMatchObject({ code: 'ssh-auth-refused' });
  });

  test('no such name, a closed port behind a bastion and what is no SSH server are each told as that', async () => {
    const noSsh = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => noSsh.listen(0, '127.0.0.1', resolve));
    const address = noSsh.address();
    const noSshPort = typeof address === 'object' && address !== null ? address.port : 0;
    const closed = await bench.freePort();
    try {
      await startCore([
        { alias: 'bastion', sshd: bastion },
        { alias: 'nowhere', sshd: web, config: ['HostName nowhere.invalid'] },
        { alias: 'closed', sshd: web, via: 'bastion', config: [`Port ${closed}`] },
        { alias: 'web-server', sshd: web, config: [`Port ${noSshPort}`] },
      ]);
      await Promise.all(['nowhere', 'closed', 'web-server'].map(connect));
      expect(await reach('nowhere', 'waiting', 'failed')).toMatchObject({ code: 'ssh-host-unknown' });
      expect(await reach('closed', 'waiting', 'failed')).toMatchObject({
        code: 'ssh-hop-refused',
        reason: `bastion can not connect to closed on port ${closed}: connection refused.`,
      });
      expect(await reach('web-server', 'waiting', 'failed')).toMatchObject({ code: 'ssh-not-ssh', status: 'failed' });
    } finally {
      noSsh.close();
    }
  });

  test('a server that drops newcomers is not stormed, and each host gets through in the end', async () => {
    const numbers = [1, 2, 3, 4, 5];
    const listen = numbers.slice(1).map((i) => `ListenAddress 127.0.0.${i}`);
    const narrow = await Sshd.start({ config: ['MaxStartups 2:100:2', ...listen] });
    try {
      const hosts = numbers.map((i) => ({
        alias: `host${i}`,
        sshd: narrow,
        config: [`HostName 127.0.0.${i}`, `HostKeyAlias [127.0.0.1]:${narrow.port}`],
      }));
      await startCore(hosts);
      await Promise.all(hosts.map(async ({ alias }) => connect(alias)));
      for (const { alias } of hosts) await reach(alias, 'ready');
      // One try each, and one or two more for those that were dropped.
      expect(narrow.connectionCount).toBeLessThan(20);
    } finally {
      await narrow.dispose();
    }
  });

  test('a connection that stays open without an answer, as behind a pulled cable, is noticed by the poll and made again', async () => {
    await startCore([{ alias: 'web1', sshd: web }]);
    const path = await startServer();
    await waitUntil('the socket of uWSGI', async () => hasSocket(path));
    await connect('web1');
    await reach('web1', 'ready');
    await bench.client.call('instances.attach', { statsAddress: `ssh://web1${path}`, tags: [] });
    web.freeze(true);
    try {
      expect(await reach('web1', 'waiting')).toMatchObject({ code: 'ssh-silent' });
    } finally {
      web.freeze(false);
    }
    await connect('web1');
    await reach('web1', 'ready');
  });
});

async function hasSocket(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(path);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
