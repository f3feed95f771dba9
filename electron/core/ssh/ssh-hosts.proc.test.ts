import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HostState } from '../../contract/hosts-model.ts';
import { CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { hasSshd, Sshd, writeSshHome } from './testing/sshd.ts';

describe.skipIf(!hasSshd() || !hasUwsgi())('ways to hosts', () => {
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
});

async function hasSocket(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(path);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
